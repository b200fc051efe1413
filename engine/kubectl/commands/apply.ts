import { parseLabelSelector } from '../../api/label-selector.ts';
import type { Task } from '../../sim/index.ts';
import { RECORD_FLAG, withChangeCause } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { CommandError, isStatus, throwCollected, withSource } from '../command-error.ts';
import { DELETION_FLAGS, deleteOptionsOf, propagationPolicy } from '../deletion.ts';
import { type ApiResource, apiVersionOf } from '../discovery.ts';
import {
  DRY_RUN_FLAG,
  FILE_FLAGS,
  fieldManagerFlag,
  OUTPUT_FLAGS,
  SELECTOR_FLAG,
  VALIDATE_FLAG,
} from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { LAST_APPLIED, lastApplied, withLastApplied } from '../last-applied.ts';
import { givesFiles, type ManifestObject, readManifests } from '../manifest-files.ts';
import { requireSchema, validates } from '../manifest-validation.ts';
import { writeJson } from '../output/json-writer.ts';
import { PRUNE_FLAGS, type PruneKinds, pruneKinds } from '../prune.ts';
import { collectTask, type Found, locate } from '../resource-finder.ts';
import { isBuiltIn, schemaName } from '../schema-name.ts';
import { jsonThreeWayPatch, strategicThreeWayPatch } from '../three-way-merge.ts';
import { type Unstructured, withField } from '../unstructured.ts';
import { waitUntilGone } from '../wait-deletion.ts';
import { Applied } from './applied.ts';
import { editLastApplied } from './apply-edit-last-applied.ts';
import { setLastApplied, viewLastApplied } from './apply-last-applied.ts';
import { applyServerSide } from './apply-server-side.ts';

export const apply: Command = {
  name: 'apply',
  summary: 'Apply a configuration to a resource by file name or stdin',
  section: 'Advanced Commands',
  usage: 'apply (-f FILENAME | -k DIRECTORY) [flags]',
  examples: ['kubectl apply -f web.yaml', 'cat web.yaml | kubectl apply -f -', 'kubectl apply -R -f manifests/'],
  operand: 'none',
  subcommands: [editLastApplied, setLastApplied, viewLastApplied],
  flags: [
    ...FILE_FLAGS,
    RECORD_FLAG,
    ...OUTPUT_FLAGS,
    DRY_RUN_FLAG,
    VALIDATE_FLAG,
    SELECTOR_FLAG,
    fieldManagerFlag('kubectl-client-side-apply'),
    { name: 'server-side', type: 'bool', help: 'Let the server merge' },
    { name: 'force-conflicts', type: 'bool', help: 'With --server-side: take fields over from other managers' },
    { name: 'overwrite', type: 'bool', default: 'true', help: 'Let the manifest win over changes made meanwhile' },
    { name: 'all', type: 'bool', help: 'With --prune: look at everything in the namespace' },
    { name: 'subresource', type: 'string', help: 'With --server-side: apply to this subresource' },
    { name: 'openapi-patch', type: 'bool', default: 'true', help: 'Merge by the schema of the server', hidden: true },
    ...PRUNE_FLAGS,
    ...DELETION_FLAGS,
  ],
  *run(invocation) {
    const { flags, process, streams } = invocation;
    const kinds = checkFlags(invocation);
    const manifests = yield* readManifests(process, streams, flags, validates(invocation));
    requireSchema(invocation, manifests);
    const selector = parseLabelSelector(flags.string('selector'));
    const selected = manifests.objects.filter(({ object }) => selector.matches(object.metadata?.labels ?? {}));
    if (selected.length === 0 && manifests.errors.length === 0) throw new CommandError('no objects passed to apply');
    const applied = new Applied(invocation);
    const errors: Error[] = [...manifests.errors];
    for (const manifest of selected) yield* collectTask(errors, applyEither(invocation, applied, manifest));
    applied.end();
    throwCollected(errors);
    if (kinds !== undefined) yield* applied.prune(kinds);
    return 0;
  },
};

/** @throws CommandError for flags that do not go together */
function checkFlags(invocation: Invocation): PruneKinds | undefined {
  const { flags, args, dryRun } = invocation;
  if (args.length > 0) throw invocation.usageError(`Unexpected args: [${args.join(' ')}]`);
  if (!givesFiles(flags)) throw new CommandError('must specify one of -f and -k');
  const serverSide = flags.bool('server-side');
  if (flags.bool('force-conflicts') && !serverSide)
    throw new CommandError('--force-conflicts only works with --server-side');
  if (serverSide && dryRun === 'client') {
    throw new CommandError("--dry-run=client doesn't work with --server-side (did you mean --dry-run=server instead?)");
  }
  if (flags.bool('force') && serverSide) throw new CommandError('--force cannot be used with --server-side');
  if (flags.bool('force') && dryRun === 'server')
    throw new CommandError('--dry-run=server cannot be used with --force');
  if (flags.string('subresource') !== '' && !serverSide)
    throw new CommandError('--subresource can only be specified for --server-side');
  propagationPolicy(flags.string('cascade'));
  const selector = flags.string('selector');
  if (flags.bool('all') && selector !== '') throw new CommandError('cannot set --all and --selector at the same time');
  if (flags.bool('prune') && !flags.bool('all') && selector === '') {
    throw new CommandError(
      'all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. ' +
        'If you did not mean to prune all resources, specify a label selector',
    );
  }
  if (flags.bool('prune') && serverSide) {
    throw new CommandError("--prune is in alpha and doesn't currently work on objects created by server-side apply");
  }
  return pruneKinds(invocation);
}

