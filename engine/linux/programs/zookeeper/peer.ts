import { Channel, type Task } from '../../../sim/index.ts';
import { formatDate } from '../../date-format.ts';
import { print } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import type { Configuration, Server } from './configuration.ts';
import { Storage } from './storage.ts';
import type { ErrorCode, WriteRequest } from './tree.ts';

export type PeerState = 'LOOKING' | 'FOLLOWING' | 'LEADING';

/** What became of a write; `ConnectionLoss` when nobody can tell. */
export type Outcome = { readonly error?: ErrorCode | 'ConnectionLoss' };

/** What servers tell one another when they look for a leader. */
export interface Vote {
  readonly id: number;
  readonly state: PeerState;
  readonly epoch: number;
  readonly zxid: number;
  readonly leader: number | undefined;
}

/** A write that waits for the ensemble. */
export interface Pending {
  readonly request: WriteRequest;
  readonly outcome: Channel<Outcome>;
}

/** One server of an ensemble: what its threads share. */
export class Peer {
  readonly process: Process;
  readonly configuration: Configuration;
  readonly storage: Storage;
  state: PeerState = 'LOOKING';
  leader: number | undefined;
  /** Whether clients are served: an ensemble has been formed. */
  isServing = false;
  readonly #open = new Set<Channel<Outcome>>();
  /** Writes of its own clients. */
  writes = new Channel<Pending>();

  /** Throws Errno. */
  constructor(process: Process, configuration: Configuration) {
    this.process = process;
    this.configuration = configuration;
    this.storage = new Storage(process, configuration);
  }

  get vote(): Vote {
    const { state, leader, storage, configuration } = this;
    return { id: configuration.id, state, leader, epoch: storage.epoch('current'), zxid: storage.lastZxid };
  }

  get others(): readonly Server[] {
    const { servers, id } = this.configuration;
    return servers.filter((server) => server.id !== id);
  }

  /** Whether so many servers, this one among them, are a majority. */
  isQuorum(count: number): boolean {
    return count > this.configuration.servers.length / 2;
  }

  /** Becomes something else. Writes that wait are lost to those who wait. */
  change(state: PeerState, leader: number | undefined): void {
    this.state = state;
    this.leader = leader;
    this.isServing = false;
    this.storage.settle();
    this.writes = new Channel();
    for (const outcome of this.#open) outcome.close();
    this.#open.clear();
  }

  /** Has a write made by the ensemble. */
  *write(request: WriteRequest): Task<Outcome> {
    if (!this.isServing) return { error: 'ConnectionLoss' };
    const outcome = new Channel<Outcome>();
    this.#open.add(outcome);
    this.writes.send({ request, outcome });
    const result = yield* outcome.receive();
    this.#open.delete(outcome);
    return result ?? { error: 'ConnectionLoss' };
  }

  *log(level: 'INFO' | 'WARN' | 'ERROR', thread: string, text: string): Task<void> {
    const nowMs = this.process.now();
    const time = `${formatDate('%Y-%m-%d %H:%M:%S', nowMs)},${String(Math.floor(nowMs % 1000)).padStart(3, '0')}`;
    yield* print(
      this.process,
      `${time} [myid:${this.configuration.id || ''}] - ${level.padEnd(5)} [${thread}] - ${text}\n`,
    );
  }

  /** The thread that looks for a leader, follows or leads. */
  say(text: string, level: 'INFO' | 'WARN' = 'INFO'): Task<void> {
    const { id, clientPort } = this.configuration;
    return this.log(level, `QuorumPeer[myid=${id}]/0.0.0.0:${clientPort}:QuorumPeer`, text);
  }
}
