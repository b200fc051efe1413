import { parseLabelSelector } from '../../api/label-selector.ts';
import { CommandError } from '../command-error.ts';
import { isObject, type Unstructured } from '../unstructured.ts';
import { ManifestError, readManifest } from '../yaml/yaml-reader.ts';
import { changeAt, splitPath, valueAt } from './field-path.ts';
import { groupOf, type Item, renamed, versionOf } from './item.ts';
import type { FieldOptions, Replacement, ReplacementTarget, Target } from './kustomization.ts';

const NAME = 'metadata.name';

/**
 * Copies fields of resources into others. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
 * After sigs.k8s.io/kustomize api/filters/replacement/replacement.go.
 *
 * @param read of the files that hold replacements
 * @throws CommandError
 */
export function applyReplacements(
  items: readonly Item[],
  replacements: readonly Replacement[],
  read: (path: string) => string,
): readonly Item[] {
  return replacements
    .flatMap((entry) => (entry.path === undefined ? [entry] : fromFile(read(entry.path))))
    .reduce(applyReplacement, items);
}

/** A file holds one, or a list of them. */
function fromFile(text: string): readonly Replacement[] {
  try {
    const value = readManifest(text);
    if (Array.isArray(value) || isObject(value)) return [value].flat() as readonly Replacement[];
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw new CommandError(error.message);
  }
  throw new CommandError('unsupported replacement type encountered within replacement path');
}

function applyReplacement(items: readonly Item[], replacement: Replacement): readonly Item[] {
  const { source, sourceValue, targets } = replacement;
  if (source !== undefined && sourceValue !== undefined)
    throw new CommandError('value and resource selectors are mutually exclusive');
  if ((source === undefined && sourceValue === undefined) || targets == null)
    throw new CommandError('replacements must specify a source and at least one target');
  const value = sourceValue ?? sourceOf(items, replacement);
  return targets.reduce((current, target) => applyToTarget(current, value, target), items);
}

function sourceOf(items: readonly Item[], { source = {} }: Replacement): unknown {
  const matches = items.filter((item) => isSelected(item, source));
  const text = [selectorText(source), source.fieldPath, optionsText(source.options)].filter(Boolean).join(':');
  if (matches.length > 1) throw new CommandError(`multiple matches for selector ${text}`);
  const [match] = matches;
  if (match === undefined) throw new CommandError(`nothing selected by ${text}`);
  const fieldPath = source.fieldPath || NAME;
  const value = valueAt(match.object, splitPath(fieldPath));
  if (value === undefined || value === null || value === '')
    throw new CommandError(`fieldPath \`${fieldPath}\` is missing for replacement source ${selectorText(source)}`);
  const { delimiter = '', index = 0 } = source.options ?? {};
  if (delimiter === '') return value;
  requireScalar(value);
  const part = index < 0 ? undefined : String(value).split(delimiter)[index];
  if (part === undefined) throw new CommandError(`options.index ${index} is out of bounds for value ${value}`);
  return part;
}

function requireScalar(value: unknown): void {
  if (typeof value === 'object' && value !== null)
    throw new CommandError('delimiter option can only be used with scalar nodes');
}

function applyToTarget(items: readonly Item[], value: unknown, target: ReplacementTarget): readonly Item[] {
  const { select, reject = [], options = {} } = target;
  const fieldPaths = target.fieldPaths?.length ? target.fieldPaths : [NAME];
  if (select == null) throw new CommandError('target must specify resources to select');
  return items.map((item) => {
    if (!isChosen(item, select) || reject.some((each) => isRejected(item, each))) return item;
    return renamed(
      item,
      fieldPaths.reduce<unknown>((object, path) => changed(object, path, value, options), item.object) as Unstructured,
    );
  });
}

function changed(object: unknown, path: string, value: unknown, options: FieldOptions): unknown {
  const creates = options.create === true;
  const result = changeAt(
    object,
    splitPath(path),
    (before) => combined(before, value, options),
    creates ? { blank: Array.isArray(value) ? [] : isObject(value) ? {} : '' } : undefined,
  );
  if (result !== undefined) return result.value;
  throw new CommandError(`unable to find${creates ? ' or create' : ''} field ${path} in replacement target`);
}

function combined(before: unknown, value: unknown, { delimiter = '', index = 0 }: FieldOptions): unknown {
  if (delimiter === '') return typeof before === 'object' && before !== null ? value : asTypeOf(before, value);
  requireScalar(before);
  const parts = String(before ?? '').split(delimiter);
  if (index < 0) parts.unshift(String(value));
  else if (index >= parts.length) parts.push(String(value));
  else parts[index] = String(value);
  return asTypeOf(before, parts.join(delimiter));
}

/** A field keeps its type where the text allows it: a number that is copied into a text becomes one. */
function asTypeOf(before: unknown, value: unknown): unknown {
  if (typeof value === 'object') return value;
  if (typeof before === 'string') return String(value);
  if (typeof before === 'number' && Number.isFinite(Number(value))) return Number(value);
  if (typeof before === 'boolean' && /^(true|false)$/.test(String(value))) return String(value) === 'true';
  return value;
}

/** By what a resource is called now, or was called before. */
function isSelected({ object, formerNames }: Item, { group, version, kind, name, namespace }: Target): boolean {
  return (
    (!group || group === groupOf(object)) &&
    (!version || version === versionOf(object)) &&
    (!kind || kind === object.kind) &&
    (!name || name === object.metadata.name || formerNames.includes(name)) &&
    (!namespace || namespace === (object.metadata.namespace ?? 'default'))
  );
}

function matchesSelectors({ object }: Item, { labelSelector = '', annotationSelector = '' }: Target): boolean {
  return (
    parseLabelSelector(labelSelector).matches(object.metadata.labels ?? {}) &&
    parseLabelSelector(annotationSelector).matches(object.metadata.annotations ?? {})
  );
}

function isChosen(item: Item, target: Target): boolean {
  return isSelected(item, target) && matchesSelectors(item, target);
}

/** By its identity, or by its labels and annotations: either rejects it. */
function isRejected(item: Item, target: Target): boolean {
  const { group, version, kind, name, namespace, labelSelector, annotationSelector } = target;
  const hasIdentity = [group, version, kind, name, namespace].some(Boolean);
  const hasSelectors = Boolean(labelSelector || annotationSelector);
  return (hasIdentity && isSelected(item, target)) || (hasSelectors && matchesSelectors(item, target));
}

/** `ConfigMap.[noVer].[noGrp]/settings.[noNs]` */
function selectorText({ group, version, kind, name, namespace }: Target): string {
  const type = `${kind || '[noKind]'}.${version || '[noVer]'}.${group || '[noGrp]'}`;
  return `${type}/${name || '[noName]'}.${namespace || '[noNs]'}`;
}

function optionsText({ delimiter = '', index, create }: FieldOptions = {}): string {
  const said = [
    ...(delimiter === '' && !index ? [] : [`delimiter=${delimiter}(${index ?? 0})`]),
    ...(create === true ? ['create=true'] : []),
  ];
  return said.join('');
}
