import type { Task } from '../../../sim/index.ts';
import { TaskGroup } from '../../task-group.ts';
import { dial, isLost, Wire } from '../json-wire.ts';
import type { Server } from './configuration.ts';
import type { Peer, Vote } from './peer.ts';

const FIRST_ROUND_MS = 200;
const LONGEST_ROUND_MS = 2000;
const ANSWER_MS = 1000;

/** Tells everybody who asks for whom this server is. */
export function* answerVotes(peer: Peer): Task<void> {
  const { process, configuration } = peer;
  const own = configuration.servers.find(({ id }) => id === configuration.id)!;
  const listener = process.listen(own.electionPort);
  for (;;) {
    const { fd } = yield* process.accept(listener);
    const wire = new Wire(process, fd);
    try {
      yield* wire.send(peer.vote);
    } catch (error) {
      if (!isLost(error)) throw error;
    } finally {
      wire.close();
    }
  }
}

/**
 * Finds the leader: the one that a majority already has, or else, where a majority is looking, the one that knows most, and
 * among equals the one with the highest id. (ZooKeeper's servers keep telling one another; these ask, round by round.)
 */
export function* lookForLeader(peer: Peer): Task<number> {
  yield* peer.say('LOOKING');
  for (let roundMs = FIRST_ROUND_MS; ; roundMs = Math.min(2 * roundMs, LONGEST_ROUND_MS)) {
    const votes = [peer.vote, ...(yield* askAll(peer))];
    const leader = established(peer, votes) ?? elected(peer, votes);
    if (leader !== undefined) return leader;
    yield* peer.process.sleep(roundMs);
  }
}

function established(peer: Peer, votes: readonly Vote[]): number | undefined {
  const leader = votes.find(({ state }) => state === 'LEADING')?.id;
  const having = votes.filter((vote) => vote.leader === leader);
  return leader !== undefined && peer.isQuorum(having.length + 1) ? leader : undefined;
}

function elected(peer: Peer, votes: readonly Vote[]): number | undefined {
  const candidates = votes.filter(({ state, leader }) => state === 'LOOKING' || leader === peer.configuration.id);
  if (!peer.isQuorum(candidates.length)) return undefined;
  return candidates.reduce((best, vote) => (isBetter(vote, best) ? vote : best)).id;
}

export function isBetter(a: Pick<Vote, 'epoch' | 'zxid' | 'id'>, b: Pick<Vote, 'epoch' | 'zxid' | 'id'>): boolean {
  return (a.epoch - b.epoch || a.zxid - b.zxid || a.id - b.id) > 0;
}

function* askAll(peer: Peer): Task<readonly Vote[]> {
  const votes: Vote[] = [];
  const group = new TaskGroup();
  for (const server of peer.others) group.start(askFor(peer, server, votes));
  yield* group.run();
  return votes;
}

function* askFor(peer: Peer, { host, electionPort }: Server, votes: Vote[]): Task<void> {
  let wire: Wire | undefined;
  try {
    wire = yield* dial(peer.process, host, electionPort);
    votes.push(yield* wire.receive<Vote>(ANSWER_MS));
  } catch (error) {
    if (!isLost(error)) throw error;
  } finally {
    wire?.close();
  }
}
