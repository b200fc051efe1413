import { hasEnded } from '../api/core/pod-phase.ts';
import type { Node, Pod } from '../api/kinds.ts';
import { objectKey } from '../api/object.ts';
import { nodes, podGroups, pods } from '../api/resources.ts';
import { podGroupKey } from '../api/scheduling/pod-group-key.ts';
import type { Client } from '../client/client.ts';
import { EventSeriesRecorder } from '../client/event-series-recorder.ts';
import type { Informer } from '../client/informer.ts';
import { SharedInformers } from '../client/shared-informers.ts';
import { runTask, type Simulation, type Task, type TaskHandle } from '../sim/index.ts';
import { BindingCycle, type BindingFailure } from './binding-cycle.ts';
import { SchedulerCache } from './cache.ts';
import type { ClusterEvent } from './cluster-event.ts';
import type { CycleState } from './cycle-state.ts';
import { CycleThread } from './cycle-thread.ts';
import { DecisionLog, type Outcome, type SchedulingDecision } from './decision-log.ts';
import { fitErrorMessage, NO_NODES, ReasonCounts } from './fit-error.ts';
import type { SharedHandle } from './handle.ts';
import { deviceInformers, type ObjectInformers, objectInformers, once } from './informers.ts';
import { isRelevantNodeChange } from './node-change.ts';
import { Nominator } from './nominator.ts';
import type { PodGroupCycle, PodGroupCycleOptions } from './pod-group-cycle.ts';
import type { PodGroups } from './pod-groups.ts';
import { podInfo } from './pod-info.ts';
import { isAssigned } from './pod-state.ts';
import { postFilter } from './post-filter.ts';
import type { Profile } from './profile.ts';
import { buildProfiles, queuePlugins } from './profiles.ts';
import type { QueuedPod } from './queued-pod.ts';
import { FailureReporter } from './report.ts';
import { type Failure, type Placement, PodPlacer, type Trouble } from './schedule-pod.ts';
import type { SchedulerOptions } from './scheduler-options.ts';
import { SchedulingQueue } from './scheduling-queue.ts';
import { WaitingPods } from './waiting-pods.ts';

/**
 * Takes one Pod after another from the queue, finds a node for it (scheduling cycle) and tells the API server (binding
 * cycle). Each cycle is an event of its own: the next Pod does not wait for the binding of the last, but for what extenders
 * say about where it may go.
 */
export class Scheduler {
  readonly #sim: Simulation;
  readonly #informers: SharedInformers;
  readonly #podInformer: Informer<Pod>;
  readonly #objectInformers: ObjectInformers;
  readonly #recorders = new Map<string, EventSeriesRecorder>();
  readonly #reporter: FailureReporter;
  readonly #cache = new SchedulerCache();
  readonly #nominator = new Nominator();
  readonly #waitingPods = new WaitingPods();
  readonly #handle: SharedHandle;
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #queue: SchedulingQueue;
  readonly #placer: PodPlacer;
  readonly #decisions = new DecisionLog();
  readonly #thread: CycleThread;
  readonly #tasks = new Set<TaskHandle>();
  /** Undefined where the feature is off. */
  readonly #podGroups: PodGroups | undefined;
  readonly #groupCycle: PodGroupCycle | undefined;
  #unsynced = 0;
  #stopped = false;

