import { namespaces } from '../../api/resources.ts';
import { isStatus } from '../../kubectl/command-error.ts';
import { decode } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import type { Chart } from '../chart/chart.ts';
import type { Dictionary } from '../functions/arguments.ts';
import { failedAt, HelmError, isFailure } from '../helm-error.ts';
import type { HelmRun } from '../run.ts';
import { runHooks } from './hooks.ts';
import { manifestText } from './manifests.ts';
import { owned, type ReleaseObject, ReleaseObjects } from './objects.ts';
import { offlineCapabilities, prepare } from './prepare.ts';
import { type Release, withInfo } from './release.ts';
import { ReleaseStorage } from './storage.ts';
import { uninstallRelease } from './uninstall.ts';
import { waitUntilReady } from './waiting.ts';

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

export interface InstallOptions {
  readonly name: string;
  readonly chart: Chart;
  readonly values: Dictionary;
  readonly dryRun: 'none' | 'client' | 'server';
  readonly createNamespace: boolean;
  readonly atomic: boolean;
  readonly wait: boolean;
  readonly waitForJobs: boolean;
  readonly timeoutMs: number;
  readonly hooks: boolean;
  readonly skipCrds: boolean;
  readonly description: string;
}

/** @throws HelmError */
export function checkName(name: string): void {
  if (name.length > 53 || !NAME.test(name)) {
    throw new HelmError(
      `release name ${JSON.stringify(name)}: invalid release name, must match regex ${NAME.source} and the length must not be longer than 53`,
    );
  }
}

/** Installs a chart as a new release. After helm/helm pkg/action/install.go. @throws HelmError, StatusError */
export function* installRelease(run: HelmRun, options: InstallOptions): Task<Release> {
  const { name, chart, values, dryRun } = options;
  checkName(name);
  const { namespace } = run;
  if (dryRun !== 'client') yield* run.reach();
  const storage = new ReleaseStorage(run.cluster, namespace);
  if (dryRun === 'none' && (yield* storage.history(name)).length > 0) {
    throw new HelmError('cannot re-use a name that is still in use');
  }
  const objects = new ReleaseObjects(run.cluster);
  if (dryRun === 'none' && !options.skipCrds) yield* installCrds(objects, chart, namespace);
  const sorted = yield* prepare(run, {
    chart,
    values,
    release: { Name: name, Namespace: namespace, Revision: 1, IsInstall: true, IsUpgrade: false },
    ...(dryRun === 'client' ? { capabilities: offlineCapabilities(run) } : {}),
  });
  const now = run.timestamp;
  const release: Release = {
    name,
    namespace,
    version: 1,
    info: {
      first_deployed: now,
      last_deployed: now,
      deleted: '',
      description: 'Initial install underway',
      status: 'pending-install',
      ...(sorted.notes === '' ? {} : { notes: sorted.notes }),
    },
    chart,
    config: values,
    manifest: manifestText(sorted.manifests),
    hooks: sorted.hooks,
  };
  if (dryRun === 'client') return withInfo(release, { description: 'Dry run complete' });
  const targets = yield* locatedTargets(objects, release, 'install');
  if (dryRun === 'server') return withInfo(release, { description: 'Dry run complete' });
  if (options.createNamespace) yield* createNamespace(run, namespace);
  yield* storage.create(release);
  return yield* perform(run, storage, release, targets, options);
}

/** What a release is to consist of, where that may be made. @throws HelmError */
export function* locatedTargets(
  objects: ReleaseObjects,
  release: Release,
  verb: 'install' | 'update',
  before: readonly ReleaseObject[] = [],
): Task<readonly ReleaseObject[]> {
  let targets: readonly ReleaseObject[];
  try {
    targets = (yield* objects.locate(release.manifest, release.namespace)).map((one) => owned(one, release));
  } catch (error) {
    throw failedAt('unable to build kubernetes objects from release manifest', error);
  }
  const known = new Set(before.map(placeOf));
  try {
    yield* objects.checkOwnership(
      targets.filter((one) => !known.has(placeOf(one))),
      release,
    );
  } catch (error) {
    throw failedAt(`Unable to continue with ${verb}`, error);
  }
  return targets;
}

function placeOf({ resource, namespace = '', name }: ReleaseObject): string {
  return [resource.group, resource.kind, namespace, name].join('/');
}

function* installCrds(objects: ReleaseObjects, chart: Chart, namespace: string): Task<void> {
  for (const { data } of chart.crds) {
    for (const target of yield* objects.locate(decode(data), namespace)) {
      if ((yield* objects.read(target)) === undefined) yield* objects.create(target);
    }
  }
}

function* createNamespace({ cluster }: HelmRun, name: string): Task<void> {
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels: { name } } };
  try {
    yield* cluster.patiently(() => cluster.of(namespaces).create(object, { fieldManager: 'helm' }));
  } catch (error) {
    if (!isStatus(error, 'AlreadyExists')) throw error;
  }
}

function* perform(
  run: HelmRun,
  storage: ReleaseStorage,
  release: Release,
  targets: readonly ReleaseObject[],
  options: InstallOptions,
): Task<Release> {
  const { timeoutMs } = options;
  const objects = new ReleaseObjects(run.cluster);
  let current = release;
  try {
    if (options.hooks) current = yield* hooksOf(run, storage, current, 'pre-install', timeoutMs);
    for (const target of targets) yield* objects.create(target);
    if (options.wait) yield* waitUntilReady(run, objects, targets, timeoutMs, options.waitForJobs);
    if (options.hooks) current = yield* hooksOf(run, storage, current, 'post-install', timeoutMs);
  } catch (error) {
    if (!isFailure(error)) throw error;
    const { name } = release;
    const description = `Release ${JSON.stringify(name)} failed: ${error.message}`;
    yield* storage.update(withInfo(current, { status: 'failed', description }));
    if (!options.atomic) throw error;
    yield* uninstallRelease(run, name, { keepHistory: false, hooks: options.hooks, wait: false, timeoutMs });
    throw new HelmError(`release ${name} failed, and has been uninstalled due to atomic being set: ${error.message}`);
  }
  const deployed = withInfo(current, { status: 'deployed', description: options.description || 'Install complete' });
  yield* storage.update(deployed);
  return deployed;
}

function* hooksOf(
  run: HelmRun,
  storage: ReleaseStorage,
  release: Release,
  event: 'pre-install' | 'post-install',
  timeoutMs: number,
): Task<Release> {
  try {
    return yield* runHooks(run, storage, release, event, timeoutMs);
  } catch (error) {
    throw failedAt(`failed ${event}`, error);
  }
}
