import { parseLabelSelector } from '../../api/label-selector.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, errorText, isExpected, isStatus, throwCollected } from '../command-error.ts';
import { apiVersionOf } from '../discovery.ts';
import { FILE_FLAGS, fieldManagerFlag, SELECTOR_FLAG } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { LAST_APPLIED, lastApplied } from '../last-applied.ts';
import { givesFiles, type ManifestObject, readManifests } from '../manifest-files.ts';
import { findPruned, PRUNE_FLAGS, pruneKinds } from '../prune.ts';
import { type Found, locate } from '../resource-finder.ts';
import { isBuiltIn, schemaName } from '../schema-name.ts';
import { jsonThreeWayPatch, strategicThreeWayPatch } from '../three-way-merge.ts';
import { unifiedDiff } from '../unified-diff.ts';
import { fieldAt, isObject, type Unstructured, withField } from '../unstructured.ts';
import { writeYaml } from '../yaml/yaml-writer.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'Diff the live version against a would-be applied version',
  section: 'Advanced Commands',
  usage: 'diff -f FILENAME',
  help: 'Shows what apply would change. The exit code is 0 without differences, 1 with some, greater after an error',
  examples: ['kubectl diff -f web.yaml'],
  operand: 'none',
  flags: [
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    fieldManagerFlag('kubectl-client-side-apply'),
    ...PRUNE_FLAGS,
    { name: 'concurrency', type: 'int', default: '1', help: 'Objects to look at at a time', hidden: true },
    { name: 'server-side', type: 'bool', help: 'Compare with what a server-side apply would make of it' },
    { name: 'force-conflicts', type: 'bool', help: 'With --server-side: as if fields were taken over' },
    { name: 'show-managed-fields', type: 'bool', help: 'Compare metadata.managedFields as well' },
  ],
  *run(invocation) {
    try {
      return yield* diffAll(invocation);
    } catch (error) {
      if (!isExpected(error)) throw error;
      // 1 is for differences.
      throw new CommandError(errorText(error), { exitCode: 2, verbatim: true });
    }
  },
};

function* diffAll(invocation: Invocation): Task<number> {
  const { flags, args, process, streams } = invocation;
  if (args.length > 0) throw invocation.usageError(`Unexpected args: [${args.join(' ')}]`);
  if (!givesFiles(flags)) throw new CommandError('must specify one of -f and -k');
  const manifests = yield* readManifests(process, streams, flags);
  throwCollected(manifests.errors);
  const selector = parseLabelSelector(flags.string('selector'));
  const selected = manifests.objects.filter(({ object }) => selector.matches(object.metadata?.labels ?? {}));
  const kinds = pruneKinds(invocation);
  const seen = { uids: new Set<string>(), namespaces: new Set<string>() };
  const texts: string[] = [];
  for (const manifest of selected) texts.push(yield* invocation.patiently(() => diffOne(invocation, manifest, seen)));
  if (kinds !== undefined) {
    const pruned = findPruned(invocation, kinds, seen.uids, seen.namespaces);
    texts.push(...pruned.map((found) => headed(invocation, found, unifiedDiff(writeYaml(found.object), ''))));
  }
  // Two directories are compared: by the names of their files.
  streams.out(texts.sort().join(''));
  return texts.some((text) => text !== '') ? 1 : 0;
}

/** What has been looked at, so that it is not taken for something to prune. */
interface Seen {
  readonly uids: Set<string>;
  readonly namespaces: Set<string>;
}

function diffOne(invocation: Invocation, manifest: ManifestObject, seen: Seen): string {
  const at = locate(invocation, manifest);
  const live = liveObject(invocation, at);
  if (live !== undefined) seen.uids.add(live.metadata.uid);
  if (at.namespace !== undefined) seen.namespaces.add(at.namespace);
  const merged = mergedObject(invocation, at, manifest, live);
  const [before, after] = maskSecrets(live, merged).map((object) => shownText(invocation, object)) as [string, string];
  return headed(invocation, at, unifiedDiff(before, after));
}

function headed(invocation: Invocation, at: Omit<Found, 'object'>, hunks: string): string {
  if (hunks === '') return '';
  const { process } = invocation;
  const { resource, namespace = '', name } = at;
  const file = `${apiVersionOf(resource).replace('/', '.')}.${resource.kind}.${namespace}.${name}`;
  // The real kubectl writes both sides into such directories and runs diff on them.
  const suffix = `${process.pid}${Math.floor(invocation.now()) % 1_000_000}`;
  const [left, right] = [`/tmp/LIVE-${suffix}/${file}`, `/tmp/MERGED-${suffix}/${file}`];
  const time = `${new Date(invocation.now()).toISOString().slice(0, 23).replace('T', ' ')}000000 +0000`;
  return `diff -u -N ${left} ${right}\n--- ${left}\t${time}\n+++ ${right}\t${time}\n${hunks}`;
}

function liveObject(invocation: Invocation, { resource, name, namespace }: Omit<Found, 'object'>) {
  try {
    return invocation.get(resource, name, namespace);
  } catch (error) {
    if (isStatus(error, 'NotFound')) return undefined;
    throw error;
  }
}

/** What apply would leave behind, as a dry run on the server says. */
function mergedObject(
  invocation: Invocation,
  { resource, name, namespace }: Omit<Found, 'object'>,
  manifest: ManifestObject,
  live: Unstructured | undefined,
): Unstructured {
  const { flags } = invocation;
  const placed =
    namespace === undefined ? manifest.object : withField(manifest.object, ['metadata', 'namespace'], namespace);
  const manager = flags.string('field-manager');
  if (flags.bool('server-side')) {
    return invocation.of(resource).patch(name, namespace, 'apply', placed, {
      dryRun: true,
      fieldManager: flags.changed('field-manager') ? manager : 'kubectl',
      force: flags.bool('force-conflicts'),
    });
  }
  const modified = withField(placed, ['metadata', 'annotations', LAST_APPLIED], undefined) as Unstructured;
  const options = { dryRun: true, fieldManager: manager };
  if (live === undefined) return invocation.create(resource, placed as Unstructured, options);
  const original = lastApplied(live) ?? {};
  const patch = isBuiltIn(resource)
    ? strategicThreeWayPatch(schemaName(resource), original, modified, live)
    : jsonThreeWayPatch(original, modified, live);
  if (Object.keys(patch).length === 0) return live;
  const type = isBuiltIn(resource) ? 'strategic-merge' : 'merge';
  return invocation.of(resource).patch(name, namespace, type, patch, options);
}

function shownText({ flags }: Invocation, object: Unstructured | undefined): string {
  if (object === undefined) return '';
  const shown = flags.bool('show-managed-fields')
    ? object
    : withField(object, ['metadata', 'managedFields'], undefined);
  return writeYaml(shown);
}

/** The values of Secrets are not shown; where both sides differ, that they do is. */
function maskSecrets(live: Unstructured | undefined, merged: Unstructured): readonly (Unstructured | undefined)[] {
  if (merged.kind !== 'Secret' || merged.apiVersion !== 'v1') return [live, merged];
  const masked = (object: Unstructured | undefined, other: Unstructured | undefined, note: string) => {
    const data = fieldAt(object, 'data');
    if (object === undefined || !isObject(data)) return object;
    const entries = Object.keys(data).map((key) => {
      const counterpart = fieldAt(other, 'data', key);
      return [key, counterpart === undefined || counterpart === data[key] ? '***' : `*** (${note})`];
    });
    return withField(object, ['data'], Object.fromEntries(entries)) as Unstructured;
  };
  return [masked(live, merged, 'before'), masked(merged, live, 'after')];
}
