import type { Etcd, KeyEvent } from '../../../etcd/index.ts';
import { formatGoDuration } from '../../../linux/programs/go/duration.ts';
import { FlagError, type Flags } from '../../../linux/programs/go/flags.ts';
import { print, printError } from '../../../linux/stdio.ts';
import type { Process, Program } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';
import { VERSIONS } from '../../versions.ts';
import { readFlags, takesValue } from './flags.ts';
import { deleteKeys, getKeys, putKey } from './keys.ts';
import { fields, header, headerFields, humanBytes, json, keyValueJson, table, valueText } from './output.ts';
import { connect, type DialEtcd, EtcdctlError, endpointsOf, guarded, MEMBER } from './session.ts';
import { saveSnapshot } from './snapshot.ts';

const ETCD_VERSION = VERSIONS.etcd.replace(/-.*/, '');
const STORAGE_VERSION = '3.6.0';
const WATCH_LOOK_MS = 50;

interface Invocation {
  readonly process: Process;
  readonly dial: DialEtcd;
  readonly flags: Flags;
  readonly args: readonly string[];
}

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

type Command = (invocation: Invocation) => Task<void>;

const COMMANDS: Readonly<Record<string, Command>> = {
  get: (asked) => withStore(asked, getKeys),
  put: (asked) => withStore(asked, putKey),
  del: (asked) => withStore(asked, deleteKeys),
  watch,
  version: ({ process }) => print(process, `etcdctl version: ${ETCD_VERSION}\nAPI version: 3.6\n`),
  'member list': memberList,
  'endpoint health': endpointHealth,
  'endpoint status': endpointStatus,
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
        yield* printError(process, `Error: ${error.message}\n`);
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
  { process, dial, flags, args }: Invocation,
  work: (etcd: Etcd, flags: Flags, args: readonly string[]) => string,
): Task<void> {
  const etcd = yield* connect(process, dial, flags);
  yield* print(
    process,
    guarded(() => work(etcd, flags, args)),
  );
}

/** Until it is interrupted. */
function* watch({ process, dial, flags, args }: Invocation): Task<void> {
  const [key, end] = args;
  if (key === undefined) throw new EtcdctlError('watch in interactive mode requires at least one argument', 128);
  const etcd = yield* connect(process, dial, flags);
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
            .map((event) => eventText(event, flags))
            .join(''),
        );
      if (cancelled !== undefined) throw new EtcdctlError(`watch is canceled by the server: ${cancelled.message}`);
      yield* process.sleep(WATCH_LOOK_MS);
    }
  } finally {
    stop.cancel();
  }
}

function eventText({ type, key, revision, current, previous }: KeyEvent, flags: Flags): string {
  if (flags.string('write-out') === 'json') {
    const kv = current === undefined ? { key: keyOnly(key), mod_revision: revision } : keyValueJson(current);
    const event = { ...(type === 'delete' ? { type: 1 } : {}), kv };
    return json({ Header: header(revision), Events: [event], CompactRevision: 0, Canceled: false, Created: false });
  }
  const before = flags.bool('prev-kv') && previous !== undefined ? `${key}\n${valueText(previous.value)}\n` : '';
  const now = current === undefined ? '' : valueText(current.value);
  return `${type === 'put' ? 'PUT' : 'DELETE'}\n${before}${key}\n${now}\n`;
}

function keyOnly(key: string): string {
  return keyValueJson({ key, value: '', createRevision: 0, modRevision: 0, version: 0, lease: 0 }).key;
}

