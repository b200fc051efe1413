import type { Task } from '../../sim/index.ts';
import { HelmError, isFailure } from '../helm-error.ts';
import type { HelmRun } from '../run.ts';
import { runHooks } from './hooks.ts';
import { owned, ReleaseObjects } from './objects.ts';
import { type Release, withInfo } from './release.ts';
import { ReleaseStorage } from './storage.ts';
import { waitUntilReady } from './waiting.ts';

export interface RollbackOptions {
  readonly name: string;
  /** 0 for the one before the last. */
  readonly revision: number;
  readonly wait: boolean;
  readonly waitForJobs: boolean;
  readonly timeoutMs: number;
  readonly hooks: boolean;
  readonly force: boolean;
  readonly dryRun: 'none' | 'client' | 'server';
}

/** Makes a new revision of an earlier one. After helm/helm pkg/action/rollback.go. @throws HelmError, StatusError */
export function* rollBack(run: HelmRun, options: RollbackOptions): Task<void> {
  const storage = new ReleaseStorage(run.cluster, run.namespace);
  const history = yield* storage.history(options.name);
  const current = history.at(-1);
  if (current === undefined) throw new HelmError('release: not found');
  const version = options.revision === 0 ? current.version - 1 : options.revision;
  const previous = history.find((one) => one.version === version);
  if (previous === undefined) throw new HelmError(`release has no ${version} version`);
  if (options.dryRun !== 'none') return;
  const target: Release = {
    ...previous,
    version: current.version + 1,
    info: {
      ...previous.info,
      first_deployed: current.info.first_deployed,
      last_deployed: run.timestamp,
      status: 'pending-rollback',
      description: `Rollback to ${version}`,
    },
  };
  yield* storage.create(target);
  yield* perform(run, storage, current, target, history, options);
}

function* perform(
  run: HelmRun,
  storage: ReleaseStorage,
  current: Release,
  target: Release,
  history: readonly Release[],
  options: RollbackOptions,
): Task<void> {
  const { timeoutMs } = options;
  const objects = new ReleaseObjects(run.cluster);
  let rolled = target;
  try {
    const before = (yield* objects.locate(current.manifest, current.namespace)).map((one) => owned(one, current));
    const after = (yield* objects.locate(target.manifest, target.namespace)).map((one) => owned(one, target));
    if (options.hooks) rolled = yield* runHooks(run, storage, rolled, 'pre-rollback', timeoutMs);
    yield* objects.update(before, after, options.force);
    if (options.wait) yield* waitUntilReady(run, objects, after, timeoutMs, options.waitForJobs);
    if (options.hooks) rolled = yield* runHooks(run, storage, rolled, 'post-rollback', timeoutMs);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const description = `Rollback ${JSON.stringify(options.name)} failed: ${error.message}`;
    yield* storage.update(withInfo(current, { status: 'superseded' }));
    yield* storage.update(withInfo(rolled, { status: 'failed', description }));
    throw error;
  }
  for (const one of history.filter(({ info }) => info.status === 'deployed')) {
    yield* storage.update(withInfo(one, { status: 'superseded' }));
  }
  yield* storage.update(withInfo(rolled, { status: 'deployed' }));
}
