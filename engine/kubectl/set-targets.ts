import { StatusError } from '../api/status-error.ts';
import type { Task } from '../sim/index.ts';
import { causePatch, RECORD_FLAG } from './change-cause.ts';
import { CommandError, throwCollected } from './command-error.ts';
import type { FlagSpec } from './flag.ts';
import { DRY_RUN_FLAG, FILE_FLAGS, fieldManagerFlag, LOCAL_FLAG, OUTPUT_FLAGS, SELECTOR_FLAG } from './global-flags.ts';
import type { Invocation } from './invocation.ts';
import { givesFiles, isLocal } from './manifest-files.ts';
import { withEmptyStructures } from './output/empty-structures.ts';
import { Report } from './output/report.ts';
import { patchFound } from './patching.ts';
import { collect, type Findings, type Found, findObjects } from './resource-finder.ts';
import { fieldAt, isObject } from './unstructured.ts';

/** The flags of every `kubectl set …`. */
export const SET_FLAGS: readonly FlagSpec[] = [
  RECORD_FLAG,
  ...FILE_FLAGS,
  ...OUTPUT_FLAGS,
  SELECTOR_FLAG,
  DRY_RUN_FLAG,
  fieldManagerFlag('kubectl-set'),
  { name: 'all', type: 'bool', help: 'All objects of the type in the namespace' },
  LOCAL_FLAG,
];

export const CONTAINERS_FLAG: FlagSpec = {
  name: 'containers',
  short: 'c',
  type: 'string',
  default: '*',
  help: 'Which containers; * stands for anything',
};

/** A container as a strategic merge patch knows it. */
export interface NamedContainer {
  readonly name: string;
  readonly [field: string]: unknown;
}

/** Where an object keeps its Pod spec; undefined for kinds that have none. */
function podSpecPath({ object }: Pick<Found, 'object'>): readonly string[] | undefined {
  if (object.kind === 'Pod') return ['spec'];
  const path = object.kind === 'CronJob' ? ['spec', 'jobTemplate', 'spec', 'template'] : ['spec', 'template'];
  return isObject(fieldAt(object, ...path)) ? [...path, 'spec'] : undefined;
}

export function containersOf(found: Found, list: 'containers' | 'initContainers'): readonly NamedContainer[] {
  const path = podSpecPath(found);
  const value = path === undefined ? undefined : fieldAt(found.object, ...path, list);
  return Array.isArray(value) ? value : [];
}

/** Containers whose names match a pattern in which `*` stands for anything. */
export function selectContainers(containers: readonly NamedContainer[], pattern: string): readonly NamedContainer[] {
  const literal = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const matcher = new RegExp(`^${literal.join('.*')}$`);
  return containers.filter(({ name }) => matcher.test(name));
}

/** @throws CommandError when there is nothing for `--local` to work on */
export function requireLocalFiles({ flags }: Invocation): void {
  if (givesFiles(flags)) return;
  throw new CommandError(
    "you must specify resources by --filename when --local is set.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'",
  );
}

/** The objects that a `kubectl set …` is about; those of manifests with all that Go's structures print of them. */
export function* findTargets(invocation: Invocation, resources: readonly string[]): Task<Findings> {
  if (!isLocal(invocation)) return yield* findObjects(invocation, { args: resources });
  requireLocalFiles(invocation);
  const findings = yield* findObjects(invocation);
  return { ...findings, found: findings.found.map((one) => ({ ...one, object: withEmptyStructures(one.object) })) };
}

/** What is said of an object that was changed, and before the server's words of one that was not. */
interface SetWords {
  readonly done: string;
  readonly failed: string;
}

/**
 * Patches the Pod spec of each object and says so.
 * @param change the fields of the Pod spec (at the path given) to patch, or undefined when there is nothing to do
 */
export function* setInPodSpecs(
  invocation: Invocation,
  resources: readonly string[],
  { done, failed }: SetWords,
  change: (found: Found, podSpec: readonly string[]) => Readonly<Record<string, unknown>> | undefined,
): Task<number> {
  const { found, errors: missing } = yield* findTargets(invocation, resources);
  const report = new Report(invocation, true);
  const errors: Error[] = [...missing];
  for (const one of found) {
    yield* collect(invocation, errors, () => {
      const path = podSpecPath(one);
      const { resource, name } = one;
      if (path === undefined) {
        throw new CommandError(
          `${resource.plural}/${name} the object is not a pod or does not have a pod template: *${resource.version}.${resource.kind}`,
        );
      }
      const fields = change(one, path);
      if (fields === undefined) return;
      const patch = path.reduceRight<object>((inner, field) => ({ [field]: inner }), fields);
      try {
        const body = { ...causePatch(invocation), ...patch };
        report.done(patchFound(invocation, one, 'strategic-merge', body), done);
      } catch (error) {
        throw error instanceof StatusError ? new CommandError(`${failed} ${error.message}`) : error;
      }
    });
  }
  throwCollected(errors);
  return 0;
}
