import type { Service } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// What scenarios of Services share: servers, a client, and words for asking.

/** Servers that answer with their name, and a client Pod. */
export function web(replicas: number, template = ''): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: nginx
        image: nginx:1.29
        command: [sh, -c, "hostname > /usr/share/nginx/html/index.html; exec nginx -g 'daemon off;'"]
        ports: [{name: http, containerPort: 80}]
        readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}
${template}`;
}

const CLIENT = `apiVersion: v1
kind: Pod
metadata: {name: client}
spec:
  containers:
  - {name: main, image: "busybox:1.37", command: [sleep, "100000"]}
`;

export function service(spec: string, name = 'web'): string {
  return `apiVersion: v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {app: web}
  ports: [{port: 80, targetPort: http}]
${spec}`;
}

export function start(...manifests: readonly string[]): Testbed {
  const bed = new Testbed();
  bed.apply([CLIENT, ...manifests].join('---\n'));
  bed.untilReady('client');
  bed.until('every Pod is ready', () => bed.podViews().every(({ ready }) => ready) && bed.podViews().length > 1, 90);
  bed.pass(3);
  return bed;
}

export function clusterIp(bed: Testbed, name = 'web'): string {
  return bed.get<Service>('service', name).spec.clusterIP!;
}

/** What comes of a request from the client Pod. */
export function ask(bed: Testbed, url: string, pod = 'client'): string {
  const { stdout, stderr } = bed.kubectlAnyway('exec', pod, '--', 'wget', '-T', '3', '-qO-', url);
  return stdout.trim() || stderr.trim();
}

/** Who answers how often, of so many requests from the client Pod. */
export function answers(bed: Testbed, url: string, count: number): ReadonlyMap<string, number> {
  const script = `for i in $(seq ${count}); do wget -qO- ${url}; done | sort | uniq -c`;
  const { stdout } = bed.kubectlAnyway('exec', 'client', '--', 'sh', '-c', script);
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/\s+/))
      .map(([n, name]) => [name!, Number(n)]),
  );
}

export function names(bed: Testbed): readonly string[] {
  return bed
    .podViews()
    .map(({ name }) => name)
    .filter((name) => name.startsWith('web-'))
    .sort();
}
