import { Errno } from '../linux/errno.ts';
import type { Task } from '../sim/index.ts';
import { PODS_DIRECTORY } from './host-files.ts';
import { removeSandboxes } from './kill-pod.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { tearDownPod } from './volumes/tear-down.ts';

/** The UIDs of all Pods that have left something in the runtime or on the disk. */
export function orphanedPods({ cache, root }: KubeletContext): ReadonlySet<string> {
  const uids = new Set(cache.podUids());
  if (root === undefined) return uids;
  try {
    for (const { name } of root.readdir(PODS_DIRECTORY)) uids.add(name);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
  return uids;
}

export function* removeOrphan(context: KubeletContext, uid: string): Task<void> {
  yield* removeSandboxes(context, uid);
  context.cache.forget(uid);
  yield* tearDownPod(context, uid);
}
