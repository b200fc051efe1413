import type { Pod } from '../api/kinds.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { makeDirectories } from '../linux/directory-tree.ts';
import type { Process } from '../linux/syscalls.ts';
import { runTask, type Simulation, sleep, type Task, type TaskHandle } from '../sim/index.ts';
import type { Rejection } from './admission.ts';
import { type ShutdownGroup, shutdownGrace, shutdownOrder } from './shutdown-groups.ts';

export const TERMINATED = {
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
} as const;

const REJECTION: Rejection = {
  reason: 'NodeShutdown',
  message: 'Pod was rejected as the node is shutting down.',
};

const LOGIND_DIRECTORY = '/etc/systemd/logind.conf.d';
/** How long systemd lets itself be held up unless told: InhibitDelayMaxSec. */
const LOGIND_DELAY_MS = 5_000;
const LOOK_MS = 1_000;

export interface ShutdownHost {
  readonly sim: Simulation;
  readonly root: Process | undefined;
  readonly nodeName: string;
  readonly recorder: EventRecorder;
  /** The Pods that have not ended. */
  runningPods(): readonly Pod[];
  /** Ends the Pod as `TERMINATED`. */
  terminate(pod: Pod, graceSeconds: number): void;
  /** The node is not ready any more. */
  changed(): void;
}

/**
 * Ends Pods before the machine goes down, as long as they may take. The real kubelet holds systemd's shutdown up by an
 * inhibitor lock; here whoever shuts the machine down waits for `done`. After `pkg/kubelet/nodeshutdown`.
 * https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/#graceful-node-shutdown
 */
export class NodeShutdown {
  readonly #host: ShutdownHost;
  readonly #groups: readonly ShutdownGroup[];
  #task: TaskHandle | undefined;
  #active = false;

  constructor(host: ShutdownHost, groups: readonly ShutdownGroup[]) {
    this.#host = host;
    this.#groups = groups;
  }

  /** Lets systemd wait as long as Pods may take. */
  start(): void {
    const { root } = this.#host;
    const totalMs = this.#groups.reduce((sum, { periodMs }) => sum + periodMs, 0);
    if (root === undefined || totalMs <= LOGIND_DELAY_MS) return;
    makeDirectories(root, LOGIND_DIRECTORY, 0o755);
    const text = `# Kubelet logind override\n[Login]\nInhibitDelayMaxSec=${totalMs / 1000}\n`;
    root.writeFile(`${LOGIND_DIRECTORY}/99-kubelet.conf`, text, { mode: 0o644 });
  }

  stop(): void {
    this.#task?.cancel();
  }

  get active(): boolean {
    return this.#active;
  }

  admit(): Rejection | undefined {
    return this.#active ? REJECTION : undefined;
  }

  /** @param done is called when the machine may go down */
  begin(done: () => void): void {
    if (this.#groups.length === 0) {
      done();
      return;
    }
    const { sim, nodeName, recorder } = this.#host;
    this.#active = true;
    const about = { kind: 'Node', name: nodeName, uid: nodeName };
    sim.trace.during({ component: `kubelet/${nodeName}`, key: 'shutdown' }, () => {
      recorder.eventAbout(about, 'Normal', 'NodeShutdown', 'Shutdown manager detected shutdown event');
      this.#host.changed();
    });
    this.#task = runTask(sim, `kubelet/${nodeName} shutdown`, this.#end(), done);
  }

  *#end(): Task<void> {
    for (const { periodMs, pods } of shutdownOrder(this.#groups, this.#host.runningPods())) {
      for (const pod of pods) this.#host.terminate(pod, shutdownGrace(pod, periodMs));
      yield* this.#await(pods, periodMs);
    }
  }

  *#await(pods: readonly Pod[], periodMs: number): Task<void> {
    const { sim, nodeName } = this.#host;
    const uids = new Set(pods.map(({ metadata }) => metadata.uid));
    const deadlineMs = sim.nowMs + periodMs;
    while (sim.nowMs < deadlineMs) {
      if (!this.#host.runningPods().some(({ metadata }) => uids.has(metadata.uid))) return;
      yield* sleep(sim, Math.min(LOOK_MS, deadlineMs - sim.nowMs), `kubelet/${nodeName} shutdown`);
    }
  }
}
