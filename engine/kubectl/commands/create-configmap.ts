import { checkConfigMapKey } from '../../api/names.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { GENERATOR_FLAGS, generate, oneName } from '../generator.ts';
import type { Unstructured } from '../unstructured.ts';

export const createConfigMap: Command = {
  name: 'configmap',
  aliases: ['cm'],
  summary: 'Create a config map from a local file, directory or literal value',
  usage: 'create configmap NAME [--from-file=[key=]source] [--from-literal=key1=value1]',
  examples: ['kubectl create configmap web --from-literal=color=blue --from-file=index.html'],
  operand: 'none',
  flags: [
    ...GENERATOR_FLAGS,
    { name: 'from-literal', type: 'stringArray', help: 'A key and its value: key=value' },
    { name: 'from-file', type: 'stringSlice', help: 'A file, [key=]path, or a directory of files' },
    { name: 'from-env-file', type: 'stringSlice', help: 'A file of key=value lines' },
  ],
  *run(invocation) {
    const { flags, process } = invocation;
    const name = oneName(invocation);
    const data = new Map<string, string>();
    for (const source of flags.list('from-file'))
      for (const [key, text] of fromFile(process, source)) add(name, data, key, text);
    for (const literal of flags.list('from-literal')) {
      const equals = literal.indexOf('=');
      if (equals < 1) throw new CommandError(`invalid literal source ${literal}, expected key=value`);
      add(name, data, literal.slice(0, equals), literal.slice(equals + 1));
    }
    for (const path of flags.list('from-env-file'))
      for (const [key, text] of envLines(process, path)) add(name, data, key, text);
    const configMap = {
      apiVersion: 'v1',
      ...(data.size === 0 ? {} : { data: Object.fromEntries(data) }),
      kind: 'ConfigMap',
      metadata: { name },
    };
    return yield* generate(invocation, configMap as unknown as Unstructured);
  },
};

function add(name: string, data: Map<string, string>, key: string, text: string): void {
  const [problem] = checkConfigMapKey(key);
  if (problem !== undefined)
    throw new CommandError(`${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${problem}`);
  if (data.has(key)) {
    throw new CommandError(
      `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`,
    );
  }
  data.set(key, text);
}

function fromFile(process: Process, source: string): readonly (readonly [string, string])[] {
  const equals = source.indexOf('=');
  const path = source.slice(equals + 1);
  if (equals === 0) throw new CommandError(`key name for file path ${path} missing`);
  if (path === '') throw new CommandError(`file path for key name ${source.slice(0, equals)} missing`);
  if (!process.access(path, 'exists')) {
    throw new CommandError(`error reading ${path}: no such file or directory`);
  }
  if (process.stat(path).type !== 'directory') {
    const key = equals < 0 ? path.slice(path.lastIndexOf('/') + 1) : source.slice(0, equals);
    return [[key, decode(process.readFile(path))]];
  }
  if (equals >= 0) throw new CommandError('cannot give a key name for a directory path');
  return process
    .readdir(path)
    .filter(({ type, name }) => type === 'file' && checkConfigMapKey(name).length === 0)
    .map(({ name }) => [name, decode(process.readFile(`${path}/${name}`))] as const);
}

function envLines(process: Process, path: string): readonly (readonly [string, string])[] {
  if (!process.access(path, 'exists')) throw new CommandError(`error reading ${path}: no such file or directory`);
  return decode(process.readFile(path))
    .split('\n')
    .map((line) => line.trimStart())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const equals = line.indexOf('=');
      // A name alone takes its value from the environment.
      return equals < 0 ? [line, process.env[line] ?? ''] : [line.slice(0, equals), line.slice(equals + 1)];
    });
}
