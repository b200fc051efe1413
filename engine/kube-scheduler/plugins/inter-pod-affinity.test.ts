import { expect, test } from 'vitest';
import type { Node, Pod } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { Decider, outcome } from '../testing/harness.ts';
import { storedNode, storedPod } from '../testing/objects.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';

type PodTerm = { labelSelector: object; topologyKey: string } & Record<string, unknown>;
type Terms = { near?: PodTerm[]; far?: PodTerm[]; likesNear?: PodTerm[]; likesFar?: PodTerm[]; weight?: number };

const app = (name: string, topologyKey = ZONE, more: object = {}): PodTerm => ({
  labelSelector: { matchLabels: { app: name } },
  topologyKey,
  ...more,
});

function affine(
  name: string,
  labels: Record<string, string>,
  terms: Terms,
  nodeName?: string,
  namespace = 'default',
): Pod {
  const { near, far, likesNear, likesFar, weight = 10 } = terms;
  const half = (required?: PodTerm[], preferred?: PodTerm[]) => ({
    requiredDuringSchedulingIgnoredDuringExecution: required,
    preferredDuringSchedulingIgnoredDuringExecution: preferred?.map((podAffinityTerm) => ({ weight, podAffinityTerm })),
  });
  const spec = { nodeName, affinity: { podAffinity: half(near, likesNear), podAntiAffinity: half(far, likesFar) } };
  const pod = storedPod(name, {}, spec as Partial<Pod['spec']>);
  return { ...pod, metadata: { ...pod.metadata, labels, namespace } };
}

function node(name: string, zone: string): Node {
  return storedNode(name, undefined, {}, { [ZONE]: zone, [HOST]: name });
}

const nodes = [node('a1', 'a'), node('a2', 'a'), node('b1', 'b')];
const namespaces: KubeObject[] = ['default', 'other', 'third'].map((name) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, uid: name, resourceVersion: '1', creationTimestamp: '', labels: { team: name } },
}));

const AFFINITY = "node(s) didn't match pod affinity rules";
const ANTI = "node(s) didn't match pod anti-affinity rules";
const EXISTING = "node(s) didn't satisfy existing pods anti-affinity rules";
const refused = (...reasons: string[]) => `0/3 nodes are available: ${reasons.join(', ')}.`;

const db = (on: string, terms: Terms = {}, namespace?: string) =>
  affine(`db-${on}`, { app: 'db' }, terms, on, namespace);

test.each<[string, Pod, Pod[], string]>([
  ['near what is there', affine('p', {}, { near: [app('db')] }), [db('b1')], 'b1'],
  ['near what is nowhere', affine('p', {}, { near: [app('db')] }), [], refused(`3 ${AFFINITY}`)],
  ['the first of those that want one another', affine('p', { app: 'x' }, { near: [app('x')] }), [], 'any'],
  [
    'a term without the label on the node',
    affine('p', { app: 'x' }, { near: [app('x', 'rack')] }),
    [],
    refused(`3 ${AFFINITY}`),
  ],
  [
    'two terms must select the same Pod',
    affine('p', {}, { near: [app('db'), { ...app('db'), labelSelector: { matchLabels: { tier: 'gold' } } }] }),
    [db('b1')],
    refused(`3 ${AFFINITY}`),
  ],
  ['far from what is there, by zone', affine('p', {}, { far: [app('db')] }), [db('a1')], 'b1'],
  ['far from what is there, by host', affine('p', {}, { far: [app('db', HOST)] }), [db('a1'), db('b1')], 'a2'],
  ['far from what is everywhere', affine('p', {}, { far: [app('db')] }), [db('a1'), db('b1')], refused(`3 ${ANTI}`)],
  ['kept away by what is there', affine('p', { app: 'web' }, {}), [db('a1', { far: [app('web')] })], 'b1'],
  [
    'kept away everywhere',
    affine('p', { app: 'web' }, {}),
    [db('a1', { far: [app('web')] }), db('b1', { far: [app('web', HOST)] })],
    refused(`3 ${EXISTING}`),
  ],
  ['Pods of another namespace do not count', affine('p', {}, { far: [app('db')] }), [db('b1', {}, 'other')], 'any'],
  [
    'unless they are named',
    affine('p', {}, { near: [app('db', ZONE, { namespaces: ['other'] })] }),
    [db('b1', {}, 'other')],
    'b1',
  ],
  [
    'or selected by label',
    affine('p', {}, { near: [app('db', ZONE, { namespaceSelector: { matchLabels: { team: 'other' } } })] }),
    [db('a1', {}, 'third'), db('b1', {}, 'other')],
    'b1',
  ],
  [
    'an empty selector of namespaces selects all',
    affine('p', {}, { near: [app('db', ZONE, { namespaceSelector: {} })] }),
    [db('b1', {}, 'third')],
    'b1',
  ],
])('%s', (_, pod, running, expected) => {
  const where = outcome(pod, { nodes, running, objects: namespaces });
  if (expected === 'any') expect(where).not.toMatch(/^0\//);
  else expect(where).toBe(expected);
});

test.each<[string, Pod, Pod[], Record<string, number>]>([
  ['liking', affine('p', {}, { likesNear: [app('db')] }), [db('b1')], { a1: 0, a2: 0, b1: 100 }],
  ['disliking', affine('p', {}, { likesFar: [app('db')] }), [db('b1')], { a1: 100, a2: 100, b1: 0 }],
  [
    'both by host',
    affine('p', {}, { likesNear: [app('db', HOST)] }),
    [db('a1'), db('a1'), db('b1')].map(numbered),
    { a1: 100, a2: 0, b1: 50 },
  ],
  ['being liked', affine('p', { app: 'web' }, {}), [db('b1', { likesNear: [app('web')] })], { a1: 0, a2: 0, b1: 100 }],
  [
    'being disliked',
    affine('p', { app: 'web' }, {}),
    [db('b1', { likesFar: [app('web')] })],
    { a1: 100, a2: 100, b1: 0 },
  ],
  ['being needed', affine('p', { app: 'web' }, {}), [db('b1', { near: [app('web')] })], { a1: 0, a2: 0, b1: 100 }],
])('preferences: %s', (_, pod, running, expected) => {
  const decider = new Decider({ nodes, running, objects: namespaces });
  expect(decider.scores(pod, 'InterPodAffinity')).toEqual(expected);
});

function numbered(pod: Pod, index: number): Pod {
  const name = `${pod.metadata.name}-${index}`;
  return { ...pod, metadata: { ...pod.metadata, name, uid: name } };
}

test('a Pod that is gone, moved or relabelled counts no more', () => {
  const decider = new Decider({ nodes, running: [db('b1')] });
  const pod = affine('p', {}, { near: [app('db')] });
  expect(decider.outcome(pod)).toBe('b1');
  const other = db('b1');
  decider.cache.setPod({ ...other, metadata: { ...other.metadata, labels: { app: 'cache' } } });
  expect(decider.outcome(pod)).toMatch(AFFINITY);
  decider.cache.setPod(other);
  expect(decider.outcome(pod)).toBe('b1');
  decider.cache.removePod(other.metadata.uid);
  expect(decider.outcome(pod)).toMatch(AFFINITY);
});

test('a node that changes its zone takes its Pods along', () => {
  const decider = new Decider({ nodes, running: [db('b1')] });
  const pod = affine('p', {}, { far: [app('db')] });
  expect(decider.place(pod)).toMatchObject({ feasible: [{ name: 'a1' }, { name: 'a2' }] });
  decider.cache.setNode(node('b1', 'a'));
  expect(decider.outcome(pod)).toBe(refused(`3 ${ANTI}`));
});
