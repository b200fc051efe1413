import type { DeviceClass, ResourceClaim, ResourceSlice } from '../../api/extension-kinds.ts';
import type { Pod } from '../../api/kinds.ts';
import { storedPod } from './objects.ts';

// Claims, classes and slices as the API server stores them.

export type Device = NonNullable<NonNullable<ResourceSlice['spec']>['devices']>[number];
type ClaimDevices = NonNullable<NonNullable<ResourceClaim['spec']>['devices']>;
type Request = NonNullable<ClaimDevices['requests']>[number];
type Exact = NonNullable<Request['exactly']>;

export const DRIVER = 'gpu.example.com';

export function gpu(name: string, attributes: Readonly<Record<string, string | number>> = {}): Device {
  const values = Object.entries(attributes).map(([key, value]) => [
    key,
    typeof value === 'string' ? { string: value } : { int: value },
  ]);
  return { name, attributes: Object.fromEntries(values), capacity: { memory: { value: '16Gi' } } };
}

export function slice(
  node: string,
  devices: readonly Device[],
  spec: Partial<NonNullable<ResourceSlice['spec']>> = {},
  name = `${node}-slice`,
): ResourceSlice {
  const pool = { name: node, generation: 1, resourceSliceCount: 1 };
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: { name, uid: name },
    spec: { driver: DRIVER, nodeName: node, pool, devices: [...devices], ...spec },
  } as ResourceSlice;
}

export function deviceClass(name = 'gpu', ...expressions: readonly string[]): DeviceClass {
  const rules = expressions.length === 0 ? [`device.driver == '${DRIVER}'`] : expressions;
  const selectors = rules.map((expression) => ({ cel: { expression } }));
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'DeviceClass',
    metadata: { name, uid: `class ${name}` },
    spec: { selectors },
  } as DeviceClass;
}

export function asks(name: string, exactly: Partial<Exact> = {}, ...expressions: readonly string[]): Request {
  const selectors = expressions.map((expression) => ({ cel: { expression } }));
  const usual = { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 } as const;
  return { name, exactly: { ...usual, selectors, ...exactly } };
}

export function claim(
  name: string,
  requests: readonly Request[] = [asks('gpu')],
  rest: Partial<ClaimDevices> = {},
  status: ResourceClaim['status'] = {},
): ResourceClaim {
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name, namespace: 'default', uid: `claim ${name}`, resourceVersion: '1' },
    spec: { devices: { requests: [...requests], ...rest } },
    status,
  } as ResourceClaim;
}

/** A claim that has this device of a node. */
export function allocated(name: string, node: string, device: string, users: readonly Pod[] = []): ResourceClaim {
  const results = [{ request: 'gpu', driver: DRIVER, pool: node, device }];
  const matchFields = [{ key: 'metadata.name', operator: 'In' as const, values: [node] }];
  const reservedFor = users.map(({ metadata }) => ({ resource: 'pods', name: metadata.name, uid: metadata.uid }));
  const allocation = { devices: { results }, nodeSelector: { nodeSelectorTerms: [{ matchFields }] } };
  return claim(name, undefined, {}, { allocation, ...(users.length > 0 && { reservedFor }) });
}

/** A Pod that uses these claims. */
export function user(...claims: readonly string[]): Pod {
  return storedPod('user', {}, { resourceClaims: claims.map((name) => ({ name, resourceClaimName: name })) });
}
