import { expect, test } from 'vitest';
import { type Assertion, refute } from './assertion.ts';

const object = (kind: string, rest: object) => ({ kind, metadata: { name: 'quay' }, ...rest });
const slice = (rest: object) => ({
  items: [
    { kind: 'EndpointSlice', metadata: { name: 'quay-x', labels: { 'kubernetes.io/service-name': 'quay' } }, ...rest },
  ],
});
const endpoint = (ready: boolean) => ({ addresses: ['10.244.1.2'], conditions: { ready } });

const SAID: readonly (readonly [value: object, assertion: Assertion, seen: string])[] = [
  [
    object('Deployment', { spec: { replicas: 3 }, status: { replicas: 3 } }),
    { path: 'status.readyReplicas', equals: 3 },
    '0 of 3 replicas are ready (status.readyReplicas is not set)',
  ],
  [
    object('StatefulSet', { spec: { replicas: 3 }, status: { updatedReplicas: 1 } }),
    { path: 'status.updatedReplicas', equals: 3 },
    '1 of 3 replicas are updated (status.updatedReplicas is 1, not 3)',
  ],
  [
    object('Deployment', { spec: { replicas: 3 }, status: { readyReplicas: 4 } }),
    { path: 'status.readyReplicas', equals: 3 },
    'status.readyReplicas is 4, not 3',
  ],
  [
    object('DaemonSet', { status: { desiredNumberScheduled: 3, numberReady: 2 } }),
    { path: 'status.numberReady', equals: 3 },
    '2 of 3 Pods are ready (status.numberReady is 2, not 3)',
  ],
  [
    object('Pod', { spec: {}, status: { phase: 'Pending' } }),
    { path: 'spec.nodeName', equals: 'node-2' },
    'the Pod "quay" has no node yet (spec.nodeName is not set)',
  ],
  [
    object('Pod', { spec: { nodeName: 'node-1' } }),
    { path: 'spec.nodeName', equals: 'node-2' },
    'spec.nodeName is "node-1", not "node-2"',
  ],
  [
    object('Pod', { status: { conditions: [{ type: 'Ready', status: 'False' }] } }),
    { path: 'status.conditions[type=Ready].status', equals: 'True' },
    'the Pod "quay" is not ready (status.conditions[type=Ready].status is "False", not "True")',
  ],
  [
    object('Pod', {
      status: {
        containerStatuses: [
          { name: 'a', ready: true },
          { name: 'b', ready: false },
        ],
      },
    }),
    { path: 'status.containerStatuses[*].ready', every: true, equals: true },
    '1 of 2 containers of the Pod "quay" are ready (status.containerStatuses[*].ready is false, not true)',
  ],
  [
    object('Pod', { status: { containerStatuses: [{ name: 'a', ready: false }] } }),
    { path: 'status.containerStatuses[name=a].ready', equals: true },
    'the container "a" of the Pod "quay" is not ready (status.containerStatuses[name=a].ready is false, not true)',
  ],
  [
    object('Pod', { status: { initContainerStatuses: [{ name: 'a', restartCount: 0 }] } }),
    { path: 'status.initContainerStatuses[name=a].restartCount', atLeast: 1 },
    'the container "a" of the Pod "quay" was restarted 0 times ' +
      '(status.initContainerStatuses[name=a].restartCount is 0, not at least 1)',
  ],
  [
    object('Service', { status: { loadBalancer: {} } }),
    { path: 'status.loadBalancer.ingress[0].ip', exists: true },
    'the Service "quay" has no address for the outside (status.loadBalancer has no ingress[0].ip)',
  ],
  [
    slice({ endpoints: [], ports: null }),
    { path: 'items[0].endpoints', length: 2 },
    'the Service "quay" has no endpoints (items[0].endpoints is empty, not of length 2)',
  ],
  [
    slice({ endpoints: [endpoint(true)], ports: [] }),
    { path: 'items[0].ports[0].port', equals: 80 },
    'the Service "quay" leads to no port of its Pods (items[0].ports is empty)',
  ],
  [
    slice({ endpoints: [endpoint(true), endpoint(false)], ports: [{ port: 80 }] }),
    { path: 'items[0].endpoints[*].conditions.ready', every: true, equals: true },
    '1 of 2 endpoints of the Service "quay" are ready (items[0].endpoints[*].conditions.ready is false, not true)',
  ],
  [
    object('Job', { status: { conditions: [{ type: 'Failed', status: 'True' }] } }),
    { path: 'status.conditions[type=Complete].status', equals: 'True' },
    'the Job "quay" has not completed (status.conditions has no "Complete", but "Failed")',
  ],
];

test.each(SAID)('a failure begins with what the field means: %#', (value, assertion, seen) => {
  expect(refute(value, [assertion])?.seen).toBe(seen);
});