function* applyEither(invocation: Invocation, applied: Applied, manifest: ManifestObject): Task<void> {
  if (invocation.flags.bool('server-side'))
    yield* invocation.patiently(() => applyServerSide(invocation, applied, manifest));
  else yield* applyOne(invocation, applied, manifest);
}

function* applyOne(invocation: Invocation, applied: Applied, manifest: ManifestObject): Task<void> {
  const { resource, namespace, name } = locate(invocation, manifest);
  const object = (
    namespace === undefined ? manifest.object : withField(manifest.object, ['metadata', 'namespace'], namespace)
  ) as Unstructured;
  if (name === '') {
    const { generateName = '' } = object.metadata ?? {};
    throw new CommandError(
      generateName === ''
        ? `error when retrieving current configuration of:\n${describeTarget(resource, name, namespace)}\nfrom server for: ${JSON.stringify(manifest.source)}: resource name may not be empty`
        : `from ${generateName}: cannot use generate name with apply`,
    );
  }
  const modified = withLastApplied(withChangeCause(invocation, object));
  const current = yield* invocation.patiently(() =>
    currentObject(invocation, resource, manifest.source, name, namespace),
  );
  if (current === undefined) {
    const created = yield* invocation.patiently(() => create(invocation, resource, modified, manifest.source));
    applied.add(created, 'created');
    return;
  }
  const original = lastApplied(current);
  if (original === undefined && invocation.dryRun !== 'client') {
    invocation.streams.err(
      `Warning: resource ${resource.plural}/${name} is missing the ${LAST_APPLIED} annotation which is required by ` +
        'kubectl apply. kubectl apply should only be used on resources created declaratively by either ' +
        'kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n',
    );
  }
  const patch = isBuiltIn(resource)
    ? strategicThreeWayPatch(schemaName(resource), original ?? {}, modified, current)
    : jsonThreeWayPatch(original ?? {}, modified, current);
  // A dry run on the client does not look whether anything would change.
  const unchanged = Object.keys(patch).length === 0 && invocation.dryRun !== 'client';
  if (unchanged) return applied.add(current, 'unchanged');
  let changed: Unstructured;
  try {
    changed = yield* invocation.patiently(() => patchOne(invocation, resource, current, patch, manifest.source));
  } catch (error) {
    if (!invocation.flags.bool('force') || !(isStatus(error, 'Conflict') || isStatus(error, 'Invalid'))) throw error;
    changed = yield* recreate(invocation, { resource, namespace, name, object: current }, modified);
  }
  applied.add(changed, 'configured');
}

/** `--force`: what cannot be changed is deleted and made again. */
function* recreate(invocation: Invocation, found: Found, modified: Unstructured): Task<Unstructured> {
  const { resource, namespace, name, object } = found;
  yield* invocation.patiently(() => invocation.of(resource).delete(name, namespace, deleteOptionsOf(invocation)));
  yield* waitUntilGone(invocation, found, object.metadata.uid, Number.POSITIVE_INFINITY);
  return yield* invocation.patiently(() => invocation.create(resource, modified, writeOptions(invocation)));
}

function currentObject(
  invocation: Invocation,
  resource: ApiResource,
  source: string,
  name: string,
  namespace: string | undefined,
): Unstructured | undefined {
  try {
    return invocation.get(resource, name, namespace);
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    if (!(error instanceof Error)) throw error;
    const what = `retrieving current configuration of:\n${describeTarget(resource, name, namespace)}\nfrom server for:`;
    throw withSource(error, what, source);
  }
}

function create(invocation: Invocation, resource: ApiResource, object: Unstructured, source: string): Unstructured {
  if (invocation.dryRun === 'client') return object;
  try {
    return invocation.create(resource, object, writeOptions(invocation));
  } catch (error) {
    throw error instanceof Error ? withSource(error, 'creating', source) : error;
  }
}

function patchOne(
  invocation: Invocation,
  resource: ApiResource,
  current: Unstructured,
  patch: Readonly<Record<string, unknown>>,
  source: string,
): Unstructured {
  const { name, namespace } = current.metadata;
  if (current.metadata.deletionTimestamp !== undefined) {
    invocation.streams.err(`Warning: Detected changes to resource ${name} which is currently being deleted.\n`);
  }
  if (invocation.dryRun === 'client') return current;
  const type = isBuiltIn(resource) ? 'strategic-merge' : 'merge';
  try {
    return invocation.of(resource).patch(name, namespace, type, patch, writeOptions(invocation));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const target = describeTarget(resource, name, namespace);
    throw withSource(error, `applying patch:\n${writeJson(patch)}\nto:\n${target}\nfor:`, source);
  }
}

function writeOptions(invocation: Invocation) {
  return { ...invocation.writeOptions(), fieldManager: invocation.flags.string('field-manager') };
}

/** How messages point at an object on the server. */
function describeTarget(resource: ApiResource, name: string, namespace: string | undefined): string {
  const version = `${resource.group === '' ? '/' : ''}${apiVersionOf(resource)}`;
  return (
    `Resource: "${version}, Resource=${resource.plural}", GroupVersionKind: "${version}, Kind=${resource.kind}"\n` +
    `Name: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace ?? '')}`
  );
}
