import { expect, test } from 'vitest';
import { Workstation } from '../testing/workstation.ts';

// The layouts are those of a real kubectl describing the same objects.

test('a NodePort Service with endpoints', () => {
  const workstation = new Workstation();
  workstation.run('create service nodeport np --tcp=80:http --node-port=30080');
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'np-1', labels: { 'kubernetes.io/service-name': 'np' } },
    addressType: 'IPv4',
    endpoints: ['1', '2', '3', '4'].map((last) => ({ addresses: [`10.244.1.${last}`], conditions: { ready: true } })),
    ports: [{ name: '80-http', port: 8080, protocol: 'TCP' }],
  };
  workstation.api('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice);
  const { stdout } = workstation.run('describe svc np');
  expect(stdout.replace(/10\.\d+\.\d+\.\d+$/gm, 'ADDRESS')).toBe(`Name:                     np
Namespace:                default
Labels:                   app=np
Annotations:              <none>
Selector:                 app=np
Type:                     NodePort
IP Family Policy:         SingleStack
IP Families:              IPv4
IP:                       ADDRESS
IPs:                      ADDRESS
Port:                     80-http  80/TCP
TargetPort:               http/TCP
NodePort:                 80-http  30080/TCP
Endpoints:                10.244.1.1:8080,10.244.1.2:8080,10.244.1.3:8080 + 1 more...
Session Affinity:         None
External Traffic Policy:  Cluster
Internal Traffic Policy:  Cluster
Events:                   <none>
`);
});

test.each([
  ['no slice', undefined, '<none>'],
  ['a slice without endpoints, as behind a selector that no Pod has', '', ''],
  ['none that is ready', 'n', ''],
  ['those that are ready', 'rnr', '10.244.1.1:8080,10.244.1.3:8080'],
  ['three, and one that is not ready', 'rrrn', '10.244.1.1:8080,10.244.1.2:8080,10.244.1.3:8080 + 0 more...'],
  ['five', 'rrrrr', '10.244.1.1:8080,10.244.1.2:8080,10.244.1.3:8080 + 2 more...'],
])('the endpoints of a Service with %s', (_, states, expected) => {
  const workstation = new Workstation();
  workstation.run('create service clusterip web --tcp=80:8080');
  const endpoints = [...(states ?? '')].map((state, index) => {
    return { addresses: [`10.244.1.${index + 1}`], conditions: { ready: state === 'r' } };
  });
  const slice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
    addressType: 'IPv4',
    endpoints,
    ports: states === '' ? [] : [{ name: '80-8080', port: 8080, protocol: 'TCP' }],
  };
  if (states !== undefined)
    workstation.api('POST', '/apis/discovery.k8s.io/v1/namespaces/default/endpointslices', slice);
  expect(/^Endpoints: *(.*)$/m.exec(workstation.run('describe svc web').stdout)?.[1]).toBe(expected);
});

test('the address of a load balancer, and how its packets arrive', () => {
  const workstation = new Workstation();
  workstation.run('create service loadbalancer web --tcp=80');
  const loadBalancer = { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }, { hostname: 'lb.example' }] };
  workstation.api('PATCH', '/api/v1/namespaces/default/services/web/status', { status: { loadBalancer } });
  expect(workstation.run('describe svc web').stdout).toMatch(
    /^LoadBalancer Ingress: +192\.0\.2\.1 \(VIP\), lb\.example$/m,
  );
});

test('a Secret keeps its values to itself', () => {
  const workstation = new Workstation();
  workstation.run('create secret generic db --from-literal=password=s3cret');
  expect(workstation.run('describe secret db').stdout).toBe(
    'Name:         db\nNamespace:    default\nLabels:       <none>\nAnnotations:  <none>\n\nType:  Opaque\n\nData\n====\npassword:  6 bytes\n',
  );
});
