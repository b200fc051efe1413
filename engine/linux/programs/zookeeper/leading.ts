import { Channel, type Task } from '../../../sim/index.ts';
import { TaskGroup } from '../../task-group.ts';
import { ignoringLoss, Wire } from '../json-wire.ts';
import { isBetter } from './election.ts';
import type { FromFollower, FromLeader } from './messages.ts';
import type { Outcome, Peer, Pending } from './peer.ts';

/** A transaction id is an epoch and, below it, a count. */
const EPOCH = 2 ** 32;

const LOOK_EVERY_MS = 50;

/** Leads for as long as a majority follows. */
export function* lead(peer: Peer): Task<void> {
  peer.change('LEADING', peer.configuration.id);
  yield* peer.say('LEADING');
  const listener = peer.process.listen(peer.configuration.servers.find(({ id }) => id === peer.leader)!.peerPort);
  try {
    yield* new Leader(peer, listener).run();
  } finally {
    peer.process.close(listener);
  }
}

interface Follower {
  readonly wire: Wire;
  /** Has the leader's tree: it counts. */
  synced: boolean;
}

/**
 * A leader's part of Zab, in its simple form: a new epoch, everybody gets the whole tree, and one transaction after the other is
 * proposed, acknowledged by a majority and committed. https://zookeeper.apache.org/doc/r3.4.10/zookeeperInternals.html
 */
class Leader {
  readonly #peer: Peer;
  readonly #listener: number;
  readonly #followers = new Set<Follower>();
  readonly #group = new TaskGroup();
  /** Epochs that followers have promised so far; the new one is beyond. */
  readonly #promised: number[] = [];
  #epoch: number | undefined;
  #isOver = false;
  readonly #acks = new Channel<number>();
  /** Somebody has arrived, got on or gone. */
  #changes = new Channel<void>();
  /** Whoever has it makes a transaction, or brings a follower up to date: neither in the middle of the other. */
  readonly #turn = new Channel<void>();
  #count = 0;

  constructor(peer: Peer, listener: number) {
    this.#peer = peer;
    this.#listener = listener;
    this.#turn.send();
  }

