import { sameValue } from '../api/copy-on-write.ts';
import { hasEnded } from '../api/core/pod-phase.ts';
import type { Node, Pod, PodStatus } from '../api/kinds.ts';
import { CriError } from '../containerd/cri.ts';
import { runTask, type Task, type TaskHandle, waitFor } from '../sim/index.ts';
import type { Rejection } from './admission.ts';
import { Bell } from './concurrent.ts';
import { graceSeconds, killPod } from './kill-pod.ts';
import { type KubeletContext, podEvent } from './kubelet-context.ts';
import { unprepareClaims } from './pod-claims.ts';
import { isHostNetwork } from './pod-format.ts';
import { resizePod, withGranted } from './pod-resize.ts';
import type { Prober } from './prober/prober.ts';
import type { PodRuntimeStatus } from './runtime-cache.ts';
import type { Judgement } from './status/conditions.ts';
import { generateStatus } from './status/generate-status.ts';
import type { StatusWriter } from './status/status-writer.ts';
import { earlier, syncPod } from './sync-pod.ts';
import { terminationMessage } from './termination-message.ts';
import { PodVolumes } from './volumes/pod-volumes.ts';
import { tearDownPod } from './volumes/tear-down.ts';
import type { MountedVolumes } from './volumes/volume.ts';

/** What a worker needs of its kubelet. */
export interface PodWorkerHost {
  readonly context: KubeletContext;
  readonly prober: Prober;
  readonly statuses: StatusWriter;
  readonly allocatable: (resource: string) => number;
  /** As the server has it. */
  readonly node: Node | undefined;
  /** Gives the Pod its control group. */
  enforceLimits(pod: Pod): void;
  admit(pod: Pod): Rejection | undefined;
  /** Why Pods without host network cannot be started; undefined when they can. */
  networkNotReady(): string | undefined;
  /** The object on the server that shows the Pod's status. */
  statusTarget(pod: Pod): Pod | undefined;
  /** Everything of the Pod has ended and is cleaned up. */
  onTerminated(worker: PodWorker): void;
}

/** Volumes that show API objects are brought up to date this often, stretched by up to a half: `syncFrequency`. */
const RESYNC_MS = 60_000;
const RETRY_MS = 10_000;

const NO_VOLUMES: MountedVolumes = new Map();

type Verdict = Pick<PodStatus, 'phase' | 'reason' | 'message'>;

/**
 * Brings one Pod to its desired state and keeps it there, as a task of its own: it syncs, waits for something to happen,
 * and syncs again, until the Pod is to end; then it ends it. After `pkg/kubelet/pod_workers.go`.
 */
export class PodWorker {
  readonly uid: string;
  readonly isStatic: boolean;
  readonly #host: PodWorkerHost;
  readonly #early: boolean;
  readonly #bell: Bell;
  /** Of what it does, in the simulation. */
  readonly #label: string;
  readonly #task: TaskHandle;
  /** With the resources that the node has granted. */
  #pod: Pod;
  /** As the server has it. */
  #wanted: Pod;
  #pendingResize: Judgement | undefined;
  #ending = false;
  #terminated = false;
  #verdict: Verdict | undefined;
  #rejected = false;
  #killGrace: number | undefined;
  /** Instead of what the Pod says. */
  #graceOverride: number | undefined;
  /** Why the node has ended the Pod before its time. */
  #disruption: string | undefined;
  /** Calls off what is being done right now. */
  #interrupt: (() => void) | undefined;
  readonly #volumes = new PodVolumes(() => this.ring());
  #volumeRetryAtMs: number | undefined;

  /** @param early whether the kubelet may not know of all its Pods yet */
  constructor(host: PodWorkerHost, pod: Pod, isStatic: boolean, early: boolean) {
    this.#host = host;
    this.#early = early;
    this.#pod = pod;
    this.#wanted = pod;
    this.uid = pod.metadata.uid;
    this.isStatic = isStatic;
    this.#label = `${host.context.component} ${pod.metadata.name}`;
    this.#bell = new Bell(host.context.sim);
    this.#task = runTask(host.context.sim, this.#label, this.#run());
  }