  constructor(sim: Simulation, client: Client, options: SchedulerOptions) {
    const { configuration, hostname, extenders, plugins = {}, grouping } = options;
    this.#sim = sim;
    this.#thread = new CycleThread(sim);
    this.#reporter = new FailureReporter(sim, client);
    this.#placer = new PodPlacer(this.#cache, this.#nominator, sim.random('kube-scheduler'), extenders);
    this.#informers = new SharedInformers(sim, client, 'kube-scheduler');
    this.#podInformer = this.#informers.for(pods);
    const tell = (event: ClusterEvent): void => this.#thread.inTurn(() => this.#tell(event));
    this.#objectInformers = objectInformers(this.#informers, tell);
    for (const { schedulerName } of configuration.profiles) {
      this.#recorders.set(schedulerName, new EventSeriesRecorder(sim, client, schedulerName, hostname));
    }
    this.#handle = {
      sim,
      client,
      cache: this.#cache,
      objects: this.#objectInformers.objects,
      nominator: this.#nominator,
      waitingPods: this.#waitingPods,
      extenders,
      report: ({ pod }, type, reason, action, message) =>
        this.#recorderOf(pod).event(pod, type, reason, action, message),
      later: (delayMs, label, run) => sim.schedule(delayMs, label, () => this.#stopped || run()),
      run: (label, task, done) => this.#run(label, task, done),
      claimPlugin: once(options.claimPlugin),
      follow: deviceInformers(this.#informers, tell),
      activate: ({ pod }) => this.#queue.activate(objectKey(pod)),
    };
    const groups = grouping?.groups(this.#informers.for(podGroups));
    this.#podGroups = groups;
    const known = groups === undefined ? plugins : { ...plugins, ...grouping?.plugins(groups) };
    this.#profiles = buildProfiles(configuration.profiles, known, this.#handle);
    const [first] = this.#profiles.values();
    this.#queue = new SchedulingQueue(sim, {
      before: (a, b) => first!.at('queueSort')[0]!.before!(a, b),
      profiles: queuePlugins(this.#profiles),
      initialBackoffMs: configuration.podInitialBackoffSeconds * 1000,
      maxBackoffMs: configuration.podMaxBackoffSeconds * 1000,
    });
    this.#groupCycle = groups && grouping?.cycle(this.#groupCycleOptions(groups));
  }

  #groupCycleOptions(groups: PodGroups): PodGroupCycleOptions {
    return {
      handle: this.#handle,
      groups,
      placer: this.#placer,
      queue: this.#queue,
      reporter: this.#reporter,
      profiles: this.#profiles,
      recorderOf: (pod) => this.#recorderOf(pod),
      skip: (queued) => this.#skip(queued),
      reserve: (queued, profile, placement) => this.#reserve(queued, profile, placement),
      note: (...decision) => this.#note(...decision),
    };
  }

  /** How the last attempt to schedule a Pod went; undefined when it is not remembered. */
  explain(namespace: string, name: string): SchedulingDecision | undefined {
    return this.#decisions.of(namespace, name);
  }

