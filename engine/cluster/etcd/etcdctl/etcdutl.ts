import { FlagError, type FlagSpecs, type Flags, parseFlags } from '../../../linux/programs/go/flags.ts';
import { print, printError } from '../../../linux/stdio.ts';
import type { Process, Program } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';
import { VERSIONS } from '../../versions.ts';
import { fields, humanBytes, json, table } from './output.ts';
import { RESTORE_FLAGS, restoreSnapshot } from './restore.ts';
import { EtcdctlError } from './session.ts';
import { snapshotStatus } from './snapshot.ts';

const STORAGE_VERSION = '3.6.0';

const GLOBAL: FlagSpecs = {
  'write-out': { type: 'string', default: 'simple', short: 'w', usage: 'fields, json, simple, table' },
};

interface Command {
  readonly usage: string;
  readonly about: string;
  readonly flags: FlagSpecs;
  readonly run: (process: Process, flags: Flags, args: readonly string[]) => Task<void>;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  'snapshot restore': {
    usage: 'restore <filename> --data-dir {output dir} [options]',
    about: 'Restores an etcd member snapshot to an etcd directory',
    flags: RESTORE_FLAGS,
    run: restoreSnapshot,
  },
  'snapshot status': {
    usage: 'status <filename>',
    about: 'Gets backend snapshot status of a given file',
    flags: {},
    run: showStatus,
  },
  version: { usage: 'version', about: 'Prints the version of etcdutl', flags: {}, run: showVersion },
};

/**
 * `etcdutl`: works on etcd's files, with no etcd running on them.
 * https://github.com/etcd-io/etcd/blob/release-3.6/etcdutl/README.md
 */
export const etcdutl: Program = function* (process) {
  const words = process.argv.slice(1);
  const places = placesOfWords(words);
  const name = Object.keys(COMMANDS).find((each) => {
    const length = each.split(' ').length;
    const first = places.slice(0, length).map((place) => words[place]);
    return first.join(' ') === each;
  });
  if (name === undefined) return yield* withoutCommand(process, words[places[0] ?? 0]);
  const command = COMMANDS[name]!;
  const own = places.slice(0, name.split(' ').length);
  const rest = words.filter((_, index) => !own.includes(index));
  if (rest.some((word) => word === '-h' || word === '--help')) {
    yield* print(process, helpFor(name, command));
    return 0;
  }
  try {
    const flags = parseFlags(rest, { ...GLOBAL, ...command.flags });
    yield* command.run(process, flags, flags.args);
    return 0;
  } catch (error) {
    if (!(error instanceof EtcdctlError || error instanceof FlagError)) throw error;
    yield* printError(process, `Error: ${error.message}\n`);
    return error instanceof EtcdctlError ? error.exitCode : 1;
  }
};

/** Where the words are that are no flags; flags may come before the command: `etcdutl --data-dir d snapshot restore f`. */
function placesOfWords(words: readonly string[]): readonly number[] {
  const places: number[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (!word.startsWith('-')) places.push(index);
    else if (!word.includes('=') && takesValue(word.replace(/^-+/, ''))) index += 1;
  }
  return places;
}

function takesValue(flag: string): boolean {
  const spec = RESTORE_FLAGS[flag] ?? GLOBAL[flag === 'w' ? 'write-out' : flag];
  return spec !== undefined && spec.type !== 'bool';
}

function* withoutCommand(process: Process, first = 'help'): Task<number> {
  if (first === 'snapshot' || ['help', '-h', '--help'].includes(first)) {
    const about =
      first === 'snapshot' ? 'Manages etcd node snapshots' : 'An administrative command line tool for etcd3.';
    const names = Object.keys(COMMANDS).filter((name) => first !== 'snapshot' || name.startsWith('snapshot '));
    const lines = names.map((name) => `\t${name}\t${COMMANDS[name]!.about}\n`);
    yield* print(process, `${about}\n\nCommands:\n${lines.join('')}`);
    return 0;
  }
  const text = `unknown command ${JSON.stringify(first)} for "etcdutl"`;
  yield* printError(process, `Error: ${text}\nRun 'etcdutl --help' for usage.\n`);
  return 1;
}

function helpFor(name: string, { usage, about, flags }: Command): string {
  const own = Object.entries({ ...flags, ...GLOBAL }).map(([flag, { type, default: value, usage: text }]) => {
    const shown = type === 'string' ? JSON.stringify(value) : String(value);
    return `  --${flag}=${shown}\t${text}\n`;
  });
  const [group] = name.includes(' ') ? name.split(' ') : [''];
  return `NAME:\n\t${name} - ${about}\n\nUSAGE:\n\tetcdutl ${group === '' ? usage : `${group} ${usage}`}\n\nOPTIONS:\n${own.join('')}`;
}

function* showVersion(process: Process): Task<void> {
  yield* print(process, `etcdutl version: ${VERSIONS.etcd.replace(/-.*/, '')}\nAPI version: 3.6\n`);
}

function* showStatus(process: Process, flags: Flags, [path, ...more]: readonly string[]): Task<void> {
  if (path === undefined || more.length > 0) {
    throw new EtcdctlError('snapshot status requires exactly one argument', 128);
  }
  const { hash, revision, totalKeys, totalBytes } = snapshotStatus(process, path);
  const row = [hash, String(revision), String(totalKeys), humanBytes(totalBytes), STORAGE_VERSION];
  const number = Number.parseInt(hash, 16);
  const format = flags.string('write-out');
  if (format === 'table') {
    yield* print(process, table(['HASH', 'REVISION', 'TOTAL KEYS', 'TOTAL SIZE', 'VERSION'], [row]));
  } else if (format === 'json') {
    const status = { hash: number, revision, totalKey: totalKeys, totalSize: totalBytes, version: STORAGE_VERSION };
    yield* print(process, json(status));
  } else if (format === 'fields') {
    const status = { Hash: number, Revision: revision, Keys: totalKeys, Size: totalBytes, Version: STORAGE_VERSION };
    yield* print(process, fields(status));
  } else yield* print(process, `${row.join(', ')}\n`);
}
