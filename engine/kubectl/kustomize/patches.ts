import { parseLabelSelector } from '../../api/label-selector.ts';
import { applyJsonPatch } from '../../api/patch/json-patch.ts';
import { applyMergePatch } from '../../api/patch/merge-patch.ts';
import { applyStrategicMergePatch } from '../../api/patch/strategic-merge-patch.ts';
import { StatusError } from '../../api/status-error.ts';
import { CommandError } from '../command-error.ts';
import { isObject, type Unstructured } from '../unstructured.ts';
import { ManifestError, readManifest, splitDocuments } from '../yaml/yaml-reader.ts';
import { answersTo, groupOf, type Item, idText, renamed, versionOf } from './item.ts';
import type { Patch, Target } from './kustomization.ts';

/** Applies patches one after the other: strategic merges, or lists of JSON6902 operations. @throws CommandError */
export function applyPatches(
  items: readonly Item[],
  patches: readonly Patch[],
  read: (path: string) => string,
): readonly Item[] {
  return patches.reduce((current, patch) => applyPatch(current, patch, read), items);
}

function applyPatch(items: readonly Item[], patch: Patch, read: (path: string) => string): readonly Item[] {
  if ((patch.path === undefined) === (patch.patch === undefined)) {
    throw new CommandError('must specify one of patch and path in\n');
  }
  const text = patch.patch ?? read(patch.path!);
  let result = items;
  for (const value of documents(text)) {
    if (Array.isArray(value)) result = applyOperations(result, value, patch.target);
    else if (isObject(value)) result = applyMerge(result, value as Unstructured, patch);
    else throw new CommandError(`unable to parse SM or JSON patch from [${text}]`);
  }
  return result;
}

function documents(text: string): readonly unknown[] {
  try {
    return splitDocuments(text)
      .map((document) => readManifest(document.text))
      .filter((value) => value !== null);
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new CommandError(`unable to parse SM or JSON patch from [${text}]`);
  }
}

function applyOperations(
  items: readonly Item[],
  operations: readonly unknown[],
  target: Target | undefined,
): readonly Item[] {
  if (target === undefined) throw new CommandError('must specify a target for JSON patch');
  const matches = matcher(target);
  return items.map((item) => {
    if (!matches(item)) return item;
    return renamed(item, operations.reduce(applyOperation, item.object) as Unstructured);
  });
}

function applyOperation(object: unknown, operation: unknown): unknown {
  try {
    return applyJsonPatch(object, [operation]);
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new CommandError(error.code === UNPROCESSABLE ? problemOf(object, operation as Operation) : error.message);
  }
}

const UNPROCESSABLE = 422;

interface Operation {
  readonly op: string;
  readonly path?: string;
}

/** Why an operation does not fit, in the words of https://github.com/evanphx/json-patch */
function problemOf(object: unknown, { op, path = '' }: Operation): string {
  if (op === 'test') return `testing value ${path} failed: test failed`;
  const parent = path
    .split('/')
    .slice(1, -1)
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], object);
  const missing = op === 'replace' && parent !== undefined ? 'key' : 'path';
  return `${op} operation does not apply: doc is missing ${missing}: ${op === 'replace' ? path : `"${path}"`}: missing value`;
}

function applyMerge(items: readonly Item[], patch: Unstructured, { target, options }: Patch): readonly Item[] {
  const matches = target === undefined ? sameIdentity(patch) : matcher(target);
  if (target === undefined && !items.some(matches)) {
    const id = idText(patch);
    throw new CommandError(
      `no resource matches strategic merge patch ${JSON.stringify(id)}: no matches for Id ${id}; failed to find unique target for patch ${id}`,
    );
  }
  return items.flatMap((item) => {
    if (!matches(item)) return [item];
    if (patch['$patch'] === 'delete') return [];
    const { name, namespace } = item.object.metadata;
    const metadata = {
      ...patch.metadata,
      ...(options?.allowNameChange === true ? {} : { name, ...(namespace === undefined ? {} : { namespace }) }),
    };
    const { apiVersion, kind } = options?.allowKindChange === true ? patch : item.object;
    const changed = failing(() => merge(item.object, { ...patch, apiVersion, kind, metadata }));
    return [renamed(item, changed as Unstructured)];
  });
}

function merge(object: Unstructured, patch: object): unknown {
  const group = groupOf(object);
  if (group.includes('.') && !group.endsWith('.k8s.io')) return applyMergePatch(object, patch);
  const schema = `io.k8s.api.${group === '' ? 'core' : group.split('.')[0]}.${versionOf(object)}.${object.kind}`;
  return applyStrategicMergePatch(schema, object, patch);
}

function failing<T>(patch: () => T): T {
  try {
    return patch();
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    throw new CommandError(error.message);
  }
}

function sameIdentity(patch: Unstructured): (item: Item) => boolean {
  const { name = '', namespace } = patch.metadata ?? {};
  return (item) =>
    item.object.kind === patch.kind &&
    groupOf(item.object) === groupOf(patch) &&
    answersTo(item, name) &&
    (namespace === undefined || item.object.metadata.namespace === namespace);
}

function matcher(target: Target): (item: Item) => boolean {
  const whole = (expression: string | undefined) => {
    if (expression === undefined || expression === '') return undefined;
    try {
      return new RegExp(`^(?:${expression})$`);
    } catch {
      throw new CommandError(`error parsing regexp: ${expression}`);
    }
  };
  const [kind, name, namespace, group, version] = [
    whole(target.kind),
    whole(target.name),
    whole(target.namespace),
    whole(target.group),
    whole(target.version),
  ];
  const labels = parseLabelSelector(target.labelSelector ?? '');
  const annotations = parseLabelSelector(target.annotationSelector ?? '');
  return (item) => {
    const { object, formerNames } = item;
    return (
      (kind?.test(object.kind) ?? true) &&
      (group?.test(groupOf(object)) ?? true) &&
      (version?.test(versionOf(object)) ?? true) &&
      (name === undefined || [object.metadata.name, ...formerNames].some((one) => name.test(one))) &&
      (namespace?.test(object.metadata.namespace ?? 'default') ?? true) &&
      labels.matches(object.metadata.labels ?? {}) &&
      annotations.matches(object.metadata.annotations ?? {})
    );
  };
}
