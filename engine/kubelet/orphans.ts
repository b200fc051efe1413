import { Errno } from '../linux/errno.ts';
import { runTask, type Task, type TaskHandle, type Timer } from '../sim/index.ts';
import { PODS_DIRECTORY } from './host-files.ts';
import { removeSandboxes } from './kill-pod.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { tearDownPod } from './volumes/tear-down.ts';

/** How often a kubelet looks for what nobody wants. */
const HOUSEKEEPING_MS = 2000;

/**
 * What runs, and lies on the disk, for Pods that nobody wants: they were deleted while no kubelet ran, or somebody has
 * made a sandbox by hand. After `HandlePodCleanups` of `pkg/kubelet/kubelet_pods.go`, but only when there is reason to.
 */
export class Orphans {
  readonly #context: KubeletContext;
  readonly #isWanted: (uid: string) => boolean;
  readonly #removals = new Set<TaskHandle>();
  #timer: Timer | undefined;

  constructor(context: KubeletContext, isWanted: (uid: string) => boolean) {
    this.#context = context;
    this.#isWanted = isWanted;
  }

  remove(): void {
    for (const uid of orphanedPods(this.#context)) {
      if (this.#isWanted(uid)) continue;
      const task = runTask(
        this.#context.sim,
        `${this.#context.component} orphan`,
        removeOrphan(this.#context, uid),
        () => this.#removals.delete(task),
      );
      this.#removals.add(task);
    }
  }

  /** With the next housekeeping: something has been started that no Pod is known for. */
  removeSoon(): void {
    this.#timer ??= this.#context.sim.schedule(HOUSEKEEPING_MS, `${this.#context.component} housekeeping`, () => {
      this.#timer = undefined;
      this.remove();
    });
  }

  stop(): void {
    this.#timer?.cancel();
    for (const task of this.#removals) task.cancel();
  }
}

/** The UIDs of all Pods that have left something in the runtime or on the disk. */
function orphanedPods({ cache, root }: KubeletContext): ReadonlySet<string> {
  const uids = new Set(cache.podUids());
  if (root === undefined) return uids;
  try {
    for (const { name } of root.readdir(PODS_DIRECTORY)) uids.add(name);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return uids;
}

function* removeOrphan(context: KubeletContext, uid: string): Task<void> {
  yield* removeSandboxes(context, uid);
  context.cache.forget(uid);
  yield* tearDownPod(context, uid);
}
