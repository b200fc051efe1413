import { expect, test } from 'vitest';
import type { Node, Pod } from '../../api/kinds.ts';
import type { KubeObject } from '../../api/object.ts';
import { Random } from '../../sim/index.ts';
import type { Plugin } from '../framework.ts';
import { podInfo } from '../pod-info.ts';
import { Decider } from '../testing/harness.ts';
import { storedNode, storedPod } from '../testing/objects.ts';

// A scheduler that remembers why nodes would not do, and what preemption found out about them, decides as one does that
// finds it out anew each time.

const NODES = 6;
const STEPS = 60;
const MINE = '  plugins: {filter: {enabled: [{name: Mine}]}}\n';

/** A filter with nothing to say; one that does not sign what it looks at keeps others from remembering. */
function decider(signs: boolean): { decider: Decider; asked: () => number } {
  let asked = 0;
  const filter = () => {
    asked += 1;
    return undefined;
  };
  const mine = (): Plugin => ({ name: 'Mine', filter, ...(signs ? { sign: () => 'nothing' } : {}) });
  return { decider: new Decider({ profile: MINE, plugins: { Mine: mine } }), asked: () => asked };
}

function pod(name: string, priority: number, cpu: string, spec: Partial<Pod['spec']> = {}, nodeName?: string): Pod {
  const made = storedPod(name, { cpu }, { priority, ...spec, ...(nodeName === undefined ? {} : { nodeName }) });
  return { ...made, metadata: { ...made.metadata, labels: { app: 'low' } } };
}

function budget(allowed: number, resourceVersion: number): KubeObject {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { namespace: 'default', name: 'low', uid: 'b', resourceVersion: `${resourceVersion}` },
    spec: { selector: { matchLabels: { app: 'low' } } },
    status: { disruptionsAllowed: allowed },
  } as unknown as KubeObject;
}

function node(name: string, isTainted: boolean): Node {
  return storedNode(
    name,
    { cpu: '4', memory: '8Gi' },
    isTainted ? { taints: [{ key: 'k', effect: 'NoSchedule' }] } : {},
  );
}

/** Some change of the cluster, the same for both. */
function change(random: Random, step: number, each: (apply: (decider: Decider) => void) => void): void {
  const name = `node-${random.below(NODES)}`;
  const kind = random.below(6);
  const cpu = ['1', '2', '3'][random.below(3)]!;
  const priority = random.below(3);
  if (kind === 0) each(({ cache }) => cache.setNode(node(name, priority === 0)));
  else if (kind === 1) each(({ objects }) => objects.podDisruptionBudgets.set(budget(priority, step)));
  else if (kind === 2) each(({ nominator }) => nominator.set(podInfo(pod(`wait-${priority}`, 5, cpu)), name));
  else if (kind === 3) each(({ nominator }) => nominator.delete(`uid of wait-${priority}`));
  else if (kind === 4) {
    each(({ cache }) => {
      const [first] = cache.node(name)?.pods.keys() ?? [];
      if (first !== undefined) cache.removePod(first);
    });
  } else each(({ cache }) => cache.setPod(pod(`low-${step}`, priority, cpu, {}, name)));
}

function preempt(decider: Decider, wanting: Pod): unknown {
  const placed = decider.place(wanting);
  if ('node' in placed) return placed.node.name;
  const { nodes, ...diagnosis } = placed.diagnosis;
  const made = decider.plugin('DefaultPreemption').postFilter!(placed.state, podInfo(wanting), placed.diagnosis);
  return { names: nodes.map(({ name }) => name), diagnosis, made };
}

test.each(Array.from({ length: 20 }, (_, run) => `remembering ${run}`))('%s', (seed) => {
  const random = new Random(seed);
  const remembering = decider(true);
  const forgetful = decider(false);
  const both = (apply: (decider: Decider) => void): void => {
    apply(remembering.decider);
    apply(forgetful.decider);
  };
  for (let i = 0; i < NODES; i++) both(({ cache }) => cache.setNode(node(`node-${i}`, false)));
  for (let i = 0; i < NODES * 3; i++) {
    const low = pod(`first-${i}`, i % 3, '1', {}, `node-${i % NODES}`);
    both(({ cache }) => cache.setPod(low));
  }
  for (let step = 0; step < STEPS; step++) {
    change(random, step, both);
    // Mostly alike, now and then of another kind; sometimes one that is nominated itself.
    const tolerations = random.below(8) === 0 ? [{ operator: 'Exists' as const }] : undefined;
    const name = random.below(4) === 0 ? `wait-${random.below(3)}` : `high-${step}`;
    const high = pod(name, 5, random.below(6) === 0 ? '2' : '4', { tolerations });
    expect(preempt(remembering.decider, high)).toEqual(preempt(forgetful.decider, high));
  }
  expect(remembering.asked()).toBeLessThan(forgetful.asked());
});
