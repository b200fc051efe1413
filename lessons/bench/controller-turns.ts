import type { Cluster } from '@drydock/engine';
import { componentOf } from './causes.ts';

/** Something a component did in one go: what it worked on, what set it off, and what it wrote. */
export interface ControllerTurn {
  readonly timeMs: number;
  readonly by: string;
  /** `namespace/name` of what it worked on. */
  readonly key: string;
  /** The etcd key whose change set it off, where that is known. */
  readonly cause?: string;
  /** The etcd keys it wrote, in order. */
  readonly wrote: readonly string[];
}

/** The latest turns of a component (`replicaset-controller`, `kube-scheduler`, `kubelet` for all of them), newest first. */
export function turnsOf(cluster: Cluster, component: string, most: number): readonly ControllerTurn[] {
  const { entries } = cluster.sim.trace;
  const turns: (ControllerTurn & { readonly wrote: string[] })[] = [];
  for (let at = entries.length - 1; at >= 0; at--) {
    const { kind, subject, timeMs, activity } = entries[at]!;
    const by = componentOf(activity);
    if (kind !== 'etcd.put' || activity === undefined || !isOrBelow(by, component)) continue;
    // Its events and leases say nothing of what it decided.
    if (/^\/registry\/(events|leases)\//.test(subject)) continue;
    const last = turns.at(-1);
    if (last?.timeMs === timeMs && last.key === activity.key) {
      last.wrote.unshift(subject);
      continue;
    }
    if (turns.length === most) break;
    const cause = entries.find(
      ({ revision }) => revision !== undefined && revision === activity.causeRevision,
    )?.subject;
    turns.push({ timeMs, by, key: activity.key, cause, wrote: [subject] });
  }
  return turns;
}

function isOrBelow(name: string, component: string): boolean {
  return name === component || name.startsWith(`${component}/`);
}
