import type { Simulation } from '../sim/index.ts';
import { Etcd, type EtcdState } from './etcd.ts';
import { LeaseTable } from './lease-table.ts';
import type { Compare, TxnOperation, TxnResult } from './txn.ts';

/** A write, as an entry of the log: done on every replica it comes to the same. */
export type Command = (replica: Etcd) => unknown;

/** What leads a replica's writes to the log, and the log's entries to the replica. */
export interface LogPort {
  /** Does a write on all members that can be reached, and returns what it was on this one. @throws EtcdError without a majority */
  propose<T>(write: (replica: Etcd) => T): T;
  /** Whether this replica's changes are in the trace: those of one are, however many there are. */
  readonly isRecorded: () => boolean;
}

/** Whether a write is an entry of the log, or is to become one. */
interface Gate {
  isOpen: boolean;
  readonly port: LogPort;
}

/**
 * A member's copy of a store that several members agree on (https://etcd.io/docs/v3.6/learning/design-learner/ and
 * https://raft.github.io): reads are answered from it, writes go into the log that all have in common and come back as its entries.
 */
export class EtcdReplica extends Etcd {
  readonly #gate: Gate;

  /** @param state that the log begins with */
  constructor(sim: Simulation, state: EtcdState | undefined, port: LogPort) {
    const gate: Gate = { isOpen: true, port };
    super(sim, state, {
      leases: (expire) => new ReplicaLeases(sim, expire, gate),
      isRecorded: port.isRecorded,
    });
    this.#gate = gate;
    this.leases.pause();
    gate.isOpen = false;
  }

  /** Does what an entry of the log says. */
  apply(command: Command): unknown {
    this.#gate.isOpen = true;
    try {
      return command(this);
    } finally {
      this.#gate.isOpen = false;
    }
  }

  override put(key: string, value: unknown, lease = 0): number {
    if (this.#gate.isOpen) return super.put(key, value, lease);
    return this.#gate.port.propose((each) => each.put(key, value, lease));
  }

  override delete(key: string) {
    if (this.#gate.isOpen) return super.delete(key);
    return this.#gate.port.propose((each) => each.delete(key));
  }

  override txn(
    compares: readonly Compare[],
    success: readonly TxnOperation[],
    failure: readonly TxnOperation[] = [],
  ): TxnResult {
    if (this.#gate.isOpen) return super.txn(compares, success, failure);
    return this.#gate.port.propose((each) => each.txn(compares, success, failure));
  }

  override compact(revision: number): void {
    if (this.#gate.isOpen) super.compact(revision);
    else this.#gate.port.propose((each) => each.compact(revision));
  }
}

/** Leases of a replica. Only the leader's run out, and what becomes of their keys is in the log. */
class ReplicaLeases extends LeaseTable {
  readonly #gate: Gate;

  constructor(sim: Simulation, expire: (keys: readonly string[]) => void, gate: Gate) {
    super(sim, expire);
    this.#gate = gate;
  }

  override grant(ttlSeconds: number, id = 0): number {
    if (this.#gate.isOpen) return super.grant(ttlSeconds, id);
    return this.#gate.port.propose((each) => each.leases.grant(ttlSeconds, id));
  }

  override keepAlive(id: number): void {
    if (this.#gate.isOpen) super.keepAlive(id);
    else this.#gate.port.propose((each) => each.leases.keepAlive(id));
  }

  override revoke(id: number): void {
    if (this.#gate.isOpen) super.revoke(id);
    else this.#gate.port.propose((each) => each.leases.revoke(id));
  }
}
