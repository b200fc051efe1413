import { Errno } from '../linux/errno.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { CommandError } from './command-error.ts';
import type { Flags } from './flag.ts';
import { buildKustomization } from './kustomize/build.ts';
import { writeJson } from './output/json-writer.ts';
import type { Streams } from './streams.ts';
import { MAX_INPUT_BYTES } from './streams.ts';
import { isObject, type Unstructured } from './unstructured.ts';
import { readWhole } from './whole-file.ts';
import { ManifestError, readManifest, splitDocuments } from './yaml/yaml-reader.ts';

/** One object of a manifest, and the file it stands in. */
export interface ManifestObject {
  readonly object: Unstructured;
  /** As kubectl names it in messages: the path, or `STDIN`. */
  readonly source: string;
}

/** What is read before an error comes up can still be applied; that is what the real kubectl does. */
export interface Manifests {
  readonly objects: readonly ManifestObject[];
  readonly errors: readonly Error[];
}

const EXTENSIONS = ['.json', '.yaml', '.yml'];

interface SourceText {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads what `-f` names: files, directories (with `-R` those below as well) and standard input, with several documents
 * each; Lists are taken apart.
 *
 * @param validate whether kind and apiVersion are checked as `--validate` does
 * @throws CommandError for a path that does not exist
 */
export function* readManifests(process: Process, streams: Streams, flags: Flags, validate = false): Task<Manifests> {
  const directory = flags.has('kustomize') ? flags.string('kustomize') : '';
  if (directory !== '') return kustomized(process, streams, flags, directory);
  const sources: SourceText[] = [];
  for (const path of flags.list('filename')) {
    if (path === '-') sources.push({ name: 'STDIN', text: yield* streams.readInput() });
    else sources.push(...(yield* sourcesAt(process, streams, path, flags.has('recursive') && flags.bool('recursive'))));
  }
  const objects: ManifestObject[] = [];
  const errors: Error[] = [];
  for (const source of sources) {
    try {
      for (const value of valuesOf(source.text)) {
        if (value !== null) objects.push(...objectsOf(value, source.name, validate, errors));
      }
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      const reason = endsEarly(source.text) ? 'unexpected EOF' : error.message;
      errors.push(new CommandError(`error parsing ${source.name}: ${reason}`));
    }
  }
  return { objects, errors };
}

/** JSON values may follow one another without anything between them; YAML documents are separated. */
function* valuesOf(text: string): Generator<unknown> {
  const values = jsonValues(text);
  if (values !== undefined) {
    yield* values;
    return;
  }
  for (const document of splitDocuments(text)) yield readManifest(document.text);
}

/**
 * The objects of a text of several JSON objects; what stands behind them counts as one more value. A separator of YAML
 * documents behind the first one makes it YAML.
 */
function jsonValues(text: string): readonly unknown[] | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const values: unknown[] = [];
  for (let rest = text.trim(); rest !== ''; ) {
    if (values.length === 1 && rest.startsWith('---')) return undefined;
    const end = rest.startsWith('{') ? objectEnd(rest) : 0;
    if (end === 0) return values.length === 0 ? undefined : [...values, rest];
    try {
      values.push(JSON.parse(rest.slice(0, end)));
    } catch {
      return undefined;
    }
    rest = rest.slice(end).trim();
  }
  return values.length > 1 ? values : undefined;
}

/** Where the object that a text begins with ends; 0 when it does not. */
function objectEnd(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === '{') depth += 1;
    else if (token === '}' && --depth === 0) return index + 1;
  }
  return 0;
}

/** Whether a text that begins as JSON stops in the middle: then it is read as JSON, and YAML has no say. */
function endsEarly(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return (
      /end of JSON input|Unterminated|Expected .* after .* at position (\d+)/.test(String(error)) &&
      !/\}\s*$/.test(text)
    );
  }
}

function kustomized(process: Process, streams: Streams, flags: Flags, directory: string): Manifests {
  if (flags.list('filename').length > 0) throw new CommandError('only one of -f or -k can be specified');
  const objects = buildKustomization(process, directory, (line) => streams.err(line));
  return { objects: objects.map((object) => ({ object, source: directory })), errors: [] };
}

/** Whether a command was given manifests, by `-f` or `-k`. */
export function givesFiles(flags: Flags): boolean {
  if (!flags.has('filename')) return false;
  return (
    flags.list('filename').some((path) => path !== '') || (flags.has('kustomize') && flags.string('kustomize') !== '')
  );
}

/** Whether the command works on manifests alone (`--local`). */
export function isLocal({ flags }: { readonly flags: Flags }): boolean {
  return flags.has('local') && flags.bool('local');
}

