import { expect, test } from 'vitest';
import type { ResourceClaim, ResourceSlice } from '../../api/extension-kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { DeviceSelectors } from '../../cel/index.ts';
import { allocated, asks, claim, type Device, DRIVER, deviceClass, gpu, slice, user } from '../testing/devices.ts';
import { Decider } from '../testing/harness.ts';
import { storedNode } from '../testing/objects.ts';
import { Allocator } from './allocator.ts';

// Which devices claims get, and where Pods with claims can go.

const A = storedNode('a', undefined, {}, { zone: 'east' });
const B = storedNode('b', undefined, {}, { zone: 'west' });
const TWO = [gpu('gpu-0', { numa: 0 }), gpu('gpu-1', { numa: 1 })];

/** What the claims get on node a, as `request=device`. */
function allocation(
  claims: readonly ResourceClaim[],
  slices: readonly ResourceSlice[] = [slice('a', TWO)],
  taken: readonly string[] = [],
) {
  const classes = [
    deviceClass(),
    deviceClass('big', `device.capacity['${DRIVER}'].memory.compareTo(quantity('80Gi')) >= 0`),
  ];
  const allocator = new Allocator({
    claims,
    slices,
    classOf: (name) => classes.find(({ metadata }) => metadata.name === name),
    taken: new Set(taken),
    selectors: new DeviceSelectors(),
  });
  return allocator
    .allocate(A)
    ?.flatMap(({ devices }) => devices?.results ?? [])
    .map(({ request, device }) => `${request}=${device}`);
}

test('one device a request; what is taken is not given again', () => {
  expect(allocation([claim('one')])).toEqual(['gpu=gpu-0']);
  expect(allocation([claim('one')], undefined, [`${DRIVER}/a/gpu-0`])).toEqual(['gpu=gpu-1']);
  expect(allocation([claim('one'), claim('two')])).toEqual(['gpu=gpu-0', 'gpu=gpu-1']);
  expect(allocation([claim('one'), claim('two'), claim('three')])).toBeUndefined();
});

test('a count, all, and no more than there are', () => {
  expect(allocation([claim('pair', [asks('gpu', { count: 2 })])])).toEqual(['gpu=gpu-0', 'gpu=gpu-1']);
  expect(allocation([claim('many', [asks('gpu', { count: 3 })])])).toBeUndefined();
  const all = claim('all', [asks('gpu', { allocationMode: 'All', count: 0 })]);
  expect(allocation([all])).toEqual(['gpu=gpu-0', 'gpu=gpu-1']);
  expect(allocation([all], undefined, [`${DRIVER}/a/gpu-1`])).toBeUndefined();
  expect(allocation([all], [slice('a', [])])).toBeUndefined();
});

test('selectors of the class and of the request must both hold', () => {
  const second = asks('gpu', {}, `device.attributes['${DRIVER}'].numa == 1`);
  expect(allocation([claim('second', [second])])).toEqual(['gpu=gpu-1']);
  expect(allocation([claim('other', [asks('gpu', {}, "device.driver == 'example.com'")])])).toBeUndefined();
});

test('a choice that leads nowhere is taken back', () => {
  const any = asks('any');
  const first = asks('first', {}, `device.attributes['${DRIVER}'].numa == 0`);
  expect(allocation([claim('both', [any, first])])).toEqual(['any=gpu-1', 'first=gpu-0']);
});

test('of alternatives the first that can be had', () => {
  const choice = (name: string, deviceClassName: string, count = 1) => ({
    name,
    deviceClassName,
    allocationMode: 'ExactCount' as const,
    count,
  });
  const request = { name: 'gpu', firstAvailable: [choice('large', 'big'), choice('pair', 'gpu', 2)] };
  expect(allocation([claim('either', [request])])).toEqual(['gpu/pair=gpu-0', 'gpu/pair=gpu-1']);
});

test.each([
  ['matchAttribute', ['gpu=gpu-0', 'gpu=gpu-2']],
  ['distinctAttribute', ['gpu=gpu-0', 'gpu=gpu-1']],
])('%s holds among the devices of a claim', (kind, expected) => {
  const devices = [gpu('gpu-0', { numa: 0 }), gpu('gpu-1', { numa: 1 }), gpu('gpu-2', { numa: 0 })];
  const pair = claim('pair', [asks('gpu', { count: 2 })], { constraints: [{ [kind]: `${DRIVER}/numa` }] });
  expect(allocation([pair], [slice('a', devices)])).toEqual(expected);
  expect(allocation([pair], [slice('a', [gpu('gpu-0'), gpu('gpu-1')])])).toBeUndefined();
});

test('an administrator has what others have, and takes nothing', () => {
  const admin = claim('admin', [asks('gpu', { adminAccess: true })]);
  expect(allocation([admin, claim('one')], undefined, [`${DRIVER}/a/gpu-1`])).toEqual(['gpu=gpu-0', 'gpu=gpu-0']);
});

test('tainted devices are for those that tolerate them', () => {
  const taints: Device['taints'] = [{ key: 'example.com/unhealthy', effect: 'NoSchedule' }];
  const slices = [slice('a', [{ ...gpu('gpu-0'), taints }])];
  expect(allocation([claim('one')], slices)).toBeUndefined();
  const tolerations = [{ key: 'example.com/unhealthy', operator: 'Exists' as const }];
  expect(allocation([claim('one', [asks('gpu', { tolerations })])], slices)).toEqual(['gpu=gpu-0']);
});

