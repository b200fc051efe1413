import type { Task } from '../../sim/index.ts';
import { failedAt, HelmError } from '../helm-error.ts';
import type { HelmRun } from '../run.ts';
import { runHooks } from './hooks.ts';
import { ReleaseObjects } from './objects.ts';
import { withInfo } from './release.ts';
import { ReleaseStorage } from './storage.ts';
import { waitUntilDeleted } from './waiting.ts';

export interface UninstallOptions {
  readonly keepHistory: boolean;
  readonly hooks: boolean;
  readonly wait: boolean;
  readonly timeoutMs: number;
}

/**
 * Takes a release out of the cluster. After helm/helm pkg/action/uninstall.go.
 *
 * @returns what is to be said of objects that stay
 * @throws HelmError
 */
export function* uninstallRelease(run: HelmRun, name: string, options: UninstallOptions): Task<string> {
  const storage = new ReleaseStorage(run.cluster, run.namespace);
  const history = yield* storage.history(name);
  const last = history.at(-1);
  if (last === undefined) throw new HelmError(`uninstall: Release not loaded: ${name}: release: not found`);
  if (last.info.status === 'uninstalled') {
    if (options.keepHistory) throw new HelmError(`the release named ${JSON.stringify(name)} is already deleted`);
    for (const one of history) yield* storage.delete(one);
    return '';
  }
  const { timeoutMs } = options;
  let current = withInfo(last, {
    status: 'uninstalling',
    deleted: run.timestamp,
    description: 'Deletion in progress (or silently failed)',
  });
  if (options.hooks) current = yield* runHooks(run, storage, current, 'pre-delete', timeoutMs);
  yield* storage.update(current);
  const objects = new ReleaseObjects(run.cluster);
  let kept = '';
  try {
    const targets = yield* objects.locate(last.manifest, last.namespace);
    const staying = yield* objects.deleteAll(targets);
    kept = staying.map(({ resource, name: one }) => `[${resource.kind}] ${one}\n`).join('');
    const gone = targets.filter((one) => !staying.includes(one));
    if (options.wait) yield* waitUntilDeleted(run, objects, gone, timeoutMs);
  } catch (error) {
    throw failedAt('failed to delete release', error);
  }
  if (options.hooks) current = yield* runHooks(run, storage, current, 'post-delete', timeoutMs);
  if (options.keepHistory) {
    yield* storage.update(withInfo(current, { status: 'uninstalled', description: 'Uninstallation complete' }));
  } else for (const one of history) yield* storage.delete(one);
  return kept === '' ? '' : `These resources were kept due to the resource policy:\n${kept}\n`;
}
