import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#define-a-grpc-liveness-probe

const etcdPod = (name: string, listen: string) => `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
  - name: etcd
    image: registry.k8s.io/etcd:3.5.1-0
    command: [etcd, --data-dir, /var/lib/etcd, --listen-client-urls, '${listen}']
    livenessProbe:
      grpc: {port: 2379}
      initialDelaySeconds: 5
      periodSeconds: 5
`;

test('an etcd in a Pod is well for a gRPC probe, unless it listens to itself only', () => {
  const bed = new Testbed();
  bed.apply(etcdPod('open', 'http://0.0.0.0:2379'));
  bed.apply(etcdPod('closed', 'http://localhost:2379'));
  bed.pass(60);
  expect(bed.pod('open').status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0 });
  expect(bed.pod('closed').status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0);
  expect(bed.eventsOf('closed').join('\n')).toMatch(
    /Unhealthy: Liveness probe failed: timeout: failed to connect service/,
  );
  expect(bed.kubectl('logs', 'open')).toContain('"msg":"ready to serve client requests"');
});
