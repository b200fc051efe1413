import { expect, test } from 'vitest';
import { type Asked, extenderBed, REFUSED, type Reply } from '../testing/extender-bed.ts';

// Extenders that have a say in which Pods have to go.

interface Proposal extends Asked {
  readonly NodeNameToVictims: Readonly<Record<string, { readonly Pods: readonly { metadata: { name: string } }[] }>>;
  readonly NodeNameToMetaVictims: Readonly<Record<string, { readonly Pods: readonly { UID: string }[] }>>;
}

/** Two full nodes of two processors: one Pod on node-1, two on node-2. Somebody important needs one of the processors. */
function full(options: string, reply: (asked: Proposal, uidOf: (name: string) => string) => Reply) {
  const bed = extenderBed(`- {urlPrefix: "http://ext", preemptVerb: preempt${options}}\n`, (_, asked) =>
    reply(asked as Proposal, (name) => bed.pod(name).metadata.uid),
  );
  const { controlPlane, sim } = bed;
  for (const [name, value] of Object.entries({ low: 10, high: 100 })) {
    controlPlane.apply({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    } as never);
  }
  controlPlane.createNode('node-1', { cpu: '2', memory: '8Gi' });
  controlPlane.createNode('node-2', { cpu: '2', memory: '8Gi' });
  const createPod = (name: string, priorityClassName: string, cpu: string, nodeName?: string) =>
    bed.createPod(name, {
      priorityClassName,
      containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }],
      ...(nodeName === undefined ? {} : { nodeName }),
    });
  createPod('big', 'low', '2', 'node-1');
  createPod('small-1', 'low', '1', 'node-2');
  createPod('small-2', 'low', '1', 'node-2');
  sim.runFor(100);
  createPod('urgent', 'high', '1');
  sim.runFor(100);
  return bed;
}

const FULL = '0/2 nodes are available: 2 Insufficient cpu. ';
const going = ({ controlPlane }: ReturnType<typeof extenderBed>) =>
  controlPlane
    .pods()
    .filter(({ metadata }) => metadata.deletionTimestamp !== undefined)
    .map(({ metadata }) => metadata.name);

test('an extender is shown the victims of each node, strikes one out and names more on the other', () => {
  const asked: Proposal[] = [];
  const bed = full('', (proposal, uidOf) => {
    asked.push(proposal);
    const uids = ['small-1', 'small-2'].map((name) => ({ uid: uidOf(name) }));
    return { nodeNameToMetaVictims: { 'node-2': { pods: uids } } };
  });
  expect(asked[0]!.NodeNameToMetaVictims).toBeNull();
  const { NodeNameToVictims } = asked[0]!;
  expect(Object.keys(NodeNameToVictims).sort()).toEqual(['node-1', 'node-2']);
  expect(NodeNameToVictims['node-1']!.Pods.map(({ metadata }) => metadata.name)).toEqual(['big']);
  expect(NodeNameToVictims['node-2']!.Pods.length).toBe(1);
  expect(going(bed)).toEqual(['small-1', 'small-2']);
  expect(bed.pod('urgent').status?.nominatedNodeName).toBe('node-2');
});

test('what the extenders agree to is done, and told', () => {
  const bed: ReturnType<typeof full> = full(', nodeCacheCapable: true', ({ NodeNameToMetaVictims }) => {
    const { 'node-1': big } = NodeNameToMetaVictims;
    return { NodeNameToMetaVictims: { 'node-1': big! } };
  });
  expect(going(bed)).toEqual(['big']);
  expect(bed.pod('urgent').status?.nominatedNodeName).toBe('node-1');
  expect(bed.scheduler.explain('default', 'urgent')).toMatchObject({
    nominatedNode: 'node-1',
    extenders: [{ extender: 'http://ext', verb: 'preempt', nodes: ['node-1'] }],
  });
});

test.each<[string, Reply, string]>([
  ['none', {}, `${FULL}no new claims to deallocate, preemption: no candidate node for preemption`],
  [
    'no victims on a node',
    { NodeNameToMetaVictims: { 'node-1': { Pods: [] } } },
    `${FULL}preemption: expected at least one victim pod on node "node-1"`,
  ],
  [
    'a node that there is none of',
    { NodeNameToMetaVictims: { mars: { Pods: [{ UID: 'x' }] } } },
    `${FULL}preemption: nodeinfo not found for node name "mars"`,
  ],
  [
    'a Pod that is not there',
    { NodeNameToMetaVictims: { 'node-1': { Pods: [{ UID: 'x' }] } } },
    `${FULL}preemption: extender: http://ext claims to preempt pod (UID: &{x}) on node: node-1, but the pod is not found on that node`,
  ],
  [
    'nothing, being down',
    REFUSED,
    `${FULL}preemption: Post "http://ext/preempt": dial tcp 10.0.0.9:80: connect: connection refused`,
  ],
])('an extender that agrees to %s leaves everybody where they are', (_, said, message) => {
  const bed = full('', () => said);
  expect(bed.messages('urgent')).toEqual([message]);
  expect(going(bed)).toEqual([]);
});

test.each<[string, Reply]>([
  ['down', REFUSED],
  ['confused', { NodeNameToMetaVictims: { mars: { Pods: [{ UID: 'x' }] } } }],
])('one that can be ignored and is %s does not hold up preemption', (_, said) => {
  const bed = full(', ignorable: true', () => said);
  expect(going(bed).length).toBe(1);
  expect(bed.scheduler.explain('default', 'urgent')?.extenders).toMatchObject([{ verb: 'preempt', ignored: true }]);
});
