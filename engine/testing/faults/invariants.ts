import type { Pod, ReplicaSet } from '../../api/kinds.ts';
import { pods, replicaSets } from '../../api/resources.ts';
import type { SmallCluster } from './small-cluster.ts';
import { REPLICAS, SLACK } from './workloads.ts';

/** How often the nodes are looked at, in virtual milliseconds. */
const LOOK_MS = 200;

/**
 * Watches a cluster from outside and notes everything that must never happen, whatever fails:
 * - two live Pods of one StatefulSet identity;
 * - a Pod bound twice;
 * - a rollout outside its bounds.
 */
export class Invariants {
  readonly violations: string[] = [];
  readonly #cluster: SmallCluster;
  readonly #bindings = new Map<string, string>();
  readonly #sizes = new Map<string, number>();
  #wasComplete = false;

  constructor(cluster: SmallCluster) {
    this.#cluster = cluster;
    const { client } = cluster;
    const end = (): void => {};
    const podEvent = ({ object }: { readonly object: unknown }) => this.#checkBinding(object as Pod);
    client.resource(pods).watch({ namespace: 'default' }, { outside: true, event: podEvent, end });
    client
      .resource(replicaSets)
      .watch(
        { namespace: 'default' },
        { outside: true, end, event: ({ type, object }) => this.#checkRollout(type, object as unknown as ReplicaSet) },
      );
    this.#look();
  }

  #note(text: string): void {
    this.violations.push(`${(this.#cluster.sim.nowMs / 1_000).toFixed(3)} s: ${text}`);
  }

  #checkBinding({ metadata, spec }: Pod): void {
    if (!spec?.nodeName) return;
    const before = this.#bindings.get(metadata.uid);
    if (before !== undefined && before !== spec.nodeName) {
      this.#note(`Pod ${metadata.name} was bound to ${before} and to ${spec.nodeName}`);
    }
    this.#bindings.set(metadata.uid, spec.nodeName);
  }

  #checkRollout(type: string, { metadata, spec }: ReplicaSet): void {
    if (type === 'DELETED') this.#sizes.delete(metadata.name);
    else if (type !== 'BOOKMARK') this.#sizes.set(metadata.name, spec.replicas ?? 1);
    const total = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    this.#wasComplete ||= total >= REPLICAS;
    if (total > REPLICAS + SLACK) this.#note(`the rollout of web wants ${total} Pods`);
    if (this.#wasComplete && total < REPLICAS - SLACK) this.#note(`the rollout of web leaves ${total} Pods`);
  }

  /** What really runs: an identity must not run in two places, whatever the API server believes. */
  #look(): void {
    const running = new Map<string, string>();
    for (const { name, runtime } of this.#cluster.nodes) {
      const sandboxes = new Map(runtime.listPodSandboxes().map((each) => [each.id, each.metadata.name]));
      for (const { podSandboxId, state } of runtime.listContainers()) {
        const pod = sandboxes.get(podSandboxId) ?? '';
        if (state !== 'CONTAINER_RUNNING' || !pod.startsWith('db-')) continue;
        const place = `${podSandboxId} on ${name}`;
        const other = running.get(pod);
        if (other !== undefined && other !== place) this.#note(`${pod} runs as ${other} and ${place}`);
        running.set(pod, place);
      }
    }
    this.#cluster.sim.schedule(LOOK_MS, 'invariants', () => this.#look());
  }
}
