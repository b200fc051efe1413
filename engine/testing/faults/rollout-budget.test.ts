import { expect, test } from 'vitest';
import type { Deployment, Pod } from '../../api/kinds.ts';
import type { WatchEvent } from '../../api/request.ts';
import { deployments, pods } from '../../api/resources.ts';
import { SmallCluster } from './small-cluster.ts';

// A rollout whose whole history is watched: over slow kubelets, while a node dies, it never takes a Pod away that it
// needs. What the dead node takes with it is not the rollout's doing, but the rollout must not add to it.

const REPLICAS = 8;
const MAX_UNAVAILABLE = 2;
const MAX_SURGE = 1;
const SEEDS = Array.from({ length: 12 }, (_, i) => `rollout ${i}`);

function web(image: string) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'default' },
    spec: {
      replicas: REPLICAS,
      strategy: { rollingUpdate: { maxSurge: MAX_SURGE, maxUnavailable: MAX_UNAVAILABLE } },
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          containers: [{ name: 'c', image }],
          // An evicted Pod is replaced soon, so that the run is short.
          tolerations: ['not-ready', 'unreachable'].map((taint) => {
            return {
              key: `node.kubernetes.io/${taint}`,
              operator: 'Exists',
              effect: 'NoExecute',
              tolerationSeconds: 5,
            };
          }),
        },
      },
    },
  } as unknown as Deployment;
}

/** Every state that the Deployment's Pods have been in, judged as it comes. */
class PodHistory {
  readonly breaches: string[] = [];
  /** The fewest Pods that were available at any moment once all had been. */
  fewest = Number.POSITIVE_INFINITY;
  most = 0;
  readonly #cluster: SmallCluster;
  readonly #pods = new Map<string, Pod>();
  #wasComplete = false;

  constructor(cluster: SmallCluster) {
    this.#cluster = cluster;
    const sink = { outside: true, event: (event: WatchEvent<Pod>) => this.#see(event), end: () => {} };
    cluster.client.resource(pods).watch({ namespace: 'default' }, sink as never);
  }

  get available(): number {
    return [...this.#pods.values()].filter(isServing).length;
  }

  #see({ type, object }: WatchEvent<Pod>): void {
    const { uid } = object.metadata;
    const before = this.#pods.get(uid);
    const wasServing = before !== undefined && isServing(before);
    if (type === 'DELETED') this.#pods.delete(uid);
    else this.#pods.set(uid, object);
    this.#wasComplete ||= this.available >= REPLICAS;
    this.most = Math.max(this.most, [...this.#pods.values()].filter(isAlive).length);
    if (!this.#wasComplete) return;
    this.fewest = Math.min(this.fewest, this.available);
    if (!wasServing || !this.#wasTakenByController(object)) return;
    if (this.available >= REPLICAS - MAX_UNAVAILABLE) return;
    this.breaches.push(`${this.#cluster.sim.nowMs} ms: ${object.metadata.name} goes, ${this.available} are left`);
  }

  /** Taken away whole, and not evicted from a node that is gone. */
  #wasTakenByController({ metadata, status }: Pod): boolean {
    const isEvicted = status?.conditions?.some(({ type }) => type === 'DisruptionTarget') === true;
    return metadata.deletionTimestamp !== undefined && !isEvicted;
  }
}

function isAlive({ metadata, status }: Pod): boolean {
  return metadata.deletionTimestamp === undefined && status?.phase !== 'Failed';
}

function isServing(pod: Pod): boolean {
  return (
    isAlive(pod) && pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true
  );
}

function isRolledOut({ client }: SmallCluster): boolean {
  const { metadata, status } = client.resource(deployments).get('web', 'default');
  const { observedGeneration, updatedReplicas, replicas, availableReplicas } = status ?? {};
  return (
    observedGeneration === metadata.generation &&
    [updatedReplicas, replicas, availableReplicas].every((count) => count === REPLICAS)
  );
}

function runUntilRolledOut(cluster: SmallCluster): void {
  for (let waited = 0; !isRolledOut(cluster) && waited < 600; waited++) cluster.sim.runFor(1_000);
  expect(isRolledOut(cluster)).toBe(true);
}

/** A cluster with the Deployment in place and kubelets that hear of everything late, each time otherwise. */
function start(seed: string): { readonly cluster: SmallCluster; readonly history: PodHistory } {
  const cluster = new SmallCluster(seed, 4);
  const history = new PodHistory(cluster);
  cluster.client.resource(deployments).create(web('web:1'));
  runUntilRolledOut(cluster);
  const random = cluster.sim.random('latency');
  for (const { line } of cluster.nodes) line.watchDelayMs = random.below(3_000);
  return { cluster, history };
}

function setImage({ client }: SmallCluster, image: string): void {
  const spec = { template: { spec: { containers: [{ name: 'c', image }] } } };
  client.resource(deployments).patch('web', 'default', 'strategic-merge', { spec });
}

test.each(SEEDS)('under latency a rollout keeps its budget at every moment (%s)', (seed) => {
  const { cluster, history } = start(seed);
  setImage(cluster, 'web:2');
  runUntilRolledOut(cluster);
  expect(history.fewest).toBeGreaterThanOrEqual(REPLICAS - MAX_UNAVAILABLE);
  expect(history.fewest).toBeLessThan(REPLICAS);
  expect(history.most).toBeLessThanOrEqual(REPLICAS + MAX_SURGE);
});

test.each(SEEDS)('a node that dies in the middle of it takes its own, and the rollout nothing more (%s)', (seed) => {
  const { cluster, history } = start(seed);
  setImage(cluster, 'web:2');
  const random = cluster.sim.random('death');
  cluster.sim.runFor(random.below(4_000));
  cluster.nodes[random.below(cluster.nodes.length)]!.lose();
  runUntilRolledOut(cluster);
  expect(history.breaches).toEqual([]);
});
