import { checkLabelValue } from '../../api/names.ts';
import { causePatch, RECORD_FLAG } from '../change-cause.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import {
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  FIELD_SELECTOR_FLAG,
  FILE_FLAGS,
  fieldManagerFlag,
  LOCAL_FLAG,
  OUTPUT_FLAGS,
  SELECTOR_FLAG,
} from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { type KeyChanges, parseKeyChanges } from '../key-changes.ts';
import { givesFiles, isLocal } from '../manifest-files.ts';
import { Report } from '../output/report.ts';
import { patchFound } from '../patching.ts';
import { collect, type Found, findObjects } from '../resource-finder.ts';

const KEY_FLAGS = [
  ...FILE_FLAGS,
  ...OUTPUT_FLAGS,
  SELECTOR_FLAG,
  FIELD_SELECTOR_FLAG,
  ALL_NAMESPACES_FLAG,
  DRY_RUN_FLAG,
  { name: 'all', type: 'bool', help: 'All objects of the type in the namespace' },
  { name: 'overwrite', type: 'bool', help: 'Change keys that have another value' },
  { name: 'list', type: 'bool', help: 'Show what is there' },
  { name: 'resource-version', type: 'string', help: 'Only when this is the version now' },
  LOCAL_FLAG,
  RECORD_FLAG,
] as const;

/** What tells `label` and `annotate` apart. */
interface KeyKind {
  readonly field: 'labels' | 'annotations';
  readonly noun: 'label' | 'annotation';
  readonly done: string;
  readonly check: (key: string, value: string) => string | undefined;
  readonly conflict: (taken: readonly string[]) => string;
}

const LABELS: KeyKind = {
  field: 'labels',
  noun: 'label',
  done: 'labeled',
  check: (_key, value) => checkLabelValue(value)[0],
  conflict: ([first]) => `${first}, and --overwrite is false`,
};

const ANNOTATIONS: KeyKind = {
  field: 'annotations',
  noun: 'annotation',
  done: 'annotated',
  check: () => undefined,
  conflict: (taken) => `--overwrite is false but found the following declared annotation(s): ${taken.join('; ')}`,
};

export const label: Command = {
  name: 'label',
  summary: 'Update the labels on a resource',
  section: 'Settings Commands',
  usage: 'label [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N',
  examples: ['kubectl label pod web tier=front', 'kubectl label node node-1 disk-'],
  operand: 'resource',
  flags: [...KEY_FLAGS, fieldManagerFlag('kubectl-label')],
  run: (invocation) => changeKeys(invocation, LABELS),
};

export const annotate: Command = {
  name: 'annotate',
  summary: 'Update the annotations on a resource',
  section: 'Settings Commands',
  usage: 'annotate [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N',
  operand: 'resource',
  flags: [...KEY_FLAGS, fieldManagerFlag('kubectl-annotate')],
  run: (invocation) => changeKeys(invocation, ANNOTATIONS),
};

function* changeKeys(invocation: Invocation, kind: KeyKind) {
  const { flags, args } = invocation;
  if (isLocal(invocation) && !givesFiles(flags)) {
    throw new CommandError('can only use local files by -f pod.yaml or --filename=pod.json when --local=true is set');
  }
  const changes = parseKeyChanges(args, kind.noun, kind.check);
  if (changes.resources.length === 0 && !givesFiles(flags)) {
    throw new CommandError('one or more resources must be specified as <resource> <name> or <resource>/<name>');
  }
  if (changes.set.size + changes.remove.length === 0 && !flags.bool('list')) {
    throw new CommandError(`at least one ${kind.noun} update is required`);
  }
  const { found, errors: missing } = yield* findObjects(invocation, {
    args: changes.resources,
    listAll: flags.bool('list'),
  });
  const report = new Report(invocation);
  const errors: Error[] = [...missing];
  for (const one of found) {
    yield* collect(invocation, errors, () => {
      if (flags.bool('list') && changes.set.size + changes.remove.length === 0)
        listKeys(invocation, kind, one, found.length > 1);
      else changeOne(invocation, report, kind, changes, one);
    });
  }
  throwCollected(errors);
  return 0;
}

function listKeys(invocation: Invocation, kind: KeyKind, { object }: Found, several: boolean): void {
  const keys = object.metadata[kind.field] ?? {};
  if (several)
    invocation.streams.out(`Listing ${kind.field} for ${object.kind}.${object.apiVersion}/${object.metadata.name}:\n`);
  for (const key of Object.keys(keys).sort()) invocation.streams.out(`${several ? ' ' : ''}${key}=${keys[key]}\n`);
}

function changeOne(invocation: Invocation, report: Report, kind: KeyKind, changes: KeyChanges, found: Found): void {
  const { flags, streams } = invocation;
  const { object } = found;
  // A key may be called `constructor`: what objects inherit is no label.
  const current: Readonly<Record<string, string>> = Object.assign(Object.create(null), object.metadata[kind.field]);
  const taken = [...changes.set].filter(([key, value]) => current[key] !== undefined && current[key] !== value);
  if (taken.length > 0 && !flags.bool('overwrite')) {
    throw new CommandError(kind.conflict(taken.map(([key]) => `'${key}' already has a value (${current[key]})`)));
  }
  for (const key of changes.remove) {
    if (current[key] === undefined && kind === LABELS) streams.out(`label ${JSON.stringify(key)} not found.\n`);
  }
  const added = [...changes.set].filter(([key, value]) => current[key] !== value);
  const removed = changes.remove.filter((key) => current[key] !== undefined);
  const patch = Object.fromEntries([...added, ...removed.map((key) => [key, null] as const)]);
  const changed = added.length + removed.length > 0;
  let result = object;
  if (changed || kind === ANNOTATIONS) {
    const version = flags.string('resource-version');
    const annotations = causePatch(invocation).metadata?.annotations;
    const metadata = {
      ...(annotations && { annotations }),
      [kind.field]: kind === ANNOTATIONS ? { ...annotations, ...patch } : patch,
      ...(version === '' ? {} : { resourceVersion: version }),
    };
    result = patchFound(invocation, found, 'merge', { metadata });
  }
  report.done(result, operationOf(kind, changed, added.length === 0 && removed.length > 0 && !flags.bool('overwrite')));
}

function operationOf(kind: KeyKind, changed: boolean, onlyRemoved: boolean): string {
  if (kind === ANNOTATIONS) return kind.done;
  if (!changed) return 'not labeled';
  return onlyRemoved ? 'unlabeled' : 'labeled';
}