test('devices that share counters are given as long as those last', () => {
  const part = (name: string, value: string): Device => ({
    ...gpu(name),
    consumesCounters: [{ counterSet: 'gpu-0', counters: { memory: { value } } }],
  });
  const sharedCounters = [{ name: 'gpu-0', counters: { memory: { value: '16Gi' } } }];
  const slices = [
    slice('a', [part('half-0', '8Gi'), part('whole', '16Gi'), part('half-1', '8Gi')], { sharedCounters }),
  ];
  expect(allocation([claim('one'), claim('two')], slices)).toEqual(['gpu=half-0', 'gpu=half-1']);
  expect(allocation([claim('one')], slices, [`${DRIVER}/a/whole`])).toBeUndefined();
});

test('only the latest generation of a pool counts, and only when all its slices are there', () => {
  const pool = { name: 'a', generation: 2, resourceSliceCount: 2 };
  const old = slice('a', TWO);
  const half = slice('a', [gpu('new-0')], { pool }, 'half');
  expect(allocation([claim('one')], [old, half])).toBeUndefined();
  expect(allocation([claim('one')], [old, half, slice('a', [gpu('new-1')], { pool }, 'rest')])).toEqual(['gpu=new-0']);
  const all = claim('all', [asks('gpu', { allocationMode: 'All', count: 0 })]);
  expect(() => allocation([all], [old, half])).toThrow(
    `claim default/all, request gpu: asks for all devices, but resource pool ${DRIVER}/a is currently being updated`,
  );
});

test('a name twice makes a pool invalid', () => {
  expect(() => allocation([claim('one')], [slice('a', [gpu('x'), gpu('x')])])).toThrow(
    'invalid resource pools were encountered',
  );
});

test('the configuration of classes and claims goes with the devices', () => {
  const opaque = (mode: string) => ({ opaque: { driver: DRIVER, parameters: { mode } } });
  const config = [{ requests: ['one'], ...opaque('shared') }, opaque('all')];
  const both = claim('both', [asks('one'), asks('two')], { config });
  const classOf = () => ({ ...deviceClass(), spec: { config: [opaque('class')] } });
  const allocator = new Allocator({
    claims: [both],
    slices: [slice('a', TWO)],
    classOf,
    taken: new Set(),
    selectors: new DeviceSelectors(),
  });
  const [found] = allocator.allocate(A) ?? [];
  expect(found?.devices?.config).toEqual([
    { source: 'FromClass', ...opaque('class') },
    { source: 'FromClaim', requests: ['one'], ...opaque('shared') },
    { source: 'FromClaim', ...opaque('all') },
  ]);
  expect(found?.nodeSelector).toEqual({
    nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['a'] }] }],
  });
});

function outcome(pod: ReturnType<typeof user>, ...objects: readonly KubeObject[]): string {
  return new Decider({ nodes: [A, B], objects }).outcome(pod);
}

test('a Pod goes where its claims can be had', () => {
  expect(outcome(user('mine'), deviceClass(), claim('mine'), slice('b', TWO))).toBe('b');
  expect(outcome(user('mine'), deviceClass(), allocated('mine', 'a', 'gpu-0'), slice('b', TWO))).toBe('a');
  expect(
    outcome(user('mine'), deviceClass(), claim('mine'), allocated('other', 'b', 'gpu-0'), slice('b', [TWO[0]!])),
  ).toBe('0/2 nodes are available: 2 cannot allocate all claims.');
  expect(
    outcome(user('mine', 'away'), deviceClass(), claim('mine'), allocated('away', 'c', 'x'), slice('b', TWO)),
  ).toBe('0/2 nodes are available: 1 cannot allocate all claims, 1 resourceclaim not available on the node.');
});

test.each([
  [{ allNodes: true }, 'a or b'],
  [
    {
      nodeSelector: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In', values: ['west'] }] }] },
    },
    'b',
  ],
  [{ perDeviceNodeSelection: true }, 'b'],
] as const)('slices may be for %o', (place, node) => {
  const devices = [{ ...gpu('gpu-0'), nodeName: 'b' }];
  const everywhere = slice('net', devices, { nodeName: undefined, ...place } as never);
  expect(node).toContain(outcome(user('mine'), deviceClass(), claim('mine'), everywhere));
});

test('what is wrong with claims and classes is told', () => {
  const decider = (...objects: readonly KubeObject[]) =>
    new Decider({ nodes: [A], objects: [slice('a', TWO), ...objects] });
  const gate = (...objects: readonly KubeObject[]) =>
    decider(...objects).plugin('DynamicResources').preEnqueue!(user('mine'))?.reasons.join();
  expect(gate()).toBe('resourceclaim.resource.k8s.io "mine" not found');
  const going = claim('mine');
  const metadata = { ...going.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  expect(gate({ ...going, metadata })).toBe('resourceclaim "mine" is being deleted');
  expect(gate(claim('mine'))).toBeUndefined();
  const place = (...objects: readonly KubeObject[]) => decider(...objects).outcome(user('mine'));
  expect(place(claim('mine'))).toBe('0/1 nodes are available: request gpu: device class gpu does not exist.');
  expect(() => place(claim('mine'), deviceClass('gpu', 'device.colour == 1'))).toThrow();
});
