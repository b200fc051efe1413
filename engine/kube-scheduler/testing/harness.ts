import type { Node, Pod } from '../../api/kinds.ts';
import { type KubeObject, objectKey } from '../../api/object.ts';
import { Client } from '../../client/client.ts';
import { Store } from '../../client/lister.ts';
import { Simulation } from '../../sim/index.ts';
import { SchedulerCache } from '../cache.ts';
import type { ClusterObjects } from '../cluster-objects.ts';
import { readConfiguration } from '../config/read-configuration.ts';
import { DecisionLog, type SchedulingDecision } from '../decision-log.ts';
import { claimScheduling } from '../dynamic-resources/claim-scheduling.ts';
import { Extenders } from '../extenders/extenders.ts';
import { fitErrorMessage } from '../fit-error.ts';
import type { Plugin } from '../framework.ts';
import { Nominator } from '../nominator.ts';
import { podInfo } from '../pod-info.ts';
import type { Profile } from '../profile.ts';
import { buildProfiles, type Plugins } from '../profiles.ts';
import { type Failure, type Placement, PodPlacer } from '../schedule-pod.ts';
import { WaitingPods } from '../waiting-pods.ts';

const STORES: Readonly<Record<string, keyof ClusterObjects>> = {
  Namespace: 'namespaces',
  Service: 'services',
  ReplicationController: 'replicationControllers',
  ReplicaSet: 'replicaSets',
  StatefulSet: 'statefulSets',
  PodDisruptionBudget: 'podDisruptionBudgets',
  PersistentVolumeClaim: 'claims',
  PersistentVolume: 'volumes',
  StorageClass: 'storageClasses',
  CSINode: 'csiNodes',
  CSIDriver: 'csiDrivers',
  CSIStorageCapacity: 'csiStorageCapacities',
};

/** Kinds that only one plugin follows. */
const FOLLOWED = ['ResourceClaim', 'ResourceSlice', 'DeviceClass'];

export interface Situation {
  readonly nodes?: readonly Node[];
  /** Pods with nodes. */
  readonly running?: readonly Pod[];
  readonly objects?: readonly KubeObject[];
  /** What a configuration file says about the only profile, in YAML, indented for a list item. */
  readonly profile?: string;
  readonly plugins?: Plugins;
}

const NO_EXTENDERS = new Extenders([]);

/** The deciding half of a scheduler, without an API server: what would become of a Pod in this situation? */
export class Decider {
  readonly sim = new Simulation({ seed: 'decider' });
  readonly cache = new SchedulerCache();
  readonly nominator = new Nominator();
  readonly profile: Profile;
  readonly objects: Readonly<Record<keyof ClusterObjects, Store<KubeObject>>>;
  /** Claims, slices and classes, by kind. */
  readonly followed: ReadonlyMap<string, Store<KubeObject>>;
  readonly #placer: PodPlacer;

  constructor({ nodes = [], running = [], objects = [], profile = '', plugins = {} }: Situation) {
    for (const node of nodes) this.cache.setNode(node);
    for (const pod of running) this.cache.setPod(pod);
    const { profiles } = readConfiguration(
      `apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\nprofiles:\n- schedulerName: default-scheduler\n${profile}`,
    );
    this.objects = storesOf(objects.filter(({ kind }) => !FOLLOWED.includes(kind)));
    const claimPlugin = claimScheduling();
    const listers = new Map(FOLLOWED.map((kind) => [kind, new Store<KubeObject>()]));
    for (const object of objects) listers.get(object.kind)?.set(object);
    this.followed = listers;
    const made = buildProfiles(profiles, plugins, {
      sim: this.sim,
      client: new Client(() => {
        throw new Error('a decision needs no API server');
      }),
      cache: this.cache,
      objects: this.objects as unknown as ClusterObjects,
      nominator: this.nominator,
      waitingPods: new WaitingPods(),
      extenders: NO_EXTENDERS,
      report: () => {},
      later: () => ({ cancel: () => {} }),
      run: () => {},
      activate: () => {},
      claimPlugin: () => claimPlugin,
      follow: ({ kind }) => ({ lister: listers.get(kind) as never, hasSynced: true }),
    });
    this.profile = made.get('default-scheduler')!;
    this.#placer = new PodPlacer(this.cache, this.nominator, this.sim.random('decider'), NO_EXTENDERS);
  }

  place(pod: Pod): Placement | Failure {
    const step = this.#placer.place(this.profile, podInfo(pod)).next();
    if (step.done !== true || 'error' in step.value) throw new Error('there are no extenders to wait for');
    return step.value;
  }

  plugin(name: string): Plugin {
    return this.profile.plugins.get(name)!;
  }

  /** The name of the node, or the sentence of the event up to what preemption could do. */
  outcome(pod: Pod): string {
    const placed = this.place(pod);
    return 'node' in placed ? placed.node.name : fitErrorMessage(placed.diagnosis);
  }

  explain(pod: Pod): SchedulingDecision {
    const log = new DecisionLog();
    const outcome = this.place(pod);
    const nodeCount = this.cache.nodes.length;
    const rest = { schedulerName: '', atMs: 0, nominatedNode: undefined, message: undefined };
    log.note(objectKey(pod), { info: podInfo(pod), outcome, nodeCount, ...rest });
    return log.of(pod.metadata.namespace!, pod.metadata.name)!;
  }

  /** The scores that one plugin gives the nodes, by name: normalised, before the weight. */
  scores(pod: Pod, plugin: string): Readonly<Record<string, number>> {
    const verdicts = this.explain(pod).nodes.filter(({ scores }) => scores !== undefined);
    return Object.fromEntries(
      verdicts.map(({ node, scores }) => [node, scores!.find((each) => each.plugin === plugin)!.normalized]),
    );
  }
}

/** Shorthand for one question. */
export function outcome(pod: Pod, situation: Situation): string {
  return new Decider(situation).outcome(pod);
}

function storesOf(objects: readonly KubeObject[]): Decider['objects'] {
  const stores = Object.fromEntries(Object.values(STORES).map((name) => [name, new Store<KubeObject>()]));
  for (const object of objects) stores[STORES[object.kind]!]!.set(object);
  return stores as Decider['objects'];
}
