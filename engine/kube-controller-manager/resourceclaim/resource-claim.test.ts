import { expect, test } from 'vitest';
import type { ResourceClaim } from '../../api/extension-kinds.ts';
import type { Pod } from '../../api/kinds.ts';
import { ALLOCATED } from '../../api/resource/pod-claims.ts';
import { pods, resourceClaims } from '../../api/resources.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';
import { claimStep } from './claim-step.ts';
import { claimWork } from './claim-work.ts';

const DEVICES = { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu' } }] };
const CONTROLLERS = ['resourceclaim-controller', 'serviceaccount-controller', 'garbage-collector-controller'];

function start(seed: string, controllers = CONTROLLERS): ControlPlane {
  const plane = new ControlPlane(seed);
  const { sim, transport } = plane;
  startControllerManager({ sim, transport, leaderElect: false, controllers, claimWork: () => claimWork });
  sim.runFor(1000);
  return plane;
}

function template(plane: ControlPlane, name = 'gpu'): void {
  plane.apply({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaimTemplate',
    metadata: { name },
    spec: { metadata: { labels: { team: 'ml' } }, spec: { devices: DEVICES } },
  } as never);
}

function pod(plane: ControlPlane, name: string, resourceClaims: Pod['spec']['resourceClaims'], nodeName?: string): Pod {
  const containers = [{ name: 'c', image: 'nginx' }];
  return plane.apply<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { containers, resourceClaims, ...(nodeName && { nodeName }), automountServiceAccountToken: false },
  } as never);
}

const claims = (plane: ControlPlane) => plane.client.resource(resourceClaims).list({ namespace: 'default' }).items;
const getPod = (plane: ControlPlane, name: string) => plane.client.resource(pods).get(name, 'default');

/** Gives a claim devices, and these Pods the use of it, as the scheduler does. */
function allocate(plane: ControlPlane, claim: ResourceClaim, ...users: readonly Pod[]): void {
  const client = plane.client.resource(resourceClaims);
  const { metadata } = claim;
  const kept = client.update({ ...claim, metadata: { ...metadata, finalizers: [ALLOCATED] } });
  const results = [{ request: 'gpu', driver: 'gpu.example.com', pool: 'a', device: 'gpu-0' }];
  const reservedFor = users.map(({ metadata: { name, uid } }) => ({ resource: 'pods', name, uid }));
  client.updateStatus({ ...kept, status: { allocation: { devices: { results } }, reservedFor } });
}

const OF_TEMPLATE = [{ name: 'gpu', resourceClaimTemplateName: 'gpu' }];
const SHARED = [{ name: 'gpu', resourceClaimName: 'shared' }];

function shared(plane: ControlPlane): ResourceClaim {
  const metadata = { name: 'shared' };
  return plane.apply({
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata,
    spec: { devices: DEVICES },
  } as never) as ResourceClaim;
}

test('a claim is made from its template, belongs to the Pod, and the Pod is told its name', () => {
  const plane = start('template');
  template(plane);
  const { metadata } = pod(plane, 'web', OF_TEMPLATE);
  plane.sim.runFor(2000);
  const [claim] = claims(plane);
  expect(claim).toMatchObject({
    metadata: {
      generateName: 'web-gpu-',
      labels: { team: 'ml' },
      annotations: { 'resource.kubernetes.io/pod-claim-name': 'gpu' },
      ownerReferences: [{ kind: 'Pod', name: 'web', uid: metadata.uid, controller: true, blockOwnerDeletion: true }],
    },
    spec: { devices: { requests: [{ name: 'gpu', exactly: { allocationMode: 'ExactCount', count: 1 } }] } },
  });
  expect(getPod(plane, 'web').status?.resourceClaimStatuses).toEqual([
    { name: 'gpu', resourceClaimName: claim!.metadata.name },
  ]);
  expect(claims(plane)).toHaveLength(1);
});

test('a template that is missing is told of, and waited for', () => {
  const plane = start('missing');
  pod(plane, 'web', OF_TEMPLATE);
  plane.sim.runFor(1000);
  expect(plane.eventsOf('Pod', 'web')[0]).toBe(
    'FailedResourceClaimCreation: PodResourceClaim gpu: resource claim template "gpu": resourceclaimtemplate.resource.k8s.io "gpu" not found',
  );
  template(plane);
  plane.sim.runFor(20_000);
  expect(claims(plane)).toHaveLength(1);
});

