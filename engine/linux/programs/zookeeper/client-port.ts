import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, encode } from '../../stdio.ts';
import { TaskGroup } from '../../task-group.ts';
import { isLost, Wire } from '../json-wire.ts';
import type { Outcome, Peer } from './peer.ts';
import type { ErrorCode, Stat, WriteRequest } from './tree.ts';

/** `node` asks for one and the names of its children. */
export type ClientRequest = { readonly type: 'node'; readonly path: string } | WriteRequest;

export interface ClientAnswer {
  readonly error?: Outcome['error'];
  readonly data?: string;
  readonly stat?: Stat;
  readonly children?: readonly string[];
}

/** Serves clients: questions of four letters, and sessions once there is an ensemble. */
export function* serveClients(peer: Peer): Task<void> {
  const { process, configuration } = peer;
  const listener = process.listen(configuration.clientPort);
  const group = new TaskGroup();
  const thread = `NIOServerCxn.Factory:0.0.0.0/0.0.0.0:${configuration.clientPort}`;
  const acceptAll = function* (): Task<void> {
    for (;;) {
      const { fd, peer: client } = yield* process.accept(listener);
      const name = `/${client.address}:${client.port}`;
      yield* peer.log('INFO', `${thread}:NIOServerCnxnFactory@192`, `Accepted socket connection from ${name}`);
      group.start(serveOne(peer, fd, name, thread));
    }
  };
  group.start(acceptAll());
  yield* group.run();
}

function* serveOne(peer: Peer, fd: number, client: string, thread: string): Task<void> {
  try {
    const first = yield* peer.process.read(fd);
    const word = decode(first.subarray(0, 4));
    const words = FOUR_LETTERS[word];
    if (words !== undefined) {
      yield* peer.log('INFO', `${thread}:NIOServerCnxn@827`, `Processing ${word} command from ${client}`);
      yield* peer.process.write(fd, encode(words(peer)));
      const closed = `Closed socket connection for client ${client} (no session established for client)`;
      yield* peer.log('INFO', 'Thread-1:NIOServerCnxn@1008', closed);
    } else if (peer.isServing) {
      yield* session(peer, new Wire(peer.process, fd, first));
    } else {
      const why = 'Exception causing close of session 0x0 due to java.io.IOException: ZooKeeperServer not running';
      yield* peer.log('WARN', `${thread}:NIOServerCnxn@373`, why);
    }
  } catch (error) {
    if (!isLost(error)) throw error;
  } finally {
    peer.process.close(fd);
  }
}

function* session(peer: Peer, wire: Wire): Task<void> {
  for (;;) {
    const request = yield* wire.receive<ClientRequest>();
    if (!peer.isServing) throw new Errno('ECONNRESET');
    yield* wire.send(yield* answer(peer, request));
  }
}

function* answer(peer: Peer, request: ClientRequest): Task<ClientAnswer> {
  if (request.type === 'node') {
    const { tree } = peer.storage;
    const node = tree.find(request.path);
    if (node === undefined) return { error: 'NoNode' satisfies ErrorCode };
    return { data: node.data, stat: node.stat, children: tree.childrenOf(request.path) };
  }
  return yield* peer.write(request);
}

const VERSION = '3.4.10-39d3a4f269333c922ed3db283be479f9deacaa0f, built on 03/23/2017 10:13 GMT';
const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n';

const modeOf = ({ state, configuration }: Peer) =>
  configuration.id === 0 ? 'standalone' : state === 'LEADING' ? 'leader' : 'follower';

function summary(peer: Peer): string {
  if (!peer.isServing) return NOT_SERVING;
  const { tree, lastZxid } = peer.storage;
  const lines = [
    `Zookeeper version: ${VERSION}`,
    'Latency min/avg/max: 0/0/0',
    'Received: 0',
    'Sent: 0',
    'Connections: 1',
    'Outstanding: 0',
    `Zxid: 0x${lastZxid.toString(16)}`,
    `Mode: ${modeOf(peer)}`,
    `Node count: ${tree.size}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** https://zookeeper.apache.org/doc/r3.4.10/zookeeperAdmin.html#sc_zkCommands */
const FOUR_LETTERS: Readonly<Record<string, (peer: Peer) => string>> = {
  ruok: () => 'imok',
  srvr: summary,
  stat: summary,
  isro: (peer) => (peer.isServing ? 'rw' : 'null'),
  mntr: (peer) =>
    peer.isServing
      ? `zk_version\t${VERSION}\nzk_server_state\t${modeOf(peer)}\nzk_znode_count\t${peer.storage.tree.size}\n`
      : NOT_SERVING,
  conf({ configuration }) {
    const { clientPort, dataDir, dataLogDir, tickMs, id } = configuration;
    return `clientPort=${clientPort}\ndataDir=${dataDir}/version-2\ndataLogDir=${dataLogDir}/version-2\ntickTime=${tickMs}\nserverId=${id}\n`;
  },
};
