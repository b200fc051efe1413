import type { Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { lineReader, print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { dial, isLost, type Wire } from '../json-wire.ts';
import type { ClientAnswer, ClientRequest } from './client-port.ts';
import type { Stat } from './tree.ts';

const WATCHER = '\nWATCHER::\n\nWatchedEvent state:SyncConnected type:None path:null\n';

const USAGE = `ZooKeeper -server host:port cmd args
\tstat path
\tset path data [version]
\tls path
\tget path
\tcreate path data
\tdelete path [version]
\trmr path
\tquit
`;

/** org.apache.zookeeper.ZooKeeperMain: `[-server host:port] [command]`, and a prompt without a command. */
export function* zkCli(process: Process, args: readonly string[]): Task<number> {
  const at = args.indexOf('-server');
  const [server = 'localhost:2181'] = at < 0 ? [] : args.slice(at + 1, at + 2);
  const words = at < 0 ? args : [...args.slice(0, at), ...args.slice(at + 2)];
  const [host = '', port = '2181'] = server.split(',')[0]!.split(':');
  yield* print(process, `Connecting to ${server}\n`);
  let wire: Wire;
  try {
    wire = yield* dial(process, host, Number(port));
  } catch (error) {
    if (!isLost(error)) throw error;
    yield* printError(
      process,
      `Session 0x0 for server null, unexpected error, closing socket connection\n${lossOf(words)}`,
    );
    return 1;
  }
  if (words.length > 0) {
    yield* print(process, WATCHER);
    return yield* run(process, wire, words);
  }
  yield* print(process, 'Welcome to ZooKeeper!\n');
  const lines = lineReader(process, 0);
  for (let number = 0; ; number++) {
    if (process.isTerminal(0)) yield* print(process, `[zk: ${server}(CONNECTED) ${number}] `);
    const line = yield* lines.next();
    const command = line?.trim().split(/\s+/) ?? ['quit'];
    if (command[0] === 'quit') return 0;
    if (command[0] !== '') yield* run(process, wire, command);
  }
}

const lossOf = ([, path = '/']: readonly string[]) =>
  `Exception in thread "main" org.apache.zookeeper.KeeperException$ConnectionLossException: KeeperErrorCode = ConnectionLoss for ${path}\n`;

function* run(process: Process, wire: Wire, words: readonly string[]): Task<number> {
  try {
    return yield* runCommand(process, wire, words);
  } catch (error) {
    if (!isLost(error)) throw error;
    yield* printError(process, lossOf(words));
    return 1;
  }
}

function* ask(wire: Wire, request: ClientRequest): Task<ClientAnswer> {
  yield* wire.send(request);
  return yield* wire.receive<ClientAnswer>();
}

function* runCommand(
  process: Process,
  wire: Wire,
  [command = '', path = '', ...rest]: readonly string[],
): Task<number> {
  const version = (text: string | undefined) => (text === undefined ? {} : { version: Number(text) });
  const show = function* (request: ClientRequest, text: (answer: ClientAnswer) => string): Task<number> {
    const answer = yield* ask(wire, request);
    if (answer.error === undefined) yield* print(process, text(answer));
    else yield* printError(process, problem(answer.error, path));
    return answer.error === undefined ? 0 : 1;
  };
  const arities: Readonly<Record<string, number>> = { create: 2, set: 2, get: 1, ls: 1, stat: 1, delete: 1, rmr: 1 };
  const needed = arities[command];
  if (path.startsWith('-')) {
    yield* printError(process, `the option ${path} of ${command} is not part of this simulation\n`);
    return 1;
  }
  if (needed === undefined || (path === '' ? 0 : 1) + rest.length < needed) {
    yield* printError(process, USAGE);
    return 1;
  }
  switch (command) {
    case 'create':
      return yield* show({ type: 'create', path, data: rest[0]! }, () => `Created ${path}\n`);
    case 'set': {
      const code = yield* show({ type: 'set', path, data: rest[0]!, ...version(rest[1]) }, () => '');
      return code === 0 ? yield* show({ type: 'node', path }, (answer) => statText(answer)) : code;
    }
    case 'get':
      return yield* show({ type: 'node', path }, (answer) => `${answer.data}\n${statText(answer)}`);
    case 'stat':
      return yield* show({ type: 'node', path }, statText);
    case 'ls':
      return yield* show({ type: 'node', path }, ({ children = [] }) => `[${children.join(', ')}]\n`);
    case 'rmr':
      return yield* removeAll(wire, path, show);
    default:
      return yield* show({ type: 'delete', path, ...version(rest[0]) }, () => '');
  }
}

function* removeAll(
  wire: Wire,
  path: string,
  show: (request: ClientRequest, text: () => string) => Task<number>,
): Task<number> {
  const { children = [] } = yield* ask(wire, { type: 'node', path });
  for (const child of children) yield* removeAll(wire, `${path === '/' ? '' : path}/${child}`, show);
  return yield* show({ type: 'delete', path }, () => '');
}

function problem(error: NonNullable<ClientAnswer['error']>, path: string): string {
  const text = {
    NoNode: `Node does not exist: ${path}`,
    NodeExists: `Node already exists: ${path}`,
    NotEmpty: `Node not empty: ${path}`,
    BadVersion: `version No is not valid : ${path}`,
    BadArguments: `Command failed: java.lang.IllegalArgumentException: Invalid path string "${path}"`,
    ConnectionLoss: lossOf(['', path]).trimEnd(),
  }[error];
  return `${text}\n`;
}

function statText({ stat, data = '', children = [] }: ClientAnswer): string {
  const { czxid, ctimeMs, mzxid, mtimeMs, pzxid, cversion, version }: Stat = stat!;
  const hex = (zxid: number) => `0x${zxid.toString(16)}`;
  const time = (ms: number) => formatDate('%a %b %d %H:%M:%S UTC %Y', ms);
  return [
    `cZxid = ${hex(czxid)}`,
    `ctime = ${time(ctimeMs)}`,
    `mZxid = ${hex(mzxid)}`,
    `mtime = ${time(mtimeMs)}`,
    `pZxid = ${hex(pzxid)}`,
    `cversion = ${cversion}`,
    `dataVersion = ${version}`,
    'aclVersion = 0',
    'ephemeralOwner = 0x0',
    `dataLength = ${data.length}`,
    `numChildren = ${children.length}`,
    '',
  ].join('\n');
}