function clientUrls(flags: Flags): string {
  const given = endpointsOf(flags)[0]!.replace(/^\w+:\/\//, '');
  return `https://${given.replace(/^(?:127\.0\.0\.1|localhost)(?=:)/, '10.0.0.10')}`;
}

function* memberList({ process, dial, flags }: Invocation): Task<void> {
  const etcd = yield* connect(process, dial, flags);
  const client = clientUrls(flags);
  const peer = client.replace(/:\d+$/, ':2380');
  const id = MEMBER.id.toString(16);
  const row = [id, 'started', process.hostname, peer, client, 'false'];
  const format = flags.string('write-out');
  if (format === 'table') {
    yield* print(process, table(['ID', 'STATUS', 'NAME', 'PEER ADDRS', 'CLIENT ADDRS', 'IS LEARNER'], [row]));
  } else if (format === 'json') {
    const member = { ID: MEMBER.id, name: process.hostname, peerURLs: [peer], clientURLs: [client] };
    yield* print(process, json({ header: header(etcd.revision), members: [member] }));
  } else if (format === 'fields') {
    const member = { ID: MEMBER.id, Name: process.hostname, PeerURL: peer, ClientURL: client, IsLearner: false };
    yield* print(process, headerFields(etcd.revision) + fields(member));
  } else yield* print(process, `${row.join(', ')}\n`);
}

function* endpointHealth({ process, dial, flags }: Invocation): Task<void> {
  const rows: string[][] = [];
  let failed = false;
  for (const endpoint of endpointsOf(flags)) {
    const beganMs = process.now();
    try {
      yield* connect(process, dial, flags, endpoint);
      yield* process.sleep(2);
      rows.push([endpoint, 'true', `${(process.now() - beganMs).toFixed(6)}ms`, '']);
    } catch (error) {
      if (!(error instanceof EtcdctlError)) throw error;
      failed = true;
      rows.push([endpoint, 'false', `${((process.now() - beganMs) / 1000).toFixed(6)}s`, error.message]);
    }
  }
  const format = flags.string('write-out');
  if (format === 'table') yield* print(process, table(['ENDPOINT', 'HEALTH', 'TOOK', 'ERROR'], rows));
  else if (format === 'json') {
    yield* print(
      process,
      json(rows.map(([endpoint, health, took]) => ({ endpoint, health: health === 'true', took }))),
    );
  } else {
    for (const [endpoint, health, took, error] of rows) {
      if (health === 'true') {
        yield* print(process, `${endpoint} is healthy: successfully committed proposal: took = ${took}\n`);
      } else yield* printError(process, `${endpoint} is unhealthy: failed to commit proposal: ${error}\n`);
    }
  }
  if (failed) throw new EtcdctlError('unhealthy cluster');
}

/** The store here keeps nothing that could be given back. */
function* defrag({ process, dial, flags }: Invocation): Task<void> {
  const beganMs = process.now();
  yield* connect(process, dial, flags);
  const took = formatGoDuration(process.now() - beganMs);
  yield* print(process, `Finished defragmenting etcd member[${endpointsOf(flags)[0]}]. took ${took}\n`);
}

const STATUS_HEADINGS = [
  ['ENDPOINT', 'ID', 'VERSION', 'STORAGE VERSION', 'DB SIZE', 'IN USE', 'PERCENTAGE NOT IN USE', 'QUOTA', 'IS LEADER'],
  [
    'IS LEARNER',
    'RAFT TERM',
    'RAFT INDEX',
    'RAFT APPLIED INDEX',
    'ERRORS',
    'DOWNGRADE TARGET VERSION',
    'DOWNGRADE ENABLED',
  ],
].flat();

function* endpointStatus({ process, dial, flags }: Invocation): Task<void> {
  const etcd = yield* connect(process, dial, flags);
  const bytes = storeBytes(etcd);
  const index = String(etcd.revision + 8);
  const rows = endpointsOf(flags).map((endpoint) => [
    ...[
      endpoint,
      MEMBER.id.toString(16),
      ETCD_VERSION,
      STORAGE_VERSION,
      humanBytes(bytes),
      humanBytes(bytes),
      '0%',
      '2.1 GB',
    ],
    ...['true', 'false', String(MEMBER.raftTerm), index, index, '', '', 'false'],
  ]);
  const format = flags.string('write-out');
  if (format === 'table') yield* print(process, table(STATUS_HEADINGS, rows));
  else if (format === 'json') {
    const status = { header: header(etcd.revision), version: ETCD_VERSION, dbSize: bytes, leader: MEMBER.id };
    const counters = { raftIndex: Number(index), raftTerm: MEMBER.raftTerm, raftAppliedIndex: Number(index) };
    const Status = { ...status, ...counters, dbSizeInUse: bytes, storageVersion: STORAGE_VERSION };
    yield* print(process, json(endpointsOf(flags).map((Endpoint) => ({ Endpoint, Status }))));
  } else yield* print(process, rows.map((row) => `${row.join(', ')}\n`).join(''));
}

/** What the values come to as text. */
function storeBytes(etcd: Etcd): number {
  let bytes = 0;
  for (const { key, value } of etcd.range('').keyValues) bytes += key.length + valueText(value).length;
  return bytes;
}

function* snapshotSave({ process, dial, flags, args }: Invocation): Task<void> {
  const [path] = args;
  if (path === undefined || args.length > 1) throw new EtcdctlError('snapshot save expects one argument', 128);
  const etcd = yield* connect(process, dial, flags);
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
