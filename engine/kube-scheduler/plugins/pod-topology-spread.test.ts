import { expect, test } from 'vitest';
import type { Node, Pod } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { Decider, outcome } from '../testing/harness.ts';
import { storedNode, storedPod } from '../testing/objects.ts';

const ZONE = 'topology.kubernetes.io/zone';
const HOST = 'kubernetes.io/hostname';
type Constraint = NonNullable<Pod['spec']['topologySpreadConstraints']>[number];

function labelled(pod: Pod, labels: Record<string, string>): Pod {
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

function spread(constraints: Partial<Constraint>[], spec: Partial<Pod['spec']> = {}): Pod {
  const topologySpreadConstraints = constraints.map((constraint) => ({
    maxSkew: 1,
    topologyKey: ZONE,
    whenUnsatisfiable: 'DoNotSchedule' as const,
    labelSelector: { matchLabels: { app: 'web' } },
    ...constraint,
  }));
  return labelled(storedPod('p', {}, { topologySpreadConstraints, ...spec }), { app: 'web', version: '2' });
}

/** So many Pods of `app: web` on a node. */
function webs(nodeName: string, count: number, labels: Record<string, string> = { app: 'web' }): Pod[] {
  return Array.from({ length: count }, (_, i) => labelled(storedPod(`${nodeName}-${i}`, {}, { nodeName }), labels));
}

function node(name: string, labels: Record<string, string>, spec: Node['spec'] = {}): Node {
  return storedNode(name, undefined, spec, { [HOST]: name, ...labels });
}

const nodes = [node('a1', { [ZONE]: 'a' }), node('a2', { [ZONE]: 'a' }), node('b1', { [ZONE]: 'b' })];
const SKEWED = "node(s) didn't match pod topology spread constraints";
const refused = (...reasons: string[]) => `0/3 nodes are available: ${reasons.join(', ')}.`;

test.each<[string, Pod, Pod[], string]>([
  ['the emptier zone', spread([{}]), webs('a1', 1), 'b1'],
  ['a skew that is allowed', spread([{ maxSkew: 2, topologyKey: HOST }]), [...webs('a1', 2), ...webs('a2', 2)], 'b1'],
  ['zone and host together', spread([{}, { topologyKey: HOST }]), [...webs('b1', 1), ...webs('a1', 1)], 'a2'],
  ['Pods that are not selected', spread([{}]), [...webs('a1', 1), ...webs('b1', 2, { app: 'db' })], 'b1'],
  ['a key that no node has', spread([{ topologyKey: 'rack' }]), [], refused(`3 ${SKEWED} (missing required label)`)],
  [
    'fewer domains than asked for count as empty ones',
    spread([{ minDomains: 3 }]),
    [...webs('a1', 1), ...webs('b1', 1)],
    refused(`3 ${SKEWED}`),
  ],
  ['nodes that the Pod cannot go to do not count', spread([{}], { nodeSelector: { [ZONE]: 'a' } }), webs('a1', 3), 'a'],
  [
    'unless it is said that they do',
    spread([{ nodeAffinityPolicy: 'Ignore' }], { nodeSelector: { [ZONE]: 'a' } }),
    webs('a1', 3),
    refused("1 node(s) didn't match Pod's node affinity/selector", `2 ${SKEWED}`),
  ],
  [
    'matchLabelKeys: only Pods of the same version',
    spread([{ matchLabelKeys: ['version'] }]),
    [...webs('a1', 3, { app: 'web', version: '1' }), ...webs('b1', 1, { app: 'web', version: '2' })],
    'a',
  ],
])('%s', (_, pod, running, expected) => {
  const where = outcome(pod, { nodes, running });
  if (expected === 'a') expect(where).toMatch(/^a[12]$/);
  else expect(where).toBe(expected);
});

test('nodes with taints count unless nodeTaintsPolicy says Honor', () => {
  const tainted = node('c1', { [ZONE]: 'c' }, { taints: [{ key: 'k', effect: 'NoSchedule' }] });
  const running = [...webs('a1', 1), ...webs('b1', 1)];
  const situation = { nodes: [...nodes, tainted], running };
  expect(outcome(spread([{}]), situation)).toBe(
    `0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 ${SKEWED}.`,
  );
  expect(outcome(spread([{ nodeTaintsPolicy: 'Honor' }]), situation)).toMatch(/^[ab]/);
});

test('terminating Pods do not count', () => {
  const [web] = webs('a1', 1);
  const terminating = { ...web!, metadata: { ...web!.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
  const decider = new Decider({ nodes: nodes.slice(1), running: [...webs('b1', 1), web!] });
  decider.cache.setPod(terminating);
  expect(decider.outcome(spread([{}]))).toBe('a2');
});

test('ScheduleAnyway only prefers', () => {
  const running = [...webs('a1', 2), ...webs('b1', 1)];
  const pod = spread([{ whenUnsatisfiable: 'ScheduleAnyway', topologyKey: HOST }]);
  expect(new Decider({ nodes, running }).scores(pod, 'PodTopologySpread')).toEqual({ a1: 0, a2: 100, b1: 33 });
});

test('a Pod without constraints is spread with those that its owner or its Services select', () => {
  const web = labelled(storedPod('p'), { app: 'web' });
  const owned: Pod = {
    ...web,
    metadata: {
      ...web.metadata,
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: 'u', controller: true }],
    },
  };
  const metadata = { namespace: 'default', name: 'web', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  const replicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata,
    spec: { selector: { matchLabels: { app: 'web' } } },
  };
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' } } };
  const scores = (pod: Pod, objects: KubeObject[]) => {
    const { nodes: verdicts } = new Decider({ nodes, running: webs('a1', 3), objects }).explain(pod);
    return verdicts
      .find(({ node: name }) => name === 'b1')
      ?.scores?.find(({ plugin }) => plugin === 'PodTopologySpread');
  };
  expect(scores(owned, [replicaSet])?.normalized).toBe(100);
  expect(scores(web, [service])?.normalized).toBe(100);
  expect(scores(web, [])).toBeUndefined();
});

test('cluster-wide defaults can be given as a list', () => {
  const profile = `
  pluginConfig:
  - name: PodTopologySpread
    args:
      defaultingType: List
      defaultConstraints:
      - {maxSkew: 1, topologyKey: ${ZONE}, whenUnsatisfiable: DoNotSchedule}
`;
  const metadata = { namespace: 'default', name: 'web', uid: 'u', resourceVersion: '1', creationTimestamp: '' };
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: 'web' } } };
  const pod = labelled(storedPod('p'), { app: 'web' });
  expect(outcome(pod, { nodes, running: webs('a1', 1), objects: [service], profile })).toBe('b1');
});

test('nodes that come, go and change their labels count at once', () => {
  const decider = new Decider({ nodes, running: webs('b1', 1) });
  const { cache } = decider;
  expect(decider.outcome(spread([{}]))).toMatch(/^a/);
  // An empty zone: now the other one may have no second Pod either.
  for (const pod of webs('a1', 1)) cache.setPod(pod);
  cache.setNode(node('c1', { [ZONE]: 'c' }));
  expect(decider.outcome(spread([{}]))).toBe('c1');
  cache.setNode(node('c1', {}));
  expect(decider.outcome(spread([{}]))).toMatch(/^[ab]/);
  cache.setNode(node('c1', { [ZONE]: 'c' }));
  cache.removeNode('c1');
  expect(decider.outcome(spread([{}]))).toMatch(/^[ab]/);
});
