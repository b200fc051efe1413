import type { Task } from '../../../sim/index.ts';
import { TaskGroup } from '../../task-group.ts';
import { dial, ignoringLoss, isLost, type Wire } from '../json-wire.ts';
import type { FromFollower, FromLeader } from './messages.ts';
import type { Peer, Pending } from './peer.ts';

const ATTEMPTS = 5;
const RETRY_MS = 1000;

/** Follows a leader for as long as it is one. */
export function* follow(peer: Peer, leader: number): Task<void> {
  peer.change('FOLLOWING', leader);
  yield* peer.say('FOLLOWING');
  let wire: Wire | undefined;
  try {
    wire = yield* reach(peer, leader);
    if (wire === undefined || !(yield* join(peer, wire))) return;
    peer.isServing = true;
    const waiting = new Map<number, Pending>();
    const group = new TaskGroup();
    let isOver = false;
    const end = function* (task: Task<void>): Task<void> {
      yield* ignoringLoss(task);
      isOver = true;
    };
    group.start(end(takeIn(peer, wire, waiting)));
    group.start(end(handOn(peer, wire, waiting)));
    yield* group.run(() => isOver);
  } catch (error) {
    if (!isLost(error)) throw error;
    yield* peer.say(`Exception when following the leader: ${error.message}`, 'WARN');
  } finally {
    wire?.close();
  }
}

function* reach(peer: Peer, leader: number): Task<Wire | undefined> {
  const { host, peerPort } = peer.configuration.servers.find(({ id }) => id === leader)!;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      return yield* dial(peer.process, host, peerPort);
    } catch (error) {
      if (!isLost(error)) throw error;
      const why = error.code === 'ENOENT' ? `UnknownHostException: ${host}` : error.message;
      yield* peer.say(`Unexpected exception, tries=${attempt}, connecting to ${host}:${peerPort}: ${why}`, 'WARN');
      yield* peer.process.sleep(RETRY_MS);
    }
  }
  return undefined;
}

/** Learns the leader's epoch and has its tree. False when it is not to be followed. */
function* join(peer: Peer, wire: Wire): Task<boolean> {
  const { storage, configuration } = peer;
  const { id, initMs } = configuration;
  const send = (message: FromFollower) => wire.send(message);
  yield* send({ type: 'info', id, acceptedEpoch: storage.epoch('accepted') });
  const proposed = yield* wire.receive<FromLeader>(initMs);
  if (proposed.type !== 'epoch' || proposed.epoch < storage.epoch('accepted')) return false;
  storage.setEpoch('accepted', proposed.epoch);
  yield* send({ type: 'ackEpoch', id, epoch: storage.epoch('current'), zxid: storage.lastZxid });
  const copy = yield* wire.receive<FromLeader>(initMs);
  if (copy.type !== 'snapshot') return false;
  yield* peer.say(`Getting a snapshot from leader 0x${copy.zxid.toString(16)}`);
  storage.replace(copy.tree, copy.zxid);
  storage.setEpoch('current', proposed.epoch);
  yield* send({ type: 'synced' });
  return (yield* wire.receive<FromLeader>(initMs)).type === 'upToDate';
}

/** Does as the leader says. */
function* takeIn(peer: Peer, wire: Wire, waiting: Map<number, Pending>): Task<void> {
  const { storage, configuration } = peer;
  for (;;) {
    const message = yield* wire.receive<FromLeader>(configuration.syncMs);
    if (message.type === 'ping') yield* wire.send({ type: 'ping' } satisfies FromFollower);
    else if (message.type === 'proposal') {
      storage.append(message.transaction);
      yield* wire.send({ type: 'ack', zxid: message.transaction.zxid } satisfies FromFollower);
    } else if (message.type === 'commit') storage.commit();
    else if (message.type === 'answer') {
      waiting.get(message.key)?.outcome.send(message.outcome);
      waiting.delete(message.key);
    }
  }
}

/** Brings what its clients want before the leader. */
function* handOn(peer: Peer, wire: Wire, waiting: Map<number, Pending>): Task<void> {
  for (let key = 1; ; key++) {
    const pending = yield* peer.writes.receive();
    if (pending === undefined) return;
    waiting.set(key, pending);
    yield* wire.send({ type: 'request', key, request: pending.request } satisfies FromFollower);
  }
}
