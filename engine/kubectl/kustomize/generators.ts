import type { Process } from '../../linux/syscalls.ts';
import { CommandError } from '../command-error.ts';
import { collectKeys, configMapData, KEYED_SECRET, keyedConfigMap, secretData } from '../key-sources.ts';
import { isObject, type Unstructured } from '../unstructured.ts';
import { answersTo, type Item, itemOf } from './item.ts';
import type { Generator, GeneratorOptions, Kustomization } from './kustomization.ts';

/** The resources with those that configMapGenerator and secretGenerator make, or change. @throws CommandError */
export function generateInto(
  process: Process,
  directory: string,
  kustomization: Kustomization,
  items: readonly Item[],
): readonly Item[] {
  const { configMapGenerator = [], secretGenerator = [], generatorOptions = {} } = kustomization;
  let result = items;
  for (const [kind, generators] of [
    ['ConfigMap', configMapGenerator],
    ['Secret', secretGenerator],
  ] as const) {
    for (const generator of generators) {
      const options = mergeOptions(generatorOptions, generator.options ?? {});
      result = absorb(result, generator, generated(process, directory, kind, generator, options));
    }
  }
  return result;
}

function mergeOptions(common: GeneratorOptions, own: GeneratorOptions): GeneratorOptions {
  return {
    ...common,
    ...own,
    labels: { ...common.labels, ...own.labels },
    annotations: { ...common.annotations, ...own.annotations },
  };
}

function generated(
  process: Process,
  directory: string,
  kind: 'ConfigMap' | 'Secret',
  generator: Generator,
  { labels = {}, annotations = {}, disableNameSuffixHash = false, immutable }: GeneratorOptions,
): Item {
  const { name, namespace, type = 'Opaque' } = generator;
  if (typeof name !== 'string' || name === '') throw new CommandError(`missing name for ${kind} generator`);
  const content = kind === 'ConfigMap' ? keyedConfigMap(name) : KEYED_SECRET;
  const envs = [...(generator.envs ?? []), ...(generator.env === undefined ? [] : [generator.env])];
  const values = collectKeys(
    process,
    {
      files: (generator.files ?? []).map((file) => below(directory, file)),
      literals: (generator.literals ?? []).map(unquoted),
      envFiles: envs.map((path) => `${directory}/${path}`),
    },
    content,
  );
  const object = {
    apiVersion: 'v1',
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(Object.keys(labels).length === 0 ? {} : { labels }),
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
    },
    ...(kind === 'ConfigMap' ? configMapData(values) : { type, data: secretData(values) }),
    ...(immutable === true ? { immutable } : {}),
  };
  return itemOf(object as unknown as Unstructured, !disableNameSuffixHash);
}

/** `key=file` and `file` of a directory; without a key the file's own name is one. */
function below(directory: string, file: string): string {
  const equals = file.indexOf('=');
  const key = equals < 0 ? file.slice(file.lastIndexOf('/') + 1) : file.slice(0, equals);
  return `${key}=${directory}/${file.slice(equals + 1)}`;
}

/** Quotes around the value of a literal are not part of it. */
function unquoted(literal: string): string {
  const [, key = '', value = literal] = /^([^=]*=)(.*)$/s.exec(literal) ?? [];
  return `${key}${value.replace(/^(['"])(.*)\1$/s, '$2')}`;
}

function absorb(items: readonly Item[], { name, behavior = 'create' }: Generator, made: Item): readonly Item[] {
  const index = items.findIndex((item) => item.object.kind === made.object.kind && answersTo(item, name));
  const found = items[index];
  if (behavior === 'create' || behavior === '') {
    if (found === undefined) return [...items, made];
    throw new CommandError(
      `may not add resource with an already registered id: ${made.object.kind}.v1.[noGrp]/${name}.[noNs]`,
    );
  }
  if (found === undefined) {
    throw new CommandError(`id ${made.object.kind}.v1.[noGrp]/${name}.[noNs] does not exist; cannot merge or replace`);
  }
  const object =
    behavior === 'merge' ? merged(found.object, made.object) : { ...made.object, metadata: found.object.metadata };
  return items.with(index, { ...found, object: object as Unstructured });
}

function merged(base: Unstructured, made: Unstructured): Readonly<Record<string, unknown>> {
  const union = (field: string) => {
    const [one, other] = [base[field], made[field]];
    return isObject(one) || isObject(other) ? { [field]: { ...(one as object), ...(other as object) } } : {};
  };
  const labels = { ...base.metadata.labels, ...made.metadata.labels };
  const annotations = { ...base.metadata.annotations, ...made.metadata.annotations };
  const metadata = {
    ...base.metadata,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
  return { ...base, metadata, ...union('data'), ...union('binaryData') };
}
