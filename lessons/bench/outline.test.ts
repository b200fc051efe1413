import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import { doorsOf } from './outline.ts';

const ELSEWHERE = `
apiVersion: v1
kind: Service
metadata: {name: elsewhere}
spec:
  ports: [{port: 80}]
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata:
  name: elsewhere-1
  labels: {kubernetes.io/service-name: elsewhere}
addressType: IPv4
ports: [{port: 443}]
endpoints:
- addresses: [203.0.113.7]
`;

test('each kind of Service is a door of its own, and who answers behind it is counted, Pods or not', () => {
  const cluster = createCluster({ files: { 'elsewhere.yaml': ELSEWHERE } });
  const commands = [
    'kubectl run web --image=nginx:1.29 --port=80 --expose',
    'kubectl create service clusterip each --clusterip=None --tcp=80',
    'kubectl create service nodeport out --tcp=80 --node-port=30080',
    'kubectl create service externalname archive --external-name=archive.example.com',
    'kubectl apply -f elsewhere.yaml',
    'kubectl wait --for=condition=Ready pod/web',
  ];
  for (const command of commands)
    expect(cluster.run('workstation', ['bash', '-c', command], 60_000)?.stderr, command).toBe('');
  cluster.sim.runFor(1000);
  const doors = doorsOf(cluster).map(({ name, type, address, ports, endpoints, pods }) => {
    const shown = /^\d/.test(address) ? 'an address' : address;
    return [name, type, shown, ports.join(), endpoints, pods.join()];
  });
  expect(doors).toEqual([
    ['archive', 'ExternalName', 'archive.example.com', '', 0, ''],
    ['each', 'headless', '', '80', 0, ''],
    ['elsewhere', 'ClusterIP', 'an address', '80', 1, ''],
    ['out', 'NodePort', 'an address', '80:30080', 0, ''],
    ['web', 'ClusterIP', 'an address', '80', 1, 'web'],
  ]);
});