test('long names are shortened in proportion', () => {
  const plane = start('names');
  template(plane);
  pod(plane, 'p'.repeat(90), [{ name: 'c'.repeat(30), resourceClaimTemplateName: 'gpu' }]);
  plane.sim.runFor(2000);
  expect(claims(plane)[0]?.metadata.name).toMatch(/^p{42}-c{14}[a-z0-9]{5}$/);
});

test('a claim of the Pod that somebody has deleted is made again', () => {
  const plane = start('again');
  template(plane);
  pod(plane, 'web', OF_TEMPLATE);
  plane.sim.runFor(2000);
  const [first] = claims(plane);
  plane.client.resource(resourceClaims).delete(first!.metadata.name, 'default');
  plane.sim.runFor(2000);
  const [second] = claims(plane);
  expect(second?.metadata.uid).not.toBe(first?.metadata.uid);
  expect(getPod(plane, 'web').status?.resourceClaimStatuses?.[0]?.resourceClaimName).toBe(second?.metadata.name);
});

test('when its last Pod has ended a claim is deallocated, and one of a template goes', () => {
  const plane = start('ended');
  template(plane);
  const own = pod(plane, 'own', [...OF_TEMPLATE, { ...SHARED[0]!, name: 'too' }], 'node-1');
  const other = pod(plane, 'other', SHARED, 'node-1');
  shared(plane);
  plane.sim.runFor(2000);
  for (const claim of claims(plane)) {
    if (claim.metadata.name === 'shared') allocate(plane, claim, own, other);
    else allocate(plane, claim, own);
  }
  const running = getPod(plane, 'own');
  plane.client.resource(pods).updateStatus({ ...running, status: { ...running.status, phase: 'Succeeded' } });
  plane.sim.runFor(2000);
  const [left, ...rest] = claims(plane);
  expect(rest).toEqual([]);
  expect(left?.status?.reservedFor).toEqual([{ resource: 'pods', name: 'other', uid: other.metadata.uid }]);
  plane.client.resource(pods).delete('other', 'default', { gracePeriodSeconds: 0 });
  plane.sim.runFor(2000);
  const [free] = claims(plane);
  expect(free?.status).toEqual({});
  expect(free?.metadata.finalizers).toBeUndefined();
});

test('an allocated claim that is deleted stays until nobody uses it', () => {
  const plane = start('protected');
  const user = pod(plane, 'user', SHARED, 'node-1');
  allocate(plane, shared(plane), user);
  plane.client.resource(resourceClaims).delete('shared', 'default');
  plane.sim.runFor(2000);
  expect(claims(plane)[0]?.metadata.deletionTimestamp).toBeDefined();
  plane.client.resource(pods).delete('user', 'default', { gracePeriodSeconds: 0 });
  plane.sim.runFor(2000);
  expect(claims(plane)).toEqual([]);
});

test('a Pod that got its node past the scheduler is let in', () => {
  const plane = start('reserve');
  allocate(plane, shared(plane));
  const user = pod(plane, 'user', SHARED, 'node-1');
  plane.sim.runFor(2000);
  expect(claims(plane)[0]?.status?.reservedFor).toEqual([{ resource: 'pods', name: 'user', uid: user.metadata.uid }]);
});

test('a controller that was away finds what has ended meanwhile', () => {
  const plane = new ControlPlane('away');
  plane.apply({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } } as never);
  const user = pod(plane, 'user', SHARED, 'node-1');
  allocate(plane, shared(plane), user);
  plane.client.resource(pods).delete('user', 'default', { gracePeriodSeconds: 0 });
  const { sim, transport } = plane;
  startControllerManager({ sim, transport, leaderElect: false, controllers: CONTROLLERS, claimWork: () => claimWork });
  sim.runFor(2000);
  expect(claims(plane)[0]?.status).toEqual({});
});

test('without the controller nothing is made', () => {
  const plane = start('off', ['*', '-resourceclaim-controller']);
  template(plane);
  pod(plane, 'web', OF_TEMPLATE);
  plane.sim.runFor(5000);
  expect(claims(plane)).toEqual([]);
});

test('a claim that was allocated and has not been used yet keeps its devices', () => {
  const claim = {
    metadata: { name: 'c', finalizers: [ALLOCATED] },
    status: { allocation: {} },
  } as unknown as ResourceClaim;
  expect(claimStep(claim, () => undefined)).toEqual({ deallocate: false, unprotect: false, remove: false });
});
