import type { Etcd, KeyEvent } from '../../../etcd/index.ts';
import { formatGoDuration } from '../../../linux/programs/go/duration.ts';
import { FlagError, type Flags } from '../../../linux/programs/go/flags.ts';
import { print, printError } from '../../../linux/stdio.ts';
import type { Program } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';
import { ENDPOINT_COMMANDS, ETCD_VERSION, SilentFailure, STORAGE_VERSION } from './endpoint-commands.ts';
import { readFlags, takesValue } from './flags.ts';
import { deleteKeys, getKeys, putKey } from './keys.ts';
import { MEMBER_COMMANDS } from './member-commands.ts';
import { header, json, keyValueJson, valueText } from './output.ts';
import {
  type Command,
  connect,
  type DialEtcd,
  EtcdctlError,
  endpointsOf,
  guarded,
  type Invocation,
} from './session.ts';
import { saveSnapshot } from './snapshot.ts';

const WATCH_LOOK_MS = 50;

/** Since 3.6 `etcdctl` restores nothing and tells nothing of a snapshot: `etcdutl` does. */
const SNAPSHOT_HELP = `NAME:
\tsnapshot - Manages etcd node snapshots

USAGE:
\tetcdctl snapshot <subcommand> [flags]

API VERSION:
\t3.6


COMMANDS:
\tsave\tStores an etcd node backend snapshot to a given file
`;

const COMMANDS: Readonly<Record<string, Command>> = {
  get: (asked) => withStore(asked, getKeys, asked.flags.string('consistency') === 's'),
  put: (asked) => withStore(asked, putKey),
  del: (asked) => withStore(asked, deleteKeys),
  watch,
  version: ({ process }) => print(process, `etcdctl version: ${ETCD_VERSION}\nAPI version: 3.6\n`),
  ...MEMBER_COMMANDS,
  ...ENDPOINT_COMMANDS,
  'snapshot save': snapshotSave,
  snapshot: ({ process }) => print(process, SNAPSHOT_HELP),
  compaction,
  defrag,
  'alarm list': (asked) => withStore(asked, () => ''),
};

/**
 * `etcdctl`: reads and writes what etcd holds, past the API server.
 * https://kubernetes.io/docs/tasks/administer-cluster/configure-upgrade-etcd/
 */
export function createEtcdctl(dial: DialEtcd): Program {
  return function* (process) {
    const { name, rest } = commandOf(process.argv.slice(1));
    const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (command === undefined) {
      if (['', 'help', '-h', '--help'].includes(name)) {
        yield* print(
          process,
          `A simple command line client for etcd3.\n\nCommands: ${Object.keys(COMMANDS).join(', ')}\n`,
        );
        return 0;
      }
      yield* printError(
        process,
        `Error: unknown command ${JSON.stringify(name)} for "etcdctl"\nRun 'etcdctl --help' for usage.\n`,
      );
      return 1;
    }
    try {
      const flags = readFlags(process, name, rest);
      const format = flags.string('write-out');
      if (!['simple', 'fields', 'json', 'table'].includes(format)) {
        throw new EtcdctlError(`unsupported output format ${JSON.stringify(format)}`, 128);
      }
      yield* command({ process, dial, flags, args: flags.args });
      return 0;
    } catch (error) {
      if (error instanceof FlagError) {
        yield* printError(process, `Error: ${error.message}\n${name === 'snapshot' ? SNAPSHOT_HELP : ''}`);
      } else if (error instanceof EtcdctlError) {
        if (!(error instanceof SilentFailure)) yield* printError(process, `Error: ${error.message}\n`);
        return error.exitCode;
      } else throw error;
      return 1;
    }
  };
}

/** `endpoint status` of `--endpoints=x endpoint status -w table`; flags may stand anywhere. */
function commandOf(words: readonly string[]): { readonly name: string; readonly rest: readonly string[] } {
  const places: number[] = [];
  for (let index = 0; index < words.length && places.length < 2; index++) {
    const word = words[index]!;
    if (!word.startsWith('-')) places.push(index);
    else if (!word.includes('=') && takesValue(word)) index += 1;
  }
  const [first, second] = places;
  if (first === undefined) return { name: words[0] ?? '', rest: [] };
  const double = second === undefined ? '' : `${words[first]} ${words[second]}`;
  const isDouble = Object.hasOwn(COMMANDS, double);
  return {
    name: isDouble ? double : words[first]!,
    rest: words.filter((_, index) => index !== first && !(isDouble && index === second)),
  };
}

