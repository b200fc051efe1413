import type { Node, Pod } from '../../api/kinds.ts';

/** A Pod as stored, with one container that asks for this much. */
export function storedPod(
  name: string,
  requests: Readonly<Record<string, string>> = {},
  spec: Partial<Pod['spec']> = {},
): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: 'default', name, uid: `uid of ${name}`, resourceVersion: '1', creationTimestamp: '' },
    spec: {
      schedulerName: 'default-scheduler',
      containers: [{ name: 'c', image: 'nginx', resources: { requests } }],
      ...spec,
    },
  };
}

/** A node as stored. Has room for 110 Pods unless told. */
export function storedNode(
  name: string,
  allocatable: Readonly<Record<string, string>> = { cpu: '4', memory: '8Gi' },
  spec: Node['spec'] = {},
  labels: Readonly<Record<string, string>> = {},
): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, uid: `uid of ${name}`, resourceVersion: '1', creationTimestamp: '', labels },
    spec,
    status: { allocatable: { pods: '110', ...allocatable } },
  };
}