  *run(): Task<void> {
    this.#group.start(this.#acceptAll());
    this.#group.start(this.#form());
    this.#group.start(this.#watch());
    yield* this.#group.run(() => this.#isOver);
    for (const { wire } of this.#followers) wire.close();
  }

  get #synced(): readonly Follower[] {
    return [...this.#followers].filter(({ synced }) => synced);
  }

  *#acceptAll(): Task<void> {
    for (;;) {
      const { fd } = yield* this.#peer.process.accept(this.#listener);
      const follower: Follower = { wire: new Wire(this.#peer.process, fd), synced: false };
      this.#followers.add(follower);
      this.#group.start(this.#serve(follower));
    }
  }

  *#serve(follower: Follower): Task<void> {
    yield* ignoringLoss(this.#attend(follower));
    if (!this.#followers.delete(follower)) return;
    follower.wire.close();
    this.#changes.send();
    if (this.#peer.isServing && !this.#peer.isQuorum(this.#synced.length + 1)) {
      yield* this.#peer.say('Shutting down: only a minority follows', 'WARN');
      this.#isOver = true;
    }
  }

  *#attend(follower: Follower): Task<void> {
    const { wire } = follower;
    const { initMs, syncMs } = this.#peer.configuration;
    const info = yield* wire.receive<FromFollower>(initMs);
    if (info.type !== 'info') return;
    yield* wire.send({ type: 'epoch', epoch: yield* this.#newEpoch(info.acceptedEpoch) } satisfies FromLeader);
    const ack = yield* wire.receive<FromFollower>(initMs);
    if (ack.type !== 'ackEpoch') return;
    if (!this.#peer.isServing && isBetter({ ...ack, id: 0 }, { ...this.#peer.vote, id: 0 })) {
      // It knows more: it should lead.
      this.#isOver = true;
      return;
    }
    yield* this.#synchronise(follower);
    while (!this.#peer.isServing) yield* this.#peer.process.sleep(LOOK_EVERY_MS);
    yield* this.#peer.say(`Follower sid: ${info.id} is in sync`);
    yield* wire.send({ type: 'upToDate' } satisfies FromLeader);
    for (;;) {
      const message = yield* wire.receive<FromFollower>(syncMs);
      if (message.type === 'ack') this.#acks.send(message.zxid);
      else if (message.type === 'request') this.#group.start(ignoringLoss(this.#answer(follower, message)));
    }
  }

  *#synchronise(follower: Follower): Task<void> {
    const { storage, configuration } = this.#peer;
    const { wire } = follower;
    yield* this.#turn.receive();
    try {
      yield* wire.send({ type: 'snapshot', tree: storage.tree.image, zxid: storage.lastZxid } satisfies FromLeader);
      follower.synced = (yield* wire.receive<FromFollower>(configuration.initMs)).type === 'synced';
    } finally {
      this.#turn.send();
    }
    this.#changes.send();
  }

  /** The epoch after all that a majority has promised. */
  *#newEpoch(accepted: number): Task<number> {
    this.#promised.push(accepted);
    const { storage } = this.#peer;
    while (this.#epoch === undefined) {
      if (this.#peer.isQuorum(this.#promised.length + 1)) {
        this.#epoch = Math.max(storage.epoch('accepted'), ...this.#promised) + 1;
        storage.setEpoch('accepted', this.#epoch);
      } else yield* this.#peer.process.sleep(LOOK_EVERY_MS);
    }
    return this.#epoch;
  }

  *#answer({ wire }: Follower, { key, request }: Extract<FromFollower, { type: 'request' }>): Task<void> {
    const outcome = yield* this.#peer.write(request);
    yield* wire.send({ type: 'answer', key, outcome } satisfies FromLeader);
  }

  /** Serves once a majority has its tree, and makes the writes one after the other. */
  *#form(): Task<void> {
    const { storage } = this.#peer;
    while (!this.#peer.isQuorum(this.#synced.length + 1)) yield* this.#changes.receive();
    storage.setEpoch('current', this.#epoch!);
    storage.replace(storage.tree.image, storage.lastZxid);
    this.#peer.isServing = true;
    yield* this.#peer.say(
      `Have quorum of supporters; starting up and setting last processed zxid: 0x${(this.#epoch! * EPOCH).toString(16)}`,
    );
    for (;;) {
      const pending = yield* this.#peer.writes.receive();
      if (pending === undefined) return;
      yield* this.#turn.receive();
      pending.outcome.send(yield* this.#make(pending));
      this.#turn.send();
    }
  }

  *#make({ request }: Pending): Task<Outcome> {
    const { storage, process } = this.#peer;
    const error = storage.tree.problemWith(request);
    if (error !== undefined) return { error };
    this.#count += 1;
    const transaction = { ...request, zxid: this.#epoch! * EPOCH + this.#count, timeMs: Math.floor(process.now()) };
    storage.append(transaction);
    for (const follower of this.#synced) yield* this.#tell(follower, { type: 'proposal', transaction });
    for (let acks = 1; !this.#peer.isQuorum(acks); ) if ((yield* this.#acks.receive()) === transaction.zxid) acks += 1;
    storage.commit();
    for (const follower of this.#synced) yield* this.#tell(follower, { type: 'commit' });
    return {};
  }

  /** Who has gone is seen where its messages are read. */
  #tell({ wire }: Follower, message: FromLeader): Task<void> {
    return ignoringLoss(wire.send(message));
  }

  /** Gives up when no majority has come in time; afterwards lets followers know that it is there. */
  *#watch(): Task<void> {
    const { process, configuration } = this.#peer;
    const deadlineMs = process.now() + configuration.initMs;
    for (;;) {
      yield* process.sleep(configuration.tickMs / 2);
      if (!this.#peer.isServing && process.now() > deadlineMs) {
        yield* this.#peer.say('Timeout while waiting for a quorum of followers', 'WARN');
        this.#isOver = true;
        return;
      }
      for (const follower of this.#synced) if (this.#peer.isServing) yield* this.#tell(follower, { type: 'ping' });
    }
  }
}
