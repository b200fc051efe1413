import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { TaskGroup } from '../../task-group.ts';
import { serveClients } from './client-port.ts';
import { ConfigurationError, readConfiguration } from './configuration.ts';
import { answerVotes, lookForLeader } from './election.ts';
import { follow } from './following.ts';
import { lead } from './leading.ts';
import { Peer } from './peer.ts';
import { zkCli } from './zk-cli.ts';

const SERVER = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
const CLIENT = 'org.apache.zookeeper.ZooKeeperMain';

/** The java of the ZooKeeper image: it runs ZooKeeper's two programs, and nothing else. */
export function* zookeeperJava(process: Process): Task<number> {
  const at = process.argv.findIndex((word) => word === SERVER || word === CLIENT);
  const args = process.argv.slice(at + 1);
  if (at < 0) {
    yield* printError(process, 'Error: Could not find or load main class (this java runs ZooKeeper only)\n');
    return 1;
  }
  return process.argv[at] === CLIENT ? yield* zkCli(process, args) : yield* serve(process, args[0] ?? '');
}

function* serve(process: Process, path: string): Task<number> {
  process.setMemory(100 * 1024 * 1024);
  let peer: Peer;
  try {
    peer = new Peer(process, readConfiguration(process, path));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const why =
      error instanceof ConfigurationError ? error.message : `Unable to create data directory: ${error.message}`;
    yield* printError(
      process,
      `ERROR [main:QuorumPeerMain@85] - Invalid config, exiting abnormally: ${why}\nInvalid config, exiting abnormally\n`,
    );
    return 2;
  }
  const { id, dataDir, dataLogDir } = peer.configuration;
  yield* peer.log('INFO', 'main:QuorumPeerConfig@134', `Reading configuration from: ${path}`);
  yield* peer.log('INFO', 'main:QuorumPeerMain@138', id === 0 ? 'Starting server' : 'Starting quorum peer');
  yield* peer.log('INFO', 'main:FileSnap@83', `Reading snapshot ${dataDir}/version-2, logs ${dataLogDir}/version-2`);
  const group = new TaskGroup();
  group.start(serveClients(peer));
  if (id === 0) group.start(standAlone(peer));
  else {
    group.start(answerVotes(peer));
    group.start(takePart(peer));
  }
  yield* group.run();
  return 0;
}

/** Looks for a leader, follows it or is it, for ever. */
function* takePart(peer: Peer): Task<void> {
  for (;;) {
    peer.change('LOOKING', undefined);
    const leader = yield* lookForLeader(peer);
    yield* leader === peer.configuration.id ? lead(peer) : follow(peer, leader);
  }
}

function* standAlone(peer: Peer): Task<void> {
  const { storage, process } = peer;
  peer.isServing = true;
  for (;;) {
    const pending = yield* peer.writes.receive();
    if (pending === undefined) return;
    const { request, outcome } = pending;
    const error = storage.tree.problemWith(request);
    if (error === undefined) {
      storage.append({ ...request, zxid: storage.lastZxid + 1, timeMs: Math.floor(process.now()) });
      storage.commit();
    }
    outcome.send(error === undefined ? {} : { error });
  }
}
