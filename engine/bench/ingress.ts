import { type ApiResponse, createCluster } from '../index.ts';

// node engine/bench/ingress.ts
// HTTP requests from the workstation to a Pod: straight through a Service, and through ingress-nginx, over a load balancer's
// address, with one Ingress and with many, and through the API server's proxy. In wall time; each request is a connection and a process of its own.

const REQUESTS = 500;
const INSTALL =
  'https://raw.githubusercontent.com/kubernetes/ingress-nginx/controller-v1.14.1/deploy/static/provider/cloud/deploy.yaml';

function measure(ingresses: number): void {
  const cluster = createCluster({ seed: 'bench', workers: [{ name: 'node-1', cpu: '8', memory: '16Gi' }] });
  const sh = (script: string) => cluster.run('workstation', ['bash', '-c', script], 300_000)?.stdout.trim() ?? '';
  sh(`kubectl apply -f ${INSTALL}
kubectl create deployment web --image=hashicorp/http-echo -- /http-echo -text=hello -listen=:8080
kubectl expose deployment web --port=80 --target-port=8080 --type=NodePort
kubectl rollout status deployment/web; kubectl -n ingress-nginx rollout status deployment/ingress-nginx-controller`);
  const documents = Array.from(
    { length: ingresses },
    (_, at) =>
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web-${at}}\nspec: {ingressClassName: nginx, rules: [{host: h${at}.example, http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}}]}\n`,
  );
  cluster.submit({ kind: 'file.write', path: 'ingresses.yaml', text: documents.join('---\n') });
  sh('kubectl apply -f ingresses.yaml');
  const beganMs = performance.now();
  cluster.sim.runFor(10_000);
  const reloadMs = performance.now() - beganMs;
  const nodePort = Number(sh("kubectl get service web -o jsonpath='{.spec.ports[0].nodePort}'"));
  const perRequest = (request: () => void): string => {
    const startMs = performance.now();
    const steps = cluster.sim.steps;
    for (let count = 0; count < REQUESTS; count++) request();
    const perSecond = (REQUESTS / (performance.now() - startMs)) * 1000;
    return `${Math.round(perSecond)}/s, ${Math.round((cluster.sim.steps - steps) / REQUESTS)} events each`;
  };
  const rate = (address: string, port: number, host: string): string =>
    perRequest(() => {
      const outcome = cluster.http('workstation', { address, port, headers: { Host: host } });
      if (!('status' in outcome) || outcome.status !== 200) throw new Error(JSON.stringify(outcome));
    });
  const proxied = (): string =>
    perRequest(() => {
      const path = '/api/v1/namespaces/default/services/web/proxy/';
      let answer: ApiResponse | undefined;
      const taken = cluster.submit({ kind: 'api', request: { method: 'GET', path } }) as ApiResponse;
      taken.later?.((late) => {
        answer = late;
      });
      cluster.sim.runUntil(() => answer !== undefined, 5000);
      if (answer?.status !== 200) throw new Error(JSON.stringify(answer ?? taken));
    });
  const report = (what: string, figure: string) =>
    console.log(`${`${ingresses} Ingresses: ${what}`.padEnd(48)} ${figure}`);
  report('10 s with the reload they mean', `${Math.round(reloadMs)} ms`);
  report('requests through a Service', rate('10.0.0.11', nodePort, 'web'));
  report('requests through services/proxy', proxied());
  report('requests through ingress-nginx', rate('10.0.0.200', 80, `h${ingresses - 1}.example`));
}

for (const ingresses of [1, 100, 1000]) measure(ingresses);
