import { type Etcd, EtcdError } from '../../../etcd/index.ts';
import type { Host } from '../../../linux/host.ts';
import { flagValue } from '../../../linux/programs/go/runtime.ts';
import type { Process } from '../../../linux/syscalls.ts';
import type { Simulation } from '../../../sim/index.ts';
import type { Reachability } from '../../component/api-endpoint.ts';
import { commaSeparated } from '../../component/component-program.ts';
import type { EtcdMembers, RunningMember } from '../etcd-server.ts';
import { EtcdCluster, MemberReplica } from './etcd-cluster.ts';
import { masterLeases } from './master-leases.ts';

interface Problem {
  readonly problem: string;
}

/**
 * The etcd clusters among the machines: usually one; a snapshot that was restored begins another.
 * https://etcd.io/docs/v3.6/op-guide/runtime-configuration/
 */
export class Members implements EtcdMembers {
  readonly #sim: Simulation;
  readonly #reachable: Reachability;
  #clusters: readonly EtcdCluster[] = [];

  readonly advertise = masterLeases;

  constructor(sim: Simulation, reachable: Reachability) {
    this.#sim = sim;
    this.#reachable = reachable;
  }

  begin(process: Process, host: Host, base: Etcd['state'] | undefined): Etcd | Problem {
    const { peerUrls, isExisting, named } = readFlags(process);
    if (isExisting && base === undefined) return this.#join(host, peerUrls, named);
    const others = [...named].filter(([, url]) => !peerUrls.includes(url));
    if (others.length > 0) return { problem: 'several members that begin a cluster together are not simulated here' };
    const { name, clientUrls } = readFlags(process);
    const cluster = new EtcdCluster(this.#sim, this.#reachable, { name, peerUrls, clientUrls }, base);
    this.#clusters = [...this.#clusters, cluster];
    return cluster.seat(cluster.members[0]!, host);
  }

  /** A member that the others have been told of takes its place among them. */
  #join(host: Host, peerUrls: readonly string[], named: ReadonlyMap<string, string>): Etcd | Problem {
    const cluster = this.#clusters.findLast((each) => each.isReachableFrom(host, [...named.values()]));
    if (cluster === undefined) {
      return {
        problem: 'cannot fetch cluster info from peer urls: could not retrieve cluster information from the given URLs',
      };
    }
    const member = cluster.members.find((each) => each.peerUrls.some((url) => peerUrls.includes(url)));
    if (member === undefined || cluster.members.length !== named.size)
      return { problem: 'error validating peerURLs: member count is unequal' };
    // Whoever has had its vote may not come back without what it knew.
    if (cluster.hasBegun(member))
      return { problem: 'tocommit is out of range [lastIndex(0)]. Was the raft log corrupted, truncated, or lost?' };
    return cluster.seat(member, host);
  }

  start(process: Process, store: Etcd): RunningMember | Problem {
    if (!(store instanceof MemberReplica)) throw new Error('not a member of a cluster');
    const { cluster } = store;
    if (cluster.isRemoved(store)) return { problem: 'the member has been permanently removed from the cluster' };
    const { name, clientUrls } = readFlags(process);
    const stop = cluster.start(store, { name, clientUrls });
    return { isServing: () => cluster.isServing(store), isElecting: () => cluster.isElecting, stop };
  }

  admit(peerUrl: string, others: number): boolean {
    const members = this.#clusters.at(-1)?.members ?? [];
    if (members.some(({ peerUrls }) => peerUrls.includes(peerUrl))) return true;
    return members.length === others && this.#tries((cluster) => cluster.add([peerUrl], true));
  }

  promote(peerUrl: string): boolean {
    return this.#tries((cluster) => {
      const member = cluster.members.find(({ peerUrls }) => peerUrls.includes(peerUrl));
      if (member?.isLearner === true) cluster.promote(member.id);
    });
  }

  dismiss(peerUrl: string): string | undefined {
    const cluster = this.#clusters.at(-1);
    const member = cluster?.members.find(({ peerUrls }) => peerUrls.includes(peerUrl));
    if (cluster === undefined || member === undefined) return undefined;
    try {
      cluster.remove(member.id);
      return undefined;
    } catch (error) {
      if (error instanceof EtcdError) return error.message;
      throw error;
    }
  }

  get named(): readonly (readonly [name: string, peerUrl: string])[] {
    const members = this.#clusters.at(-1)?.members ?? [];
    return members.flatMap(({ name, peerUrls }) => peerUrls.map((url) => [name, url] as const));
  }

  get silent(): string | undefined {
    return this.#clusters.at(-1)?.silent?.clientUrls[0];
  }

  /** In the cluster that was begun last. */
  #tries(work: (cluster: EtcdCluster) => void): boolean {
    const cluster = this.#clusters.at(-1);
    if (cluster === undefined) return false;
    try {
      work(cluster);
      return true;
    } catch (error) {
      if (error instanceof EtcdError) return false;
      throw error;
    }
  }

  networkChanged(): void {
    for (const cluster of this.#clusters) cluster.settle();
  }
}

function readFlags({ argv }: Process) {
  const list = (flag: string) => commaSeparated(flagValue(argv, flag) ?? '');
  const named = list('initial-cluster').map((each) => each.split('=') as [name: string, url: string]);
  return {
    name: flagValue(argv, 'name') ?? 'default',
    peerUrls: list('initial-advertise-peer-urls'),
    clientUrls: list('advertise-client-urls'),
    isExisting: flagValue(argv, 'initial-cluster-state') === 'existing',
    named: new Map(named),
  };
}
