import type { Task } from '../../sim/index.ts';
import type { Chart } from '../chart/chart.ts';
import { coalesceValues, mergeValues } from '../chart/values.ts';
import type { Dictionary } from '../functions/arguments.ts';
import { failedAt, HelmError, isFailure } from '../helm-error.ts';
import type { HelmRun } from '../run.ts';
import { runHooks } from './hooks.ts';
import { checkName, locatedTargets } from './install.ts';
import { manifestText } from './manifests.ts';
import { owned, type ReleaseObject, ReleaseObjects } from './objects.ts';
import { offlineCapabilities, prepare } from './prepare.ts';
import { type HookEvent, type Release, withInfo } from './release.ts';
import { rollBack } from './rollback.ts';
import { ReleaseStorage } from './storage.ts';
import { waitUntilReady } from './waiting.ts';

/** Whose values a new revision begins with. */
type OldValues = 'reset' | 'reuse' | 'reset-then-reuse' | 'usual';

export interface UpgradeOptions {
  readonly name: string;
  readonly chart: Chart;
  readonly values: Dictionary;
  readonly oldValues: OldValues;
  readonly dryRun: 'none' | 'client' | 'server';
  readonly atomic: boolean;
  readonly wait: boolean;
  readonly waitForJobs: boolean;
  readonly timeoutMs: number;
  readonly hooks: boolean;
  readonly force: boolean;
  readonly description: string;
  /** How many revisions are kept; 0 for all. */
  readonly historyMax: number;
}

/** Makes a new revision of a release. After helm/helm pkg/action/upgrade.go. @throws HelmError, StatusError */
export function* upgradeRelease(run: HelmRun, options: UpgradeOptions): Task<Release> {
  const { name, dryRun } = options;
  checkName(name);
  yield* run.reach();
  const storage = new ReleaseStorage(run.cluster, run.namespace);
  const history = yield* storage.history(name);
  const current = currentOf(name, history);
  const last = history.at(-1)!;
  const { chart, values } = withOldValues(options, current);
  const version = last.version + 1;
  const sorted = yield* prepare(run, {
    chart,
    values,
    release: { Name: name, Namespace: current.namespace, Revision: version, IsInstall: false, IsUpgrade: true },
    ...(dryRun === 'client' ? { capabilities: offlineCapabilities(run) } : {}),
  });
  const { notes } = sorted;
  const upgraded: Release = {
    ...current,
    version,
    chart,
    config: values,
    info: {
      first_deployed: current.info.first_deployed,
      last_deployed: run.timestamp,
      deleted: '',
      status: 'pending-upgrade',
      description: 'Preparing upgrade',
      ...(notes === '' ? {} : { notes }),
    },
    manifest: manifestText(sorted.manifests),
    hooks: sorted.hooks,
  };
  if (dryRun !== 'none') return withInfo(upgraded, { description: 'Dry run complete' });
  const objects = new ReleaseObjects(run.cluster);
  const before = (yield* objects.locate(current.manifest, current.namespace)).map((one) => owned(one, current));
  const after = yield* locatedTargets(objects, upgraded, 'update', before);
  yield* forget(storage, history, options.historyMax);
  yield* storage.create(upgraded);
  return yield* perform(run, storage, { current, upgraded, before, after }, options);
}

/** What is in the cluster now. @throws HelmError */
function currentOf(name: string, history: readonly Release[]): Release {
  const last = history.at(-1);
  const none = new HelmError(`${JSON.stringify(name)} has no deployed releases`);
  if (last === undefined) throw none;
  if (last.info.status.startsWith('pending')) {
    throw new HelmError('another operation (install/upgrade/rollback) is in progress');
  }
  const deployed = history.findLast(({ info }) => info.status === 'deployed');
  if (deployed !== undefined) return deployed;
  if (last.info.status === 'failed' || last.info.status === 'superseded') return last;
  throw none;
}

function withOldValues(
  { chart, values, oldValues }: UpgradeOptions,
  current: Release,
): { readonly chart: Chart; readonly values: Dictionary } {
  switch (oldValues) {
    case 'reuse':
      // The old chart's defaults stay as well: that is the point of the flag, and what people stumble over.
      return {
        chart: { ...chart, values: coalesceValues(current.chart, current.config) },
        values: mergeValues(current.config, values),
      };
    case 'reset-then-reuse':
      return { chart, values: mergeValues(current.config, values) };
    case 'usual':
      return { chart, values: Object.keys(values).length === 0 ? current.config : values };
    default:
      return { chart, values };
  }
}

/** Deletes the oldest revisions, so that there is room for one more; never the deployed one. */
function* forget(storage: ReleaseStorage, history: readonly Release[], most: number): Task<void> {
  if (most <= 0) return;
  const excess = history.length - most + 1;
  if (excess <= 0) return;
  const deployed = history.findLast(({ info }) => info.status === 'deployed');
  for (const one of history.filter((release) => release !== deployed).slice(0, excess)) yield* storage.delete(one);
}

interface Change {
  readonly current: Release;
  readonly upgraded: Release;
  readonly before: readonly ReleaseObject[];
  readonly after: readonly ReleaseObject[];
}

function* perform(run: HelmRun, storage: ReleaseStorage, change: Change, options: UpgradeOptions): Task<Release> {
  const { timeoutMs } = options;
  const { name } = options;
  const objects = new ReleaseObjects(run.cluster);
  let upgraded = change.upgraded;
  const hooks = function* (event: HookEvent): Task<void> {
    try {
      if (options.hooks) upgraded = yield* runHooks(run, storage, upgraded, event, timeoutMs);
    } catch (error) {
      throw failedAt(`${event} hooks failed`, error);
    }
  };
  try {
    yield* hooks('pre-upgrade');
    yield* objects.update(change.before, change.after, options.force);
    if (options.wait) yield* waitUntilReady(run, objects, change.after, timeoutMs, options.waitForJobs);
    yield* hooks('post-upgrade');
  } catch (error) {
    if (!isFailure(error)) throw error;
    const description = `Upgrade ${JSON.stringify(name)} failed: ${error.message}`;
    yield* storage.update(withInfo(upgraded, { status: 'failed', description }));
    if (!options.atomic) throw error;
    yield* rollBack(run, { ...options, revision: change.current.version, wait: true });
    throw new HelmError(`release ${name} failed, and has been rolled back due to atomic being set: ${error.message}`);
  }
  yield* storage.update(withInfo(change.current, { status: 'superseded' }));
  const deployed = withInfo(upgraded, { status: 'deployed', description: options.description || 'Upgrade complete' });
  yield* storage.update(deployed);
  return deployed;
}
