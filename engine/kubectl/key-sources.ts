import { checkConfigMapKey } from '../api/names.ts';
import { decode, encode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { CommandError } from './command-error.ts';
import type { FlagSpec, Flags } from './flag.ts';
import { readPipes } from './whole-file.ts';

/** The flags by which a ConfigMap or a Secret is filled. */
export const KEY_SOURCE_FLAGS: readonly FlagSpec[] = [
  { name: 'from-literal', type: 'stringArray', help: 'A key and its value: key=value' },
  { name: 'from-file', type: 'stringSlice', help: 'A file, [key=]path, or a directory of files' },
  { name: 'from-env-file', type: 'stringSlice', help: 'A file of key=value lines' },
];

/** What the flags name: files, then literals, then the lines of environment files. @throws CommandError */
export function* readKeySources(
  process: Process,
  flags: Flags,
  kind: KeyedKind,
): Task<ReadonlyMap<string, Uint8Array>> {
  const sources = {
    files: flags.list('from-file'),
    literals: flags.list('from-literal'),
    envFiles: flags.list('from-env-file'),
  };
  if (sources.envFiles.length > 0 && sources.files.length + sources.literals.length > 0) {
    throw new CommandError('from-env-file cannot be combined with from-file or from-literal');
  }
  const paths = [...sources.files.map(pathOf), ...sources.envFiles];
  return collectKeys(process, sources, kind, yield* readPipes(process, paths));
}

/** The words of a kind that is filled by keys; the two kinds' differ. */
export interface KeyedKind {
  readonly badKey: (key: string, problem: string) => string;
  readonly twice: (key: string) => string;
}

export function keyedConfigMap(name: string): KeyedKind {
  return {
    badKey: (key, problem) => `${key} is not a valid key name for a ConfigMap: ${problem}`,
    twice: (key) =>
      `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`,
  };
}

export const KEYED_SECRET: KeyedKind = {
  badKey: (key, problem) => `${key} is not valid key name for a Secret ${problem}`,
  twice: (key) => `cannot add key ${key}, another key by that name already exists`,
};

export interface KeySources {
  readonly files: readonly string[];
  readonly literals: readonly string[];
  readonly envFiles: readonly string[];
}

/** @param pipes what has come through those of the paths that are no files */
export function collectKeys(
  process: Process,
  sources: KeySources,
  kind: KeyedKind,
  pipes: Pipes = new Map(),
): ReadonlyMap<string, Uint8Array> {
  const data = new Map<string, Uint8Array>();
  const add = (key: string, value: Uint8Array) => {
    const [problem] = checkConfigMapKey(key);
    if (problem !== undefined) {
      throw new CommandError(kind.badKey(JSON.stringify(key), problem));
    }
    if (data.has(key)) throw new CommandError(kind.twice(key));
    data.set(key, value);
  };
  for (const source of sources.files) for (const [key, bytes] of fromFile(process, source, pipes)) add(key, bytes);
  for (const literal of sources.literals) {
    const equals = literal.indexOf('=');
    if (equals < 1) throw new CommandError(`invalid literal source ${literal}, expected key=value`);
    add(literal.slice(0, equals), encode(literal.slice(equals + 1)));
  }
  for (const path of sources.envFiles) for (const [key, text] of envLines(process, path, pipes)) add(key, encode(text));
  return data;
}

type Pipes = ReadonlyMap<string, Uint8Array>;

/** Of `[key=]path`. */
const pathOf = (source: string) => source.slice(source.indexOf('=') + 1);

function fromFile(process: Process, source: string, pipes: Pipes): readonly (readonly [string, Uint8Array])[] {
  const equals = source.indexOf('=');
  const path = pathOf(source);
  if (path.includes('=') && equals >= 0) throw new CommandError("key names or file paths cannot contain '='");
  if (equals === 0) throw new CommandError(`key name for file path ${path} missing`);
  if (path === '') throw new CommandError(`file path for key name ${source.slice(0, equals)} missing`);
  if (!process.access(path, 'exists')) throw new CommandError(`error reading ${path}: no such file or directory`);
  if (process.stat(path).type !== 'directory') {
    const key = equals < 0 ? path.slice(path.lastIndexOf('/') + 1) : source.slice(0, equals);
    return [[key, pipes.get(path) ?? process.readFile(path)]];
  }
  if (equals >= 0) throw new CommandError('cannot give a key name for a directory path');
  return process
    .readdir(path)
    .filter(({ type, name }) => type === 'file' && checkConfigMapKey(name).length === 0)
    .map(({ name }) => [name, process.readFile(`${path}/${name}`)] as const);
}

function envLines(process: Process, path: string, pipes: Pipes): readonly (readonly [string, string])[] {
  if (!process.access(path, 'exists')) throw new CommandError(`error reading ${path}: no such file or directory`);
  return decode(pipes.get(path) ?? process.readFile(path))
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const equals = line.indexOf('=');
      checkVariable(equals < 0 ? line : line.slice(0, equals));
      // A name alone takes its value from the environment.
      return equals < 0 ? [line, process.env[line] ?? ''] : [line.slice(0, equals), line.slice(equals + 1)];
    });
}

/** What a variable of the environment was called before 1.34 relaxed it. @throws CommandError */
function checkVariable(name: string): void {
  if (/^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)) return;
  throw new CommandError(
    `${JSON.stringify(name)} is not a valid key name: a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', ` +
      "and must not start with a digit (e.g. 'my.env-name',  or 'MY_ENV.NAME',  or 'MyEnvName1', regex used for validation is '[-._a-zA-Z][-._a-zA-Z0-9]*')",
  );
}

/** Bytes in base64, as a Secret's data holds them. */
export function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

/** The `data` and `binaryData` of a ConfigMap: what is no UTF-8 is binary. */
export function configMapData(values: ReadonlyMap<string, Uint8Array>): {
  readonly data?: Readonly<Record<string, string>>;
  readonly binaryData?: Readonly<Record<string, string>>;
} {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const [key, bytes] of values) {
    const text = utf8(bytes);
    if (text === undefined) binaryData[key] = base64(bytes);
    else data[key] = text;
  }
  return {
    ...(Object.keys(data).length === 0 ? {} : { data }),
    ...(Object.keys(binaryData).length === 0 ? {} : { binaryData }),
  };
}

/** The `data` of a Secret. */
export function secretData(values: ReadonlyMap<string, Uint8Array>): Readonly<Record<string, string>> {
  return Object.fromEntries([...values].map(([key, bytes]) => [key, base64(bytes)]));
}

function utf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