  start(): void {
    this.#queue.onReady(() => this.#arrange());
    const thread = this.#thread;
    const nodeInformer = this.#informers.for(nodes);
    nodeInformer.addHandlers({
      add: (node) => thread.inTurn(() => this.#updateNode(undefined, node)),
      update: (previous, node) => thread.inTurn(() => this.#updateNode(previous, node)),
      delete: (node) => thread.inTurn(() => this.#removeNode(node)),
    });
    this.#podInformer.addHandlers({
      add: (pod) => thread.inTurn(() => this.#observe(undefined, pod)),
      update: (previous, pod) => thread.inTurn(() => this.#observe(previous, pod)),
      delete: (pod) => thread.inTurn(() => this.#remove(pod)),
    });
    const groups = this.#podGroups?.informer;
    groups?.addHandlers({ add: (group) => thread.inTurn(() => this.#tell({ kind: 'PodGroupAdd', group })) });
    const informers = [nodeInformer, this.#podInformer, ...(groups ? [groups] : []), ...this.#objectInformers.all];
    this.#unsynced = informers.length;
    for (const informer of informers) {
      informer.whenSynced(() => {
        this.#unsynced -= 1;
        this.#arrange();
      });
    }
    this.#informers.start();
  }

  stop(): void {
    this.#stopped = true;
    this.#informers.stop();
    this.#queue.stop();
    this.#waitingPods.stop();
    for (const recorder of this.#recorders.values()) recorder.stop();
    this.#thread.stop();
    for (const task of this.#tasks) task.cancel();
  }

  #recorderOf({ spec }: Pod): EventSeriesRecorder {
    const [first] = this.#recorders.values();
    return this.#recorders.get(spec.schedulerName ?? '') ?? first!;
  }

  #run<T>(label: string, task: Task<T>, done: (result: T) => void): void {
    const handle = runTask(this.#sim, label, task, (result) => {
      this.#tasks.delete(handle);
      done(result);
    });
    this.#tasks.add(handle);
  }

  #tell(event: ClusterEvent): void {
    if (this.#queue.listens) this.#queue.moveOn(event);
  }

  #removeNode(node: Node): void {
    this.#cache.removeNode(node.metadata.name);
    this.#tell({ kind: 'NodeDelete', node });
  }

  #updateNode(previous: Node | undefined, node: Node): void {
    this.#cache.setNode(node);
    if (previous === undefined) this.#tell({ kind: 'NodeAdd', node });
    else if (isRelevantNodeChange(previous, node)) this.#tell({ kind: 'NodeUpdate', previous, node });
  }

  #observe(previous: Pod | undefined, pod: Pod): void {
    if (hasEnded(pod)) {
      this.#remove(pod);
      return;
    }
    if (this.#podGroups?.add(pod) === true) this.#tell({ kind: 'GroupMemberAdd', pod });
    if (isAssigned(pod)) {
      if (previous === undefined || !isAssigned(previous)) {
        this.#queue.delete(objectKey(pod));
        this.#nominator.delete(pod.metadata.uid);
      }
      const change = this.#cache.setPod(pod);
      if (change === undefined || !this.#queue.listens) return;
      const { previous: before, info } = change;
      this.#queue.moveOn(
        before === undefined ? { kind: 'AssignedPodAdd', info } : { kind: 'AssignedPodUpdate', previous: before, info },
      );
    } else if (this.#profiles.has(pod.spec.schedulerName ?? '') && !this.#cache.isAssumed(pod)) {
      const queued = previous === undefined ? this.#queue.add(pod) : this.#queue.update(previous, pod);
      this.#noteNomination(previous, pod, queued);
    }
  }

  /** What the server says about the nomination counts once it says something; before that, what we decided does. */
  #noteNomination(previous: Pod | undefined, pod: Pod, queued: QueuedPod | undefined): void {
    const nodeName = pod.status?.nominatedNodeName ?? '';
    if (nodeName !== '') this.#nominator.set(queued?.info ?? podInfo(pod), nodeName);
    else if ((previous?.status?.nominatedNodeName ?? '') !== '') this.#nominator.delete(pod.metadata.uid);
  }

  #remove(pod: Pod): void {
    const { uid } = pod.metadata;
    this.#podGroups?.remove(pod);
    this.#queue.delete(objectKey(pod));
    this.#nominator.delete(uid);
    if (!isAssigned(pod)) {
      this.#waitingPods.get(uid)?.reject('', 'removed');
      this.#cache.forget(pod);
      return;
    }
    const info = this.#cache.removePod(uid);
    if (this.#queue.listens) this.#queue.moveOn({ kind: 'AssignedPodDelete', info: info ?? podInfo(pod) });
  }

  #arrange(): void {
    if (this.#stopped || this.#unsynced > 0 || this.#thread.isTaken || !this.#queue.isReady) return;
    this.#thread.begin(
      () => {
        const queued = this.#queue.pop();
        return queued && { task: this.#schedule(queued), activity: activityOf(queued) };
      },
      () => this.#arrange(),
    );
  }

  /** The scheduling cycle. */
  *#schedule(queued: QueuedPod): Task<void> {
    const { info } = queued;
    const { pod } = info;
    if (this.#groupCycle !== undefined && podGroupKey(pod) !== undefined) {
      yield* this.#groupCycle.run(queued);
      return;
    }
    if (this.#skip(queued)) return;
    const profile = this.#profileOf(pod)!;
    if (this.#cache.nodes.length === 0) {
      this.#queue.addFailed(queued);
      this.#reporter.report(this.#recorderOf(pod), pod, 'Unschedulable', NO_NODES);
      return;
    }
    const outcome = yield* this.#placer.place(profile, info);
    if ('diagnosis' in outcome) yield* this.#fail(queued, profile, outcome);
    else if ('error' in outcome) this.#despair(queued, profile, outcome);
    else this.#reserve(queued, profile, outcome);
  }

  #profileOf({ spec }: Pod): Profile | undefined {
    return this.#profiles.get(spec.schedulerName ?? '');
  }

  /** Leaves a Pod alone that is on its way out. */
  #skip({ key, info: { pod } }: QueuedPod): boolean {
    if (this.#profileOf(pod) !== undefined && pod.metadata.deletionTimestamp === undefined) return false;
    this.#queue.done(key);
    const message = `skip schedule deleting pod: ${key}`;
    this.#recorderOf(pod).event(pod, 'Warning', 'FailedScheduling', 'Scheduling', message);
    return true;
  }

  /** No node would do: perhaps a plugin can make room. */
  *#fail(queued: QueuedPod, profile: Profile, failure: Failure): Task<void> {
    const { info } = queued;
    const { nominatedNode, message: made } = yield* postFilter(profile, info, failure);
    const message = fitErrorMessage(failure.diagnosis, made);
    this.#note(queued, profile, failure, nominatedNode, message);
    if (nominatedNode === '') this.#nominator.delete(info.pod.metadata.uid);
    else if (nominatedNode !== undefined) this.#nominator.set(info, nominatedNode);
    this.#queue.addUnschedulable(queued, failure.diagnosis.plugins);
    this.#reporter.report(this.#recorderOf(info.pod), info.pod, 'Unschedulable', message, nominatedNode);
  }

  /** An extender that must not be left out has failed: the Pod is tried again after a while. */
  #despair(queued: QueuedPod, profile: Profile, trouble: Trouble): void {
    const { pod } = queued.info;
    this.#note(queued, profile, trouble, undefined, trouble.error);
    this.#queue.addFailed(queued);
    this.#reporter.report(this.#recorderOf(pod), pod, 'SchedulerError', trouble.error);
  }

  #reserve(queued: QueuedPod, profile: Profile, placement: Placement): void {
    const { info } = queued;
    const { state } = placement;
    const nodeName = placement.node.name;
    this.#note(queued, profile, placement, undefined, undefined);
    this.#cache.assume(info, nodeName);
    const refused = profile.reserve(state, info, nodeName);
    if (refused !== undefined) {
      this.#giveUp(queued, profile, undefined, nodeName, { kind: 'rejected', ...refused });
      return;
    }
    const cycle = new BindingCycle(this.#handle, profile, state, info, nodeName, (failure) =>
      this.#sim.trace.during(activityOf(queued), () => this.#end(queued, profile, state, nodeName, failure)),
    );
    const denied = cycle.permit();
    if (denied !== undefined) this.#giveUp(queued, profile, state, nodeName, denied);
  }

