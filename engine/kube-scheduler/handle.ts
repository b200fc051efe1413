import type { KubeObject } from '../api/object.ts';
import type { Resource } from '../api/resources.ts';
import type { Client } from '../client/client.ts';
import type { Informer } from '../client/informer.ts';
import type { Simulation, Task, Timer } from '../sim/index.ts';
import type { SchedulerCache } from './cache.ts';
import type { ClusterObjects } from './cluster-objects.ts';
import type { CycleState } from './cycle-state.ts';
import type { Extenders } from './extenders/extenders.ts';
import type { Plugin } from './framework.ts';
import type { NodeInfo } from './node-info.ts';
import type { Nominator } from './nominator.ts';
import type { PodInfo } from './pod-info.ts';
import type { Rejection } from './rejection.ts';
import type { WaitingPods } from './waiting-pods.ts';

/** Tells of something that happened to an object. */
type ReportEvent = (
  about: PodInfo,
  type: 'Normal' | 'Warning',
  reason: string,
  action: string,
  message: string,
) => void;

/** What all plugins may use of the scheduler they run in. */
export interface SharedHandle {
  readonly sim: Simulation;
  readonly client: Client;
  readonly cache: SchedulerCache;
  readonly objects: ClusterObjects;
  readonly nominator: Nominator;
  readonly waitingPods: WaitingPods;
  readonly extenders: Extenders;
  readonly report: ReportEvent;
  /** As `sim.schedule`, but for nothing once the scheduler has been stopped. */
  later(delayMs: number, label: string, run: () => void): Timer;
  /** As `runTask`, but ends with the scheduler. */
  run<T>(label: string, task: Task<T>, done: (result: T) => void): void;
  /** What sees to ResourceClaims, for the plugin of that name; asked for when a Pod has some. */
  readonly claimPlugin: () => PluginFactory | undefined;
  /** Follows a resource from now on; what happens to it is a DeviceChange. */
  follow<T extends KubeObject>(resource: Resource<T>): Pick<Informer<T>, 'lister' | 'hasSynced'>;
  /** Brings a waiting Pod to the front, whatever it waits for. */
  activate(pod: PodInfo): void;
}

/** What a plugin may use. After `framework.Handle`. */
export interface Handle extends SharedHandle {
  /** The profile that the plugin is part of. */
  readonly filters: FilterRunner;
}

/** What preemption needs of its own profile: to ask "and if these Pods were not there?". */
export interface FilterRunner {
  /** The filters that have a say about the cycle's Pod. */
  filters(state: CycleState): readonly Plugin[];
  /** As the filter of a cycle: with and without the Pods nominated for the node. */
  firstRejection(
    filters: readonly Plugin[],
    state: CycleState,
    info: PodInfo,
    node: NodeInfo,
  ): { readonly rejection: Rejection } | undefined;
  addPod(state: CycleState, info: PodInfo, other: PodInfo, node: NodeInfo): void;
  removePod(state: CycleState, info: PodInfo, other: PodInfo, node: NodeInfo): void;
}

/** Makes a plugin from its arguments, which have been validated and defaulted. */
export type PluginFactory = (handle: Handle, args: unknown) => Plugin;
