import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import { hostCauses, ingressCauses } from './ingress-causes.ts';
import { findObjects } from './observe.ts';

/** A class, a Service, and an Ingress with something of its own. */
const quay = ({ className = 'nginx', host = 'quay.example', service = 'quay', port = '{name: pages}' }) => `
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: v1
kind: Service
metadata: {name: quay}
spec: {selector: {app: quay}, ports: [{name: pages, port: 80}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: quay}
spec:
  ${className === '' ? '' : `ingressClassName: ${className}`}
  rules:
  - host: "${host}"
    http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: ${service}, port: ${port}}}}]}
`;

function applied(parts: Parameters<typeof quay>[0]) {
  const cluster = createCluster({ files: { 'quay.yaml': quay(parts) } });
  cluster.run('workstation', ['kubectl', 'apply', '-f', 'quay.yaml'], 30_000);
  const [ingress] = findObjects(cluster, { kind: 'Ingress', name: 'quay' });
  return { cluster, ingress: ingress! };
}

function causes(parts: Parameters<typeof quay>[0]): readonly string[] {
  const { cluster, ingress } = applied(parts);
  return ingressCauses(cluster, ingress);
}

test('an Ingress of a class that does not exist, or of none, is read by nobody', () => {
  expect(causes({})).toEqual([]);
  expect(causes({ className: 'ngnix' })).toEqual([
    'the Ingress "quay" names the class "ngnix", which does not exist, so nobody reads it; there is "nginx"',
  ]);
  expect(causes({ className: '' })).toEqual([
    'the Ingress "quay" names no class, so nobody reads it; there is "nginx"',
  ]);
});

test('a rule that leads to no Service or to no port of it is named', () => {
  expect(causes({ service: 'key' })).toEqual(['the Ingress "quay" leads to the Service "key", which does not exist']);
  expect(causes({ port: '{name: http}' })).toEqual([
    'the Ingress "quay" leads to the port "http" of the Service "quay", which has 80 "pages"',
  ]);
  expect(causes({ port: '{number: 5678}' })).toEqual([
    'the Ingress "quay" leads to the port 5678 of the Service "quay", which has 80 "pages"',
  ]);
});

test('a host that was asked for and has no rules is told, with those that have', () => {
  const curl = (host: string) => ({ exec: { pod: 'visitor', command: ['curl', '-H', `Host: ${host}`, 'http://x/'] } });
  const asked = (rule: string, host: string) => hostCauses(applied({ host: rule }).ingress, curl(host));
  expect(asked('quay.example', 'quay.example')).toEqual([]);
  expect(asked('*.example', 'quay.example')).toEqual([]);
  expect(asked('*.example', 'old.quay.example')).toHaveLength(1);
  expect(asked('quay.exmple', 'quay.example')).toEqual([
    'the Ingress "quay" has rules for "quay.exmple", and none for "quay.example"',
  ]);
  expect(hostCauses(applied({}).ingress, { object: { kind: 'Ingress', name: 'quay' } })).toEqual([]);
});
