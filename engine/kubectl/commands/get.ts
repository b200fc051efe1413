import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, CommandErrors, isStatus, throwCollected } from '../command-error.ts';
import { type GetTarget, tableOptions } from '../get-target.ts';
import {
  ALL_NAMESPACES_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  GET_OUTPUT_FLAGS,
  SELECTOR_FLAG,
} from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { givesFiles, readManifests } from '../manifest-files.ts';
import { listOf, objectPrinter } from '../output/object-printer.ts';
import { sortByPath } from '../output/sort-rows.ts';
import { printTable, tableLines } from '../output/table-printer.ts';
import { rawFlag, sendRaw } from '../raw-request.ts';
import { parseResourceArgs, type ResourceRequest } from '../resource-args.ts';
import { checkNamed, collect, locate } from '../resource-finder.ts';
import { fetchObjects, fetchTable } from '../table-request.ts';
import type { Unstructured } from '../unstructured.ts';
import { watchResource } from './get-watch.ts';

export const get: Command = {
  name: 'get',
  suggestedFor: ['list', 'ps'],
  summary: 'Display one or many resources',
  section: 'Basic Commands (Intermediate)',
  usage: 'get TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE/NAME ... [flags]',
  examples: ['kubectl get pods -o wide', 'kubectl get deploy/web -o yaml', 'kubectl get pods -A -w'],
  operand: 'resource',
  flags: [
    ...GET_OUTPUT_FLAGS,
    ...FILE_FLAGS,
    SELECTOR_FLAG,
    FIELD_SELECTOR_FLAG,
    ALL_NAMESPACES_FLAG,
    { name: 'watch', short: 'w', type: 'bool', help: 'After listing, show changes as they come; Ctrl-C ends' },
    { name: 'watch-only', type: 'bool', help: 'Show changes without listing first' },
    { name: 'output-watch-events', type: 'bool', help: 'Show what kind of change each is' },
    { name: 'show-labels', type: 'bool', help: 'Show all labels in the last column' },
    { name: 'label-columns', short: 'L', type: 'stringSlice', help: 'Labels to show as columns' },
    { name: 'show-kind', type: 'bool', help: 'Show the kind before the name' },
    { name: 'no-headers', type: 'bool', help: 'Leave the headings out' },
    { name: 'sort-by', type: 'string', help: 'A field to sort by, e.g. .metadata.creationTimestamp' },
    { name: 'ignore-not-found', type: 'bool', help: 'Exit 0 when an object does not exist' },
    { name: 'chunk-size', type: 'int', default: '500', help: 'Objects to fetch at a time' },
    rawFlag('GET'),
    { name: 'subresource', type: 'string', help: 'Show this subresource', values: ['status', 'scale'] },
    { name: 'server-print', type: 'bool', default: 'true', help: 'Let the server make the table' },
    {
      name: 'allow-missing-template-keys',
      type: 'bool',
      default: 'true',
      help: 'Leave out missing fields in templates',
    },
  ],
  *run(invocation) {
    const { flags } = invocation;
    if (flags.string('raw') !== '') return yield* sendRaw(invocation, 'GET');
    const watches = flags.bool('watch') || flags.bool('watch-only');
    if (flags.bool('output-watch-events') && !watches) {
      throw new CommandError('--output-watch-events option can only be used with --watch or --watch-only');
    }
    const targets = yield* getTargets(invocation);
    if (watches) return yield* watch(invocation, targets);
    const printer = objectPrinter(invocation);
    if (printer === undefined) yield* printTables(invocation, targets);
    else yield* printObjects(invocation, targets, printer);
    return 0;
  },
};

/** What to get, each resource once; names come from arguments or from the manifests of `-f`. */
function* getTargets(invocation: Invocation): Task<readonly GetTarget[]> {
  const { flags, args, discovery } = invocation;
  if (givesFiles(flags)) {
    if (args.length > 0) {
      throw new CommandError(
        'when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well',
      );
    }
    const { objects, errors } = yield* readManifests(invocation.process, invocation.streams, flags);
    throwCollected(errors);
    return objects.map((manifest) => {
      const { resource, namespace, name } = locate(invocation, manifest);
      return { resource, names: [name], ...(namespace === undefined ? {} : { namespace }) };
    });
  }
  if (args.length === 0) {
    invocation.streams.err(
      'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\n',
    );
    throw invocation.usageError(
      'Required resource not specified.\n' +
        'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).',
    );
  }
  const requests = parseResourceArgs(discovery, args);
  if (flags.string('subresource') !== '' && requests.some(({ names }) => names === undefined)) {
    throw new CommandError('subresource cannot be used when bulk resources are specified');
  }
  for (const request of requests) if (request.names !== undefined) checkNamed(invocation, request.resource);
  return mergeNamed(requests);
}