function* sourcesAt(process: Process, streams: Streams, path: string, recursive: boolean): Task<readonly SourceText[]> {
  if (!/^https?:\/\//.test(path)) return yield* filesAt(process, path, recursive);
  const text = streams.readUrl(path);
  if (text !== undefined) return [{ name: path, text }];
  const host = path.split('/')[2] ?? '';
  // The last sentence is our own: whoever follows the documentation meets this first.
  throw new CommandError(
    `unable to read URL ${JSON.stringify(path)}, dial tcp: lookup ${host}: no such host ` +
      '(there is no internet here: save the manifest as a file and apply that)',
  );
}

function* filesAt(process: Process, path: string, recursive: boolean): Task<readonly SourceText[]> {
  if (!process.access(path, 'exists')) throw new CommandError(`the path ${JSON.stringify(path)} does not exist`);
  try {
    if (process.stat(path).type !== 'directory') return [{ name: path, text: yield* readText(process, path) }];
    const files: SourceText[] = [];
    for (const name of manifestPaths(process, path, recursive))
      files.push({ name, text: yield* readText(process, name) });
    if (files.length > 0) return files;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
  }
  throw new CommandError(`error reading [${path}]: recognized file extensions are [${EXTENSIONS.join(' ')}]`);
}

function manifestPaths(process: Process, directory: string, recursive: boolean): readonly string[] {
  // `./a//b/` is shown as `a/b`, as Go's file walk cleans it.
  const base = directory
    .replace(/\/+/g, '/')
    .replace(/^(\.\/)+/, '')
    .replace(/\/$/, '');
  return process.readdir(directory).flatMap((entry) => {
    const path = base === '' || base === '.' ? entry.name : `${base}/${entry.name}`;
    if (entry.type === 'directory') return recursive ? manifestPaths(process, path, true) : [];
    return EXTENSIONS.some((extension) => entry.name.endsWith(extension)) ? [path] : [];
  });
}

/** The text of a file. @throws CommandError when it cannot be read */
export function readWholeFile(process: Process, path: string): string {
  try {
    return textOf(process.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

/** The same of a file or a pipe. @throws CommandError when it cannot be read */
export function* readWholeText(process: Process, path: string): Task<string> {
  try {
    return yield* readText(process, path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new CommandError(`open ${path}: ${error.message.toLowerCase()}`);
  }
}

function* readText(process: Process, path: string): Task<string> {
  if (process.stat(path).size > MAX_INPUT_BYTES) throw new Errno('EFBIG');
  return textOf(yield* readWhole(process, path));
}

function textOf(bytes: Uint8Array): string {
  const [encoding] = Object.entries(BYTE_ORDER_MARKS).find(([, mark]) =>
    mark.every((byte, at) => bytes[at] === byte),
  ) ?? [undefined];
  return encoding === undefined ? decode(bytes) : new TextDecoder(encoding).decode(bytes);
}

/** Editors of Windows write UTF-16; YAML takes it when its mark comes first. */
const BYTE_ORDER_MARKS: Readonly<Record<string, readonly number[]>> = {
  'utf-16le': [0xff, 0xfe],
  'utf-16be': [0xfe, 0xff],
};

function objectsOf(value: unknown, source: string, validate: boolean, errors: Error[]): readonly ManifestObject[] {
  if (!isObject(value)) {
    const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
    if (validate) errors.push(invalidData(source, 'invalid object to validate'));
    else errors.push(undecodable(source, `json: cannot unmarshal ${type} into Go value of type unstructured.detector`));
    return [];
  }
  if (
    isObject(value) &&
    typeof value['kind'] === 'string' &&
    value['kind'].endsWith('List') &&
    Array.isArray(value['items'])
  ) {
    // Items of a list of one kind need not say what they are.
    const kind = value['kind'].slice(0, -'List'.length);
    const typed = (item: unknown) =>
      isObject(item) && kind !== '' && item['kind'] === undefined
        ? { apiVersion: value['apiVersion'], kind, ...item }
        : item;
    return value['items'].flatMap((item) => objectsOf(typed(item), source, validate, errors));
  }
  const problem = problemWith(value, source, validate);
  if (problem === undefined) return [{ object: value as Unstructured, source }];
  errors.push(problem);
  return [];
}

function problemWith(value: Readonly<Record<string, unknown>>, source: string, validate: boolean): Error | undefined {
  const missing = ['apiVersion', 'kind'].filter((key) => typeof value[key] !== 'string' || value[key] === '');
  if (validate && missing.length > 0) {
    const list = missing.map((key) =>
      value[key] === undefined || value[key] === null || value[key] === ''
        ? `${key} not set`
        : `${key} isn't string type`,
    );
    return invalidData(source, list.length === 1 ? list[0]! : `[${list.join(', ')}]`);
  }
  if (missing.includes('kind')) return undecodable(source, `Object 'Kind' is missing in '${writeJson(value)}'`);
  if (missing.includes('apiVersion')) {
    return undecodable(source, `Object 'apiVersion' is missing in '${writeJson(value)}'`);
  }
  const wrong = wrongMetadata(value['metadata']);
  return wrong === undefined ? undefined : undecodable(source, wrong);
}

/** Metadata is the one part of an object that kubectl itself decodes: a bare `yes` or `1` as a label fails here. */
function wrongMetadata(metadata: unknown): string | undefined {
  if (metadata !== undefined && metadata !== null && !isObject(metadata)) {
    const type = Array.isArray(metadata) ? 'array' : typeof metadata === 'boolean' ? 'bool' : typeof metadata;
    return `json: cannot unmarshal ${type} into Go struct field metadataOnlyObject.metadata of type v1.ObjectMeta`;
  }
  if (!isObject(metadata)) return undefined;
  for (const field of ['name', 'namespace', 'generateName']) {
    const wrong = wrongType(metadata[field], field);
    if (wrong !== undefined) return wrong;
  }
  for (const field of ['labels', 'annotations']) {
    const map = metadata[field];
    if (!isObject(map)) continue;
    for (const item of Object.values(map)) {
      const wrong = wrongType(item, field);
      if (wrong !== undefined) return wrong;
    }
  }
  return undefined;
}

function wrongType(value: unknown, field: string): string | undefined {
  if (value === undefined || value === null || typeof value === 'string') return undefined;
  const type = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return `json: cannot unmarshal ${type} into Go struct field ObjectMeta.metadata.${field} of type string`;
}

function invalidData(source: string, problem: string): CommandError {
  return new CommandError(
    `error validating ${JSON.stringify(source)}: error validating data: ${problem}; ` +
      'if you choose to ignore these errors, turn validation off with --validate=false',
  );
}

function undecodable(source: string, reason: string): CommandError {
  return new CommandError(`unable to decode ${JSON.stringify(source)}: ${reason}`);
}
