import { expect } from 'vitest';
import { Testbed } from './testbed.ts';

// What scenarios of the Gateway API share: a cluster with its definitions and NGINX Gateway Fabric, and servers to lead to.

const CRDS =
  'kubectl apply -f https://github.com/kubernetes-sigs/gateway-api/releases/download/v1.4.0/standard-install.yaml';
const DEPLOY =
  'kubectl apply -f https://raw.githubusercontent.com/nginx/nginx-gateway-fabric/v1.6.2/deploy/default/deploy.yaml';

/** A server that tells who it is and what it was asked. */
export function backend(name: string, namespace = 'default'): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}, namespace: ${namespace}, labels: {app: ${name}}}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - name: nginx
    image: nginx:1.29
    command: [sh, -c, "echo 'server { listen 80; location / { add_header X-Secret inner; return 200 \\"${name} $request_method $request_uri host=$http_host x=$http_x_added y=$http_x_removed\\"; } }' > /etc/nginx/conf.d/default.conf; exec nginx -g 'daemon off;'"]
    readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  selector: {app: ${name}}
  ports: [{port: 80}]
`;
}

export function gateway(listeners: string, name = 'edge'): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: ${name}}
spec:
  gatewayClassName: nginx
  listeners:
${listeners}`;
}

export const HTTP = '  - {name: http, port: 80, protocol: HTTP}\n';

/** @param rules lines of `spec.rules`, in flow style */
export function route(name: string, rules: readonly string[], more = '', namespace = 'default'): string {
  return `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  parentRefs: [{name: edge, namespace: default}]
${more}  rules:
${rules.map((rule) => `  - ${rule}\n`).join('')}`;
}

export function start(...manifests: readonly string[]): Testbed {
  const bed = new Testbed({ workers: [{ name: 'node-1' }] });
  expect(bed.sh(CRDS).stdout).toContain(
    'customresourcedefinition.apiextensions.k8s.io/httproutes.gateway.networking.k8s.io created\n',
  );
  bed.pass(2);
  expect(bed.sh(DEPLOY).stdout).toContain('gatewayclass.gateway.networking.k8s.io/nginx created\n');
  bed.apply([backend('one'), backend('two'), ...manifests].join('---\n'));
  bed.until(
    'the controller and the servers are ready',
    () =>
      ['default', 'nginx-gateway'].every(
        (each) => bed.podViews(each).length > 0 && bed.podViews(each).every(({ ready }) => ready),
      ),
    90,
  );
  bed.pass(5);
  return bed;
}

export function add(bed: Testbed, ...manifests: readonly string[]): void {
  bed.apply(manifests.join('---\n'));
  bed.pass(4);
}

export function address(bed: Testbed): string {
  return bed.kubectl(
    '-n',
    'nginx-gateway',
    'get',
    'svc',
    'nginx-gateway',
    '-o',
    'jsonpath={.status.loadBalancer.ingress[0].ip}',
  );
}

/** What is answered: the body, or the code where it is not 200, with where it leads. */
export function ask(bed: Testbed, path: string, options = ''): string {
  const { stdout } = bed.sh(`curl -s -i -m 5 ${options} 'http://${address(bed)}${path}'`);
  const [head = '', body = ''] = stdout.split('\r\n\r\n');
  const [, code = 'no answer'] = /^HTTP\/1\.1 (\d+)/.exec(head) ?? [];
  const [, location] = /^Location: (\S+)/im.exec(head) ?? [];
  return code === '200' ? body.trim() : `${code}${location === undefined ? '' : ` ${location}`}`;
}

/** `type=status/reason` of each condition. */
export function conditions(bed: Testbed, kind: string, name: string, at: string): string {
  const template = `{range ${at}[*]}{.type}={.status}/{.reason} {end}`;
  return bed.kubectl('get', kind, name, '-o', `jsonpath=${template}`).trim();
}