  #note(
    { key, info }: QueuedPod,
    { schedulerName }: Profile,
    outcome: Outcome,
    nominatedNode: string | undefined,
    message: string | undefined,
  ): void {
    const nodeCount = this.#cache.nodes.length;
    const atMs = this.#sim.nowMs;
    this.#decisions.note(key, { info, schedulerName, atMs, nodeCount, outcome, nominatedNode, message });
  }

  #end(
    queued: QueuedPod,
    profile: Profile,
    state: CycleState,
    nodeName: string,
    failure: BindingFailure | undefined,
  ): void {
    if (failure !== undefined) {
      this.#giveUp(queued, profile, state, nodeName, failure);
      return;
    }
    const { pod } = queued.info;
    this.#queue.done(queued.key);
    this.#nominator.delete(pod.metadata.uid);
    const message = `Successfully assigned ${queued.key} to ${nodeName}`;
    this.#recorderOf(pod).event(pod, 'Normal', 'Scheduled', 'Binding', message);
  }

  /**
   * The place is free again, and the Pod waits.
   *
   * @param state undefined when the plugins have taken their notes back already.
   */
  #giveUp(
    queued: QueuedPod,
    profile: Profile,
    state: CycleState | undefined,
    nodeName: string,
    failure: BindingFailure,
  ): void {
    if (this.#stopped) return;
    const { info } = queued;
    const { name, namespace, uid } = info.pod.metadata;
    if (state !== undefined) profile.unreserve(state, info, nodeName);
    this.#cache.forget(info.pod);
    this.#queue.moveOn({ kind: 'AssignedPodDelete', info }, queued.key);
    const current = this.#podInformer.lister.get(name, namespace);
    if (current === undefined || isAssigned(current) || current.metadata.uid !== uid) {
      this.#queue.done(queued.key);
      return;
    }
    queued.info = { ...info, pod: current };
    const recorder = this.#recorderOf(current);
    if (failure.kind === 'error') {
      this.#queue.addFailed(queued);
      this.#reporter.report(recorder, current, 'SchedulerError', failure.message);
      return;
    }
    this.#queue.addUnschedulable(queued, new Set([failure.plugin]));
    const reasons = new ReasonCounts();
    for (const reason of failure.rejection.reasons) reasons.add(reason);
    this.#reporter.report(recorder, current, 'Unschedulable', reasons.sentence(1));
  }
}

function activityOf({ key, info }: QueuedPod) {
  return { component: 'kube-scheduler', key, causeRevision: Number(info.pod.metadata.resourceVersion) };
}