function* withStore(
  asked: Invocation,
  work: (etcd: Etcd, flags: Flags, args: readonly string[]) => string,
  isSerializable = false,
): Task<void> {
  const { process, flags, args } = asked;
  const etcd = yield* connect(asked, isSerializable);
  yield* print(
    process,
    guarded(() => work(etcd, flags, args)),
  );
}

/** Until it is interrupted. */
function* watch(asked: Invocation): Task<void> {
  const { process, flags, args } = asked;
  const [key, end] = args;
  if (key === undefined) throw new EtcdctlError('watch in interactive mode requires at least one argument', 128);
  const etcd = yield* connect(asked);
  const events: KeyEvent[] = [];
  let cancelled: Error | undefined;
  const concerns = (event: KeyEvent): boolean =>
    flags.bool('prefix') || (end === undefined ? event.key === key : event.key >= key && event.key < end);
  const stop = etcd.watch(end === undefined ? key : '', flags.number('rev') || etcd.revision + 1, {
    event: (event) => {
      if (concerns(event)) events.push(event);
    },
    cancelled: (error) => {
      cancelled = error;
    },
  });
  try {
    for (;;) {
      if (events.length > 0)
        yield* print(
          process,
          events
            .splice(0)
            .map((event) => eventText(etcd, event, flags))
            .join(''),
        );
      if (cancelled !== undefined) throw new EtcdctlError(`watch is canceled by the server: ${cancelled.message}`);
      yield* process.sleep(WATCH_LOOK_MS);
    }
  } finally {
    stop.cancel();
  }
}

function eventText(etcd: Etcd, { type, key, revision, current, previous }: KeyEvent, flags: Flags): string {
  if (flags.string('write-out') === 'json') {
    const kv = current === undefined ? { key: keyOnly(key), mod_revision: revision } : keyValueJson(current);
    const event = { ...(type === 'delete' ? { type: 1 } : {}), kv };
    return json({
      Header: header(etcd, revision),
      Events: [event],
      CompactRevision: 0,
      Canceled: false,
      Created: false,
    });
  }
  const before = flags.bool('prev-kv') && previous !== undefined ? `${key}\n${valueText(previous.value)}\n` : '';
  const now = current === undefined ? '' : valueText(current.value);
  return `${type === 'put' ? 'PUT' : 'DELETE'}\n${before}${key}\n${now}\n`;
}

function keyOnly(key: string): string {
  return keyValueJson({ key, value: '', createRevision: 0, modRevision: 0, version: 0, lease: 0 }).key;
}

/** The store here keeps nothing that could be given back. */
function* defrag(asked: Invocation): Task<void> {
  const { process, flags } = asked;
  const beganMs = process.now();
  yield* connect(asked);
  const took = formatGoDuration(process.now() - beganMs);
  yield* print(process, `Finished defragmenting etcd member[${endpointsOf(flags)[0]}]. took ${took}\n`);
}

function* snapshotSave(asked: Invocation): Task<void> {
  const { process, args } = asked;
  const [path] = args;
  if (path === undefined || args.length > 1) throw new EtcdctlError('snapshot save expects one argument', 128);
  const etcd = yield* connect(asked);
  saveSnapshot(process, etcd, path);
  yield* print(process, `Snapshot saved at ${path}\nServer version ${STORAGE_VERSION}\n`);
}

function* compaction(asked: Invocation): Task<void> {
  const revision = Number(asked.args[0]);
  if (asked.args.length !== 1) throw new EtcdctlError('compaction command needs 1 argument', 128);
  if (!Number.isSafeInteger(revision)) {
    throw new EtcdctlError(`strconv.ParseInt: parsing ${JSON.stringify(asked.args[0])}: invalid syntax`);
  }
  yield* withStore(asked, (etcd) => {
    etcd.compact(revision);
    return `compacted revision ${revision}\n`;
  });
}