/** `pod/a pod/b` is one table. */
function mergeNamed(requests: readonly ResourceRequest[]): readonly GetTarget[] {
  const merged: GetTarget[] = [];
  for (const request of requests) {
    const last = merged.at(-1);
    if (last?.resource === request.resource && last.names !== undefined && request.names !== undefined) {
      merged[merged.length - 1] = { ...last, names: [...last.names, ...request.names] };
    } else {
      merged.push(request);
    }
  }
  return merged;
}

function* printTables(invocation: Invocation, targets: readonly GetTarget[]): Task<void> {
  const { flags, streams } = invocation;
  const errors: Error[] = [];
  const severalKinds = new Set(targets.map(({ resource }) => resource)).size > 1;
  let printed = 0;
  for (const target of targets) {
    yield* collect(invocation, errors, () => {
      const table = fetchTable(invocation, target, errors);
      if (table === undefined || table.rows.length === 0) return;
      const sortBy = flags.string('sort-by');
      const rows = sortBy === '' ? table.rows : sortedRows(table.rows, sortBy);
      if (rows.length === 0) return;
      const options = tableOptions(invocation, target.resource, severalKinds);
      if (printed++ > 0 && !flags.bool('no-headers')) streams.out('\n');
      streams.out(printTable(tableLines({ ...table, rows }, options, true)));
    });
  }
  const remaining = ignoreNotFound(invocation, errors);
  const lists = targets.some(({ names }) => names === undefined);
  // What goes wrong with a list is told among what else may have.
  if (lists && remaining.length === 1) throw new CommandErrors(remaining);
  if (printed === 0 && remaining.length === 0 && !flags.bool('ignore-not-found')) sayNothingFound(invocation, targets);
  throwCollected(remaining);
}

/** A path that cannot be read leaves a table without rows, where it fails everything else. */
function sortedRows<T extends { readonly object?: unknown }>(rows: readonly T[], sortBy: string): readonly T[] {
  try {
    return sortByPath(rows, sortBy, (row) => row.object);
  } catch (error) {
    if (error instanceof CommandError) return [];
    throw error;
  }
}

function sayNothingFound(invocation: Invocation, targets: readonly GetTarget[]): void {
  const namespaced = targets.every(({ resource }) => resource.namespaced);
  const where = namespaced && !invocation.flags.bool('all-namespaces') ? ` in ${invocation.namespace} namespace.` : '';
  invocation.streams.err(`No resources found${where}\n`);
}

function ignoreNotFound(invocation: Invocation, errors: readonly Error[]): readonly Error[] {
  if (!invocation.flags.bool('ignore-not-found')) return errors;
  return errors.filter((error) => !isStatus(error, 'NotFound'));
}

function* printObjects(
  invocation: Invocation,
  targets: readonly GetTarget[],
  printer: (object: Unstructured) => string,
): Task<void> {
  const { flags, streams } = invocation;
  const errors: Error[] = [];
  let objects: readonly Unstructured[] = [];
  for (const target of targets) {
    yield* collect(invocation, errors, () => {
      objects = [...objects, ...fetchObjects(invocation, target, errors)];
    });
  }
  const remaining = ignoreNotFound(invocation, errors);
  const sortBy = flags.string('sort-by');
  if (sortBy !== '') objects = sortByPath(objects, sortBy, (object) => object);
  const [first] = targets;
  const single = targets.length === 1 && first?.names?.length === 1;
  const named = targets.every(({ names }) => names !== undefined);
  const nothing = objects.length === 0 && ((named && remaining.length > 0) || single);
  if (!nothing) streams.out(printer(single ? objects[0]! : listOf(objects)));
  throwCollected(remaining);
}

function* watch(invocation: Invocation, targets: readonly GetTarget[]): Task<number> {
  const [target, ...more] = targets;
  if (target === undefined || more.length > 0) throw new CommandError('you may only specify a single resource type');
  if ((target.names?.length ?? 0) > 1) {
    throw new CommandError('watch is only supported on individual resources and resource collections');
  }
  if (invocation.flags.string('sort-by') !== '') {
    invocation.streams.err('Warning: --watch requested, --sort-by will be ignored for watch events received\n');
  }
  return yield* watchResource(invocation, target);
}
