import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { PROXY_MODES, switchMode } from './proxy-mode.ts';
import { ask, clusterIp, names, service, start, web } from './services-bed.ts';

// What nobody should do to a network, and what comes of it: an error for whoever did it, and nothing for anybody else.

/** A Service without a selector, and the endpoint that is written down for it. */
function pointing(name: string, clusterIP: string, to: string): string {
  return `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec: {clusterIP: ${clusterIP}, ports: [{port: 80}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: ${name}-1, labels: {kubernetes.io/service-name: ${name}}}
addressType: IPv4
ports: [{port: 80, protocol: TCP}]
endpoints: [{addresses: ["${to}"]}]
---
`;
}

test.each(PROXY_MODES)('in the mode %s endpoints that lead in a circle lead to nobody', (mode) => {
  const bed = start(web(1), service(''));
  bed.apply(pointing('there', '10.96.7.1', '10.96.7.2') + pointing('back', '10.96.7.2', '10.96.7.1'));
  if (mode !== 'iptables') switchMode(bed, mode);
  bed.pass(3);
  const steps = bed.sim.steps;
  for (const name of ['there', 'back']) expect(ask(bed, `http://${name}`)).toMatch(/wget: |error/);
  expect(bed.sim.steps - steps).toBeLessThan(200_000);
  expect(names(bed)).toContain(ask(bed, 'http://web'));
});

const REDIRECTS = `apiVersion: v1
kind: ConfigMap
metadata: {name: redirects}
data: {default.conf: "server { listen 80; location / { return 302 /again; } }"}
---
apiVersion: v1
kind: Pod
metadata: {name: redirects}
spec:
  containers: [{name: nginx, image: "nginx:1.29", volumeMounts: [{name: conf, mountPath: /etc/nginx/conf.d}]}]
  volumes: [{name: conf, configMap: {name: redirects}}]
`;

test('clients give up when a server redirects them for ever', () => {
  const bed = start(web(1), service(''), REDIRECTS);
  bed.untilReady('redirects');
  const address = bed.podView('redirects')!.ip!;
  const { exitCode, stderr } = bed.run('node-1', 'curl', '-sSL', '-m', '30', address);
  expect([exitCode, stderr.trim()]).toEqual([47, 'curl: (47) Maximum (50) redirects followed']);
  expect(ask(bed, `http://${address}`)).toContain('wget: too many redirections');
});

test('names that nobody has, asked for without end, keep nobody from finding others', () => {
  const bed = start(web(1), service(''));
  const flood =
    'i=0; while true; do i=$((i+1)); nslookup no-$i.default.svc.cluster.local > /dev/null; usleep 3000; done';
  const manifest = `apiVersion: v1
kind: Pod
metadata: {name: flood}
spec: {containers: [{name: main, image: "busybox:1.37", command: [sh, -c, "for n in 1 2; do (${flood}) & done; wait"]}]}
`;
  bed.apply(manifest);
  bed.untilStatus('flood', 'Running');
  bed.pass(4);
  expect(names(bed)).toContain(ask(bed, 'http://web.default.svc.cluster.local'));
  const servers = bed.list<Pod>('pods', '-n', 'kube-system', '-l', 'k8s-app=kube-dns');
  expect(servers.map(({ status }) => status?.containerStatuses?.[0]?.restartCount)).toEqual([0, 0]);
  const metrics = bed.run('node-1', 'curl', '-s', `${servers[0]!.status!.podIP}:9153/metrics`).stdout;
  const [, answered = '0'] = /^coredns_dns_responses_total\{[^}]*rcode="NXDOMAIN"[^}]*\} (\d+)/m.exec(metrics) ?? [];
  expect(Number(answered)).toBeGreaterThan(100);
});

test('two servers at one port: the second one is told so, and the first goes on', () => {
  const bed = start(web(1), service(''));
  const server = (name: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  nodeName: node-1
  hostNetwork: true
  restartPolicy: Never
  containers: [{name: main, image: "nginx:1.29"}]
`;
  bed.apply(server('first'));
  bed.untilStatus('first', 'Running');
  bed.apply(server('second'));
  bed.untilStatus('second', 'Error');
  expect(bed.kubectl('logs', 'second')).toContain('bind() to 0.0.0.0:80 failed (98: Address already in use)');
  expect(bed.run('node-1', 'curl', '-s', '10.0.0.11').stdout).toContain('Welcome to nginx!');
  expect(clusterIp(bed)).toMatch(/^10\./);
});
