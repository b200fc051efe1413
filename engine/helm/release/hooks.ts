import type { Task } from '../../sim/index.ts';
import { isFailure } from '../helm-error.ts';
import type { HelmRun } from '../run.ts';
import { ReleaseObjects } from './objects.ts';
import type { Hook, HookEvent, HookRun, Release } from './release.ts';
import type { ReleaseStorage } from './storage.ts';
import { waitForEnd, waitUntilDeleted } from './waiting.ts';

/** How long a hook's leftovers may take to go. */
const REMOVAL_MS = 60_000;

/**
 * Runs the hooks of an event one after another, by weight and name, and keeps in the release how they went.
 * https://helm.sh/docs/topics/charts_hooks/#hooks-and-the-release-lifecycle
 *
 * @returns the release with that
 * @throws HelmError when one fails
 */
export function* runHooks(
  run: HelmRun,
  storage: ReleaseStorage,
  release: Release,
  event: HookEvent,
  timeoutMs: number,
): Task<Release> {
  const due = release.hooks
    .filter(({ events }) => events.includes(event))
    .sort((a, b) => (a.weight ?? 0) - (b.weight ?? 0) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  const objects = new ReleaseObjects(run.cluster);
  let current = release;
  for (const hook of due) {
    const remember = function* (last: HookRun): Task<void> {
      current = withRun(current, hook, last);
      yield* storage.update(current);
    };
    const [target] = yield* objects.locate(hook.manifest, release.namespace);
    if (target === undefined) continue;
    const policies = hook.delete_policies ?? ['before-hook-creation'];
    if (policies.includes('before-hook-creation')) {
      yield* objects.delete(target);
      yield* waitUntilDeleted(run, objects, [target], REMOVAL_MS);
    }
    const started_at = run.timestamp;
    yield* remember({ started_at, completed_at: '', phase: 'Running' });
    try {
      yield* objects.create(target);
      yield* waitForEnd(run, objects, target, timeoutMs);
    } catch (error) {
      if (isFailure(error)) {
        yield* remember({ started_at, completed_at: run.timestamp, phase: 'Failed' });
        if (policies.includes('hook-failed')) yield* objects.delete(target);
      }
      throw error;
    }
    yield* remember({ started_at, completed_at: run.timestamp, phase: 'Succeeded' });
  }
  for (const hook of due) {
    if (!hook.delete_policies?.includes('hook-succeeded')) continue;
    for (const target of yield* objects.locate(hook.manifest, release.namespace)) yield* objects.delete(target);
  }
  return current;
}

function withRun(release: Release, hook: Hook, last_run: HookRun): Release {
  const hooks = release.hooks.map((one) =>
    one.path === hook.path && one.name === hook.name && one.kind === hook.kind ? { ...one, last_run } : one,
  );
  return { ...release, hooks };
}