  get pod(): Pod {
    return this.#pod;
  }

  get mountedVolumes(): MountedVolumes {
    return this.#volumes.mounted;
  }

  /** Whether all of the Pod has ended. */
  get terminated(): boolean {
    return this.#terminated;
  }

  /** Whether the Pod takes up room on the node. */
  get active(): boolean {
    return !this.#terminated && !this.#ending;
  }

  /** Takes in a new version of the Pod. */
  update(pod: Pod): void {
    const changed = concernsWorker(this.#wanted, pod);
    this.#wanted = pod;
    this.#pod = withGranted(this.#pod, pod);
    if (pod.metadata.deletionTimestamp !== undefined && !this.isStatic) {
      if (this.#terminated) this.#finishDeletion();
      else this.end();
    }
    if (changed) this.ring();
  }

  /** Something has happened to the Pod. */
  ring(): void {
    this.#bell.ring();
  }

  /** Ends the Pod; again, with a shorter grace period, hurries it. */
  end(verdict?: Verdict): void {
    const hurried = this.#killGrace !== undefined && graceSeconds(this.#pod) < this.#killGrace;
    if (!this.#ending || hurried) this.#interrupt?.();
    this.#decideEnd(verdict);
    this.ring();
  }

  /** Ends the Pod before its time, because of the node. */
  disrupt(reason: string, message: string, graceSeconds: number): void {
    this.#graceOverride = graceSeconds;
    this.#disruption = message;
    this.end({ phase: 'Failed', reason, message });
  }

  #decideEnd(verdict?: Verdict): void {
    this.#verdict ??= verdict;
    this.#ending = true;
  }

  /** The kubelet ends; the Pod does not. */
  stop(): void {
    this.#task.cancel();
    this.#volumes.stop();
  }

  *#run(): Task<void> {
    this.#host.prober.adopt(this.#pod);
    const rejection = yield* this.#admit();
    if (rejection !== undefined && !this.#ending) {
      const { reason, message } = rejection;
      this.#rejected = true;
      podEvent(this.#host.context, this.#pod, 'Warning', reason, message);
      this.#decideEnd({ phase: 'Failed', reason, message: `Pod was rejected: ${message}` });
    }
    while (!this.#ending) {
      const next = yield* this.#interruptible(this.#guarded(this.#sync()));
      if (this.#ending) break;
      yield* this.#bell.wait(this.#label, this.#waitMs(next));
    }
    yield* this.#terminate();
  }

  *#admit(): Task<Rejection | undefined> {
    if (hasEnded(this.#pod) || this.#ending) return undefined;
    const rejection = yield* this.#host.context.devices.allocate(this.#pod, this.#early);
    return rejection ?? (this.#hasSandbox() ? undefined : this.#host.admit(this.#pod));
  }

  #waitMs(nextMs: number | undefined): number | undefined {
    const { sim, root, component } = this.#host.context;
    let atMs = earlier(nextMs, earlier(this.#volumeRetryAtMs, this.#deadlineMs()));
    if (root !== undefined && this.#volumes.mayChange(this.#pod)) {
      atMs = earlier(atMs, sim.nowMs + sim.random(`${component}/resync`).jitter(RESYNC_MS, 0.5));
    }
    // Room may become free without a word.
    if (this.#pendingResize?.reason === 'Deferred') atMs = earlier(atMs, sim.nowMs + RETRY_MS);
    // A static Pod that shows itself nowhere yet.
    if (this.#host.statusTarget(this.#pod) === undefined) atMs = earlier(atMs, sim.nowMs + RETRY_MS);
    return atMs === undefined ? undefined : Math.max(0, atMs - sim.nowMs);
  }

  /** One look at the Pod. Returns when to look again, where nothing else will tell. */
  *#sync(): Task<number | undefined> {
    const { context, prober, allocatable } = this.#host;
    let runtime = this.#runtimeStatus();
    const status = this.#writeStatus(false, runtime);
    if (status.phase === 'Succeeded' || status.phase === 'Failed') {
      this.#decideEnd();
      return undefined;
    }
    if (this.#missedDeadline()) return undefined;
    const pod = this.#pod;
    const notReady = isHostNetwork(pod) ? undefined : this.#host.networkNotReady();
    if (notReady !== undefined) {
      podEvent(context, pod, 'Warning', 'NetworkNotReady', `network is not ready: ${notReady}`);
      return context.sim.nowMs + RETRY_MS / 2;
    }
    if (this.#wanted !== pod) {
      yield* this.#resize(runtime);
      runtime = this.#runtimeStatus();
    } else this.#pendingResize = undefined;
    this.#host.enforceLimits(this.#pod);
    const volumes = this.#setUpVolumes(runtime);
    if (volumes === undefined) return undefined;
    prober.addPod(pod);
    const retryAtMs = yield* syncPod(context, pod, { runtime, probes: prober, volumes, allocatable });
    // What keeps a container from starting shows at once; that it has crashed is seen a moment before the back-off is.
    if (retryAtMs !== undefined && !context.waiting.some(this.uid, 'CrashLoopBackOff')) this.#writeStatus(false);
    return retryAtMs;
  }

  *#resize(runtime: PodRuntimeStatus): Task<void> {
    const outcome = yield* resizePod(this.#host, this.#pod, this.#wanted, runtime);
    this.#pod = outcome.granted;
    this.#pendingResize = outcome.pending;
    this.#writeStatus(false);
  }

  /** The volumes; undefined as long as some are missing. */
  #setUpVolumes({ sandboxes }: PodRuntimeStatus): MountedVolumes | undefined {
    const { context, allocatable } = this.#host;
    const { root, nodeName, nodeAddress, sim } = context;
    if (root === undefined || this.#pod.spec.volumes === undefined) return NO_VOLUMES;
    const facts = { nodeName, hostIp: nodeAddress, podIp: sandboxes[0]?.ip };
    const { unattached } = this.#volumes;
    const surroundings = { ...context, root, facts, allocatable, unattached, node: () => this.#host.node };
    const { mounted, complete, retryAtMs } = this.#volumes.sync(
      surroundings,
      this.#pod,
      sim.nowMs,
      (reason, message) => {
        podEvent(context, this.#pod, 'Warning', reason, message);
        if (message.startsWith('unmounted volumes=')) context.journal?.notSynced(this.#pod, message);
      },
    );
    this.#volumeRetryAtMs = retryAtMs;
    return complete ? mounted : undefined;
  }

  /** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination */
  *#terminate(): Task<void> {
    const { context, prober } = this.#host;
    prober.stopLivenessAndStartup(this.uid);
    let ended: PodRuntimeStatus | undefined;
    for (;;) {
      yield* this.#interruptible(this.#guarded(this.#kill()));
      ended = this.#ended();
      if (ended !== undefined) break;
      yield* this.#bell.wait(this.#label, RETRY_MS);
    }
    yield* unprepareClaims(context, this.#pod);
    this.#writeStatus(true, ended);
    prober.removePod(this.uid);
    this.#volumes.stop();
    yield* tearDownPod(context, this.uid);
    this.#terminated = true;
    if (this.#pod.metadata.deletionTimestamp !== undefined && !this.isStatic) this.#finishDeletion();
    this.#host.onTerminated(this);
  }

  *#kill(): Task<undefined> {
    const runtime = this.#runtimeStatus();
    this.#writeStatus(false, runtime);
    this.#killGrace = this.#graceOverride ?? graceSeconds(this.#pod);
    const options = this.#graceOverride === undefined ? {} : { graceSeconds: this.#graceOverride };
    yield* killPod(this.#host.context, this.#pod, runtime, options);
    return undefined;
  }

  /** Whether an earlier kubelet has started the Pod already. */
  #hasSandbox(): boolean {
    try {
      return this.#runtimeStatus().sandboxes.length > 0;
    } catch (error) {
      if (error instanceof CriError) return true;
      throw error;
    }
  }

  /** What there is of the Pod once all of it has ended; undefined before. */
  #ended(): PodRuntimeStatus | undefined {
    try {
      const runtime = this.#runtimeStatus();
      for (const [latest] of runtime.containers.values()) if (latest!.state === 'CONTAINER_RUNNING') return undefined;
      return runtime.sandboxes.every(({ state }) => state === 'SANDBOX_NOTREADY') ? runtime : undefined;
    } catch (error) {
      if (error instanceof CriError) return undefined;
      throw error;
    }
  }

  #finishDeletion(): void {
    this.#host.statuses.deleteWhenWritten(this.uid);
  }

  #runtimeStatus(): PodRuntimeStatus {
    return this.#host.context.cache.status(this.uid);
  }

  #writeStatus(terminal: boolean, runtime = this.#runtimeStatus()): PodStatus {
    const { context, prober, statuses } = this.#host;
    const pod = this.#pod;
    const target = this.#host.statusTarget(pod);
    const status = generateStatus({
      pod,
      runtime,
      now: context.timestamps.at(context.sim.wallMs),
      hostIp: context.nodeAddress,
      previous: statuses.status(this.uid) ?? target?.status ?? {},
      terminal,
      terminating: this.#ending,
      verdict: this.#verdict,
      disruption: this.#disruption,
      pendingResize: this.#pendingResize,
      rejected: this.#rejected,
      waiting: (name) => context.waiting.get(this.uid, name),
      ready: (container, latest) => prober.ready(container, latest.id),
      started: (container, latest) => prober.started(container, latest.id),
      terminationMessage: (container, ended) =>
        terminationMessage(context.root, context.runtime, pod, container, ended),
    });
    statuses.set(this.uid, target, status);
    return status;
  }

  #deadlineMs(): number | undefined {
    const seconds = this.#pod.spec.activeDeadlineSeconds;
    const startTime = this.#host.statuses.status(this.uid)?.startTime;
    if (seconds === undefined || startTime === undefined) return undefined;
    return Date.parse(startTime) - this.#host.context.sim.epochMs + seconds * 1000;
  }

  #missedDeadline(): boolean {
    const deadlineMs = this.#deadlineMs();
    if (deadlineMs === undefined || this.#host.context.sim.nowMs < deadlineMs) return false;
    const message = 'Pod was active on the node longer than the specified deadline';
    podEvent(this.#host.context, this.#pod, 'Normal', 'DeadlineExceeded', message);
    this.#decideEnd({ phase: 'Failed', reason: 'DeadlineExceeded', message });
    return true;
  }

  /** A runtime that does not answer is asked again later. */
  *#guarded(task: Task<number | undefined>): Task<number | undefined> {
    try {
      return yield* task;
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      return this.#host.context.sim.nowMs + RETRY_MS;
    }
  }

  /** Lets `end` call the task off. */
  *#interruptible(task: Task<number | undefined>): Task<number | undefined> {
    return yield* waitFor<number | undefined>({
      start: (resume) => {
        const handle = runTask(this.#host.context.sim, this.#label, task, (result) => {
          this.#interrupt = undefined;
          resume(result);
        });
        this.#interrupt = () => {
          this.#interrupt = undefined;
          handle.cancel();
          resume(undefined);
        };
        return () => handle.cancel();
      },
    });
  }
}

/** Most changes are the kubelet's own: the status that it has written itself. */
function concernsWorker(before: Pod, after: Pod): boolean {
  const { generation, labels, annotations } = before.metadata;
  return (
    generation === undefined ||
    generation !== after.metadata.generation ||
    before.spec.ephemeralContainers?.length !== after.spec.ephemeralContainers?.length ||
    !sameValue(labels, after.metadata.labels) ||
    !sameValue(annotations, after.metadata.annotations) ||
    after.spec.readinessGates !== undefined
  );
}
