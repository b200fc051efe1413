import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { CommandError } from '../command-error.ts';
import { contentHash } from '../name-hash.ts';
import { isObject, type Unstructured } from '../unstructured.ts';
import { ManifestError, readManifest, splitDocuments } from '../yaml/yaml-reader.ts';
import { generateInto } from './generators.ts';
import { type Item, idText, itemOf, renamed } from './item.ts';
import { type Kustomization, readKustomization } from './kustomization.ts';
import { applyPatches } from './patches.ts';
import { withReferences } from './references.ts';
import { applyReplacements } from './replacements.ts';
import { inLegacyOrder } from './resource-order.ts';
import { transform } from './transformers.ts';

/**
 * Builds a directory as `kubectl kustomize` does: resources and bases, components, generators, transformers; then hashes
 * behind the names of what was generated, and references follow the names.
 * After sigs.k8s.io/kustomize api/krusty/kustomizer.go and api/internal/target/kusttarget.go.
 *
 * @param warn is told of deprecated fields
 * @throws CommandError
 */
export function buildKustomization(
  process: Process,
  path: string,
  warn: (line: string) => void,
): readonly Unstructured[] {
  const builder = new Builder(process, warn);
  const items = builder.build(absolute(process, path), [], []);
  const hashed = items.map((item) => (item.hashed ? renamed(item, withHash(item.object)) : item));
  const objects = withReferences(hashed).map(({ object }) => object);
  return builder.isFirstInFirstOut ? objects : inLegacyOrder(objects);
}

function withHash(object: Unstructured): Unstructured {
  const name = `${object.metadata.name}-${contentHash(object, '')}`;
  return { ...object, metadata: { ...object.metadata, name } };
}

function absolute(process: Process, path: string, base: string = process.cwd): string {
  const steps: string[] = [];
  for (const step of (path.startsWith('/') ? path : `${base}/${path}`).split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '' && step !== '.') steps.push(step);
  }
  return `/${steps.join('/')}`;
}

class Builder {
  /** Whether the outermost kustomization wants resources in the order in which they came. */
  isFirstInFirstOut = false;
  readonly #process: Process;
  readonly #warn: (line: string) => void;

  constructor(process: Process, warn: (line: string) => void) {
    this.#process = process;
    this.#warn = warn;
  }

  /** @param given what a component is laid over; nothing for a kustomization of its own */
  build(directory: string, given: readonly Item[], visited: readonly string[]): readonly Item[] {
    if (visited.includes(directory)) {
      throw new CommandError(`cycle detected: candidate root '${directory}' contains visited root '${directory}'`);
    }
    const roots = [...visited, directory];
    const kustomization = readKustomization(this.#process, directory, this.#warn);
    if (visited.length === 0) this.isFirstInFirstOut = kustomization.sortOptions?.order === 'fifo';
    let items = given;
    for (const entry of [...(kustomization.resources ?? []), ...(kustomization.bases ?? [])]) {
      items = this.#accumulate(items, directory, entry, roots);
    }
    for (const entry of kustomization.components ?? []) {
      items = this.build(absolute(this.#process, entry, directory), items, roots);
    }
    items = generateInto(this.#process, directory, kustomization, items);
    return withReferences(this.#transform(directory, kustomization, items));
  }

  #transform(directory: string, kustomization: Kustomization, items: readonly Item[]): readonly Item[] {
    const read = (path: string) => this.#read(absolute(this.#process, path, directory), path);
    const { patchesStrategicMerge = [], patches = [], patchesJson6902 = [] } = kustomization;
    const merged = applyPatches(items, patchesStrategicMerge.map(inlineOrPath), read);
    const patched = applyPatches(merged, patches, read);
    const transformed = transform(kustomization, patched, (current) => applyPatches(current, patchesJson6902, read));
    return applyReplacements(transformed, kustomization.replacements ?? [], read);
  }

  #read(path: string, asked: string): string {
    try {
      return decode(this.#process.readFile(path));
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      throw new CommandError(
        `unable to get the patch content from path ${JSON.stringify(asked)}: evalsymlink failure on '${path}' : lstat ${path}: ${error.message.toLowerCase()}`,
      );
    }
  }

  #accumulate(items: readonly Item[], directory: string, entry: string, visited: readonly string[]): readonly Item[] {
    const path = absolute(this.#process, entry, directory);
    const failed = (file: string, rest: string) =>
      new CommandError(
        `accumulating resources: accumulation err='accumulating resources from '${entry}': ${file}': ${rest}`,
      );
    if (!this.#process.access(path, 'exists')) {
      const missing = `evalsymlink failure on '${path}' : lstat ${path}: no such file or directory`;
      throw failed(missing, `must build at directory: not a valid directory: ${missing}`);
    }
    const isDirectory = this.#process.stat(path).type === 'directory';
    let own: readonly Item[];
    try {
      own = isDirectory ? this.build(path, [], visited) : this.#readResources(path, entry);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      throw isDirectory
        ? failed(`'${path}' must resolve to a file`, `recursed accumulation of path '${path}': ${error.message}`)
        : failed(error.message, `must build at directory: not a valid directory: '${path}' is not a directory`);
    }
    for (const { object } of own) {
      const id = idText(object);
      if (!items.some((item) => idText(item.object) === id)) continue;
      const twice = `may not add resource with an already registered id: ${id}`;
      throw isDirectory
        ? failed(`'${path}' must resolve to a file`, `recursed merging from path '${path}': ${twice}`)
        : failed(
            `merging resources from '${entry}': ${twice}`,
            `must build at directory: '${path}': file is not directory`,
          );
    }
    return [...items, ...own];
  }

  #readResources(path: string, entry: string): readonly Item[] {
    const items: Item[] = [];
    for (const { text } of splitDocuments(decode(this.#process.readFile(path)))) {
      let value: unknown;
      try {
        value = readManifest(text);
      } catch (error) {
        if (!(error instanceof ManifestError)) throw error;
        const reason = error.message.replace('error converting YAML to JSON: ', '');
        throw new CommandError(`MalformedYAMLError: ${reason} in File: ${entry}`);
      }
      if (value !== null) items.push(...objectsIn(value).map((object) => itemOf(object)));
    }
    return items;
  }
}

function objectsIn(value: unknown): readonly Unstructured[] {
  if (
    isObject(value) &&
    typeof value['kind'] === 'string' &&
    value['kind'].endsWith('List') &&
    Array.isArray(value['items'])
  ) {
    return value['items'].flatMap(objectsIn);
  }
  const missing = !isObject(value) || typeof value['kind'] !== 'string' ? 'kind' : 'metadata.name';
  if (!isObject(value) || typeof value['kind'] !== 'string' || !hasName(value['metadata'])) {
    throw new CommandError(`missing ${missing} in object ${JSON.stringify(value)}`);
  }
  return [value as Unstructured];
}

function hasName(metadata: unknown): boolean {
  return isObject(metadata) && (typeof metadata['name'] === 'string' || typeof metadata['generateName'] === 'string');
}

/** An entry of patchesStrategicMerge is a path, or the patch itself. */
function inlineOrPath(entry: string) {
  return entry.includes('\n') ? { patch: entry } : { path: entry };
}
