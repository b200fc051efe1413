import type { SchedulerCache } from './cache.ts';
import type { Plugin } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { Nominations, Nominator } from './nominator.ts';
import type { PodInfo } from './pod-info.ts';
import { podSignature } from './pod-signature.ts';
import type { FirstRejection, Profile } from './profile.ts';
import type { RejectedNodes } from './rejected-nodes.ts';

interface Failed {
  readonly profile: Profile;
  readonly signature: string;
  readonly order: readonly NodeInfo[];
  readonly rejected: RejectedNodes;
  /** Where each node is among the rejected. */
  readonly places: ReadonlyMap<NodeInfo, number>;
  readonly nominations: Nominations;
}

/**
 * Why no node would do for the last Pod that found none. In a full cluster a Deployment's hundred Pods ask the same of
 * thousands of nodes, few of which have changed in between.
 */
export class LastFailure {
  readonly #cache: SchedulerCache;
  readonly #nominator: Nominator;
  #failed: Failed | undefined;

  constructor(cache: SchedulerCache, nominator: Nominator) {
    this.#cache = cache;
    this.#nominator = nominator;
  }

  /** All nodes have refused a Pod just now. */
  note(profile: Profile, filters: readonly Plugin[], info: PodInfo, rejected: RejectedNodes): void {
    const signature = podSignature(info, filters);
    if (signature === undefined) return;
    this.#cache.takeChanged();
    const places = new Map(rejected.nodes.map((node, i) => [node, i]));
    const nominations = this.#nominationsOfOthers(info);
    this.#failed = { profile, signature, order: this.#cache.nodes, rejected, places, nominations };
  }

  /**
   * What a search would find for a Pod of the same kind, when only nodes are asked that have changed; undefined when one of
   * them would do, or when the last failure tells nothing about the Pod.
   *
   * @param first the node that a search would begin with
   */
  again(
    profile: Profile,
    filters: readonly Plugin[],
    info: PodInfo,
    first: NodeInfo | undefined,
    ask: (node: NodeInfo) => FirstRejection | undefined,
  ): RejectedNodes | undefined {
    const failed = this.#failed;
    this.#failed = undefined;
    if (failed?.profile !== profile || failed.order !== this.#cache.nodes) return undefined;
    if (failed.rejected.nodes[0] !== first || failed.signature !== podSignature(info, filters)) return undefined;
    const { nodes, rejections, rejectors } = failed.rejected;
    const rejected = { nodes, rejections: [...rejections], rejectors: [...rejectors] };
    for (const node of this.#doubtful(failed, info)) {
      const place = failed.places.get(node);
      if (place === undefined) continue;
      const found = ask(node);
      if (found === undefined) return undefined;
      rejected.rejections[place] = found.rejection;
      rejected.rejectors[place] = found.plugin.name;
    }
    this.#failed = { ...failed, rejected, nominations: this.#nominationsOfOthers(info) };
    return rejected;
  }

  /** The nodes that have changed, and those on which other Pods are nominated than were. */
  #doubtful({ nominations: before }: Failed, { pod }: PodInfo): Set<NodeInfo> {
    const { nominations: now } = this.#nominator;
    const names = new Set([this.#nominator.nodeOf(pod.metadata.uid) ?? '']);
    for (const [name, pods] of before) if (now.get(name) !== pods) names.add(name);
    for (const name of now.keys()) if (!before.has(name)) names.add(name);
    const nodes = this.#cache.takeChanged();
    for (const name of names) {
      const node = this.#cache.node(name);
      if (node !== undefined) nodes.add(node);
    }
    return nodes;
  }

  /** Its own nomination does not count for a Pod. */
  #nominationsOfOthers({ pod }: PodInfo): Nominations {
    const nominations = new Map(this.#nominator.nominations);
    nominations.delete(this.#nominator.nodeOf(pod.metadata.uid) ?? '');
    return nominations;
  }
}
