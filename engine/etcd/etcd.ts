import type { Simulation } from '../sim/index.ts';
import { CompactedError, duplicateKey, emptyKey, futureRevision } from './errors.ts';
import { KeyHistory, type ResourceState } from './key-history.ts';
import type { KeyEvent, KeyValue } from './key-value.ts';
import { LeaseTable } from './lease-table.ts';
import { SortedKeys } from './sorted-keys.ts';
import { type Compare, holds, type TxnOperation, type TxnResult } from './txn.ts';
import type { Watch, Watcher, WatchListener } from './watch.ts';

export interface RangeOptions {
  /** The state at this revision instead of the present one. */
  readonly revision?: number;
  /** At most so many; 0 and absent mean all. */
  readonly limit?: number;
  /** Only keys from this one on (for the next page). */
  readonly start?: string;
}

export interface RangeResult {
  readonly keyValues: readonly KeyValue[];
  /** The revision read at. */
  readonly revision: number;
  /** Whether the limit left some out. */
  readonly more: boolean;
}

/** What a store has from outside where it is one of several. */
export interface EtcdParts {
  readonly leases: (expire: (keys: readonly string[]) => void) => LeaseTable;
  /** Whether changes are in the trace; those of copies are not. */
  readonly isRecorded: () => boolean;
}

/** What a store holds at one moment: all that a copy of it needs. */
export interface EtcdState {
  readonly revision: number;
  /** In the order of their keys. */
  readonly keyValues: readonly KeyValue[];
  readonly leases: readonly (readonly [id: number, ttlSeconds: number])[];
}

/**
 * The key-value store of a cluster, one member, always in quorum (`replica.ts` is one of several): multi-version keys, transactions, watches, compaction
 * and leases, as https://etcd.io/docs/v3.6/learning/api/ tells. Values are immutable objects where the real etcd has
 * bytes. A write is complete when the call returns; watchers have been told by then.
 */
export class Etcd {
  readonly #sim: Simulation;
  readonly #histories = new Map<string, KeyHistory>();
  readonly #keys = new SortedKeys();
  /** Every change since the last compaction, in order. */
  #changes: KeyEvent[] = [];
  #revision = 1;
  #compactRevision = 0;
  #watchers: readonly Watcher[] = [];
  readonly #resources = new Map<string, ResourceState>();
  #lastResource: ResourceState | undefined;
  readonly #catchingUp = new Set<Watcher>();
  readonly leases: LeaseTable;
  readonly #isRecorded: EtcdParts['isRecorded'] | undefined;

  /** @param state begins with what another store held; what that one was before cannot be asked for. Empty unless told. */
  constructor(sim: Simulation, state?: EtcdState, parts?: EtcdParts) {
    this.#sim = sim;
    this.#isRecorded = parts?.isRecorded;
    const expire = (keys: readonly string[]) => this.#expire(keys);
    this.leases = parts?.leases(expire) ?? new LeaseTable(sim, expire);
    if (state !== undefined) this.#load(state);
  }

  /** Whether it is one of several that agree. */
  get isCopy(): boolean {
    return this.#isRecorded !== undefined;
  }

  /** What is in it now. */
  get state(): EtcdState {
    return { revision: this.#revision, keyValues: this.range('').keyValues, leases: this.leases.all };
  }

  /** The revision of the last write; a fresh store has revision 1. */
  get revision(): number {
    return this.#revision;
  }

  /** The revision of the last compaction; what is older cannot be asked for. 0 when there was none. */
  get compactRevision(): number {
    return this.#compactRevision;
  }

  /** The present value of one key: the cheapest read. */
  get(key: string): KeyValue | undefined {
    return this.#histories.get(key)?.current;
  }

  /**
   * The value of a key at a revision.
   *
   * @throws EtcdError for a revision that is compacted or in the future.
   */
  getAt(key: string, revision: number): KeyValue | undefined {
    this.#checkRevision(revision);
    return this.#histories.get(key)?.at(revision);
  }

  /**
   * The keys that begin with a prefix, in order.
   *
   * @throws EtcdError for a revision that is compacted or in the future.
   */
  range(prefix: string, options: RangeOptions = {}): RangeResult {
    const revision = options.revision ?? this.#revision;
    this.#checkRevision(revision);
    const past = revision !== this.#revision;
    const limit = options.limit === undefined || options.limit === 0 ? Number.POSITIVE_INFINITY : options.limit;
    const start = options.start !== undefined && options.start > prefix ? options.start : prefix;
    const keyValues: KeyValue[] = [];
    for (const key of this.#keys.from(start, prefix)) {
      const history = this.#histories.get(key)!;
      const keyValue = past ? history.at(revision) : history.current;
      if (keyValue === undefined) continue;
      if (keyValues.length >= limit) return { keyValues, revision, more: true };
      keyValues.push(keyValue);
    }
    return { keyValues, revision, more: false };
  }

  /**
   * When a key of the prefix's resource (its first two segments) was last changed: a revision, 0 if none ever was, which is kept
   * up to date. Whoever keeps what a range gave knows by it whether that still holds.
   */
  lastChange(prefix: string): { readonly revision: number } {
    return this.#resourceOf(prefix);
  }

  /** How many keys with this prefix there are at present. */
  count(prefix: string): number {
    let count = 0;
    for (const key of this.#keys.from(prefix, prefix)) {
      if (this.#histories.get(key)!.current !== undefined) count += 1;
    }
    return count;
  }

  /**
   * Writes a value; returns the new revision.
   *
   * @throws EtcdError for an empty key or a lease that is not there.
   */
  put(key: string, value: unknown, lease = 0): number {
    this.#checkPut(key, lease);
    const event = this.#put(key, value, lease, this.#revision + 1);
    this.#log(event);
    this.#tell(event);
    return event.revision;
  }

  /** Removes a key; returns what was there. A key that is not there makes no revision. */
  delete(key: string): KeyValue | undefined {
    const event = this.#delete(key, this.#revision + 1);
    if (event === undefined) return undefined;
    this.#log(event);
    this.#tell(event);
    return event.previous;
  }

  /**
   * Does one list of operations or the other, depending on whether all comparisons hold. All its writes share one
   * revision.
   *
   * @throws EtcdError when a key is written twice, is empty, or a lease is not there; then nothing is written.
   */
  txn(
    compares: readonly Compare[],
    success: readonly TxnOperation[],
    failure: readonly TxnOperation[] = [],
  ): TxnResult {
    const succeeded = compares.every((compare) => holds(compare, this.get(compare.key)));
    const operations = succeeded ? success : failure;
    const seen = new Set<string>();
    for (const operation of operations) {
      if (operation.type === 'get') continue;
      if (seen.has(operation.key)) throw duplicateKey();
      seen.add(operation.key);
      if (operation.type === 'put') this.#checkPut(operation.key, operation.lease ?? 0);
    }
    const revision = this.#revision + 1;
    const events: KeyEvent[] = [];
    const reads: (KeyValue | undefined)[] = [];
    for (const operation of operations) {
      if (operation.type === 'get') reads.push(this.get(operation.key));
      else {
        const event =
          operation.type === 'put'
            ? this.#put(operation.key, operation.value, operation.lease ?? 0, revision)
            : this.#delete(operation.key, revision);
        if (event !== undefined) events.push(event);
      }
    }
    this.#commit(events);
    return { succeeded, revision: this.#revision, reads };
  }

  /**
   * Tells of every change of keys with this prefix from a revision on. What has already happened is told in an event of
   * its own, soon; what happens later is told while it happens. A watch from a compacted revision, or one overtaken by
   * a compaction while it still catches up, is cancelled.
   */
  watch(prefix: string, fromRevision: number, listener: WatchListener): Watch {
    const watcher: Watcher = { prefix, listener, nextRevision: fromRevision };
    if (fromRevision > this.#revision) this.#setWatchers([...this.#watchers, watcher]);
    else {
      this.#catchingUp.add(watcher);
      this.#sim.schedule(0, 'etcd watch catches up', () => this.#catchUp(watcher));
    }
    return {
      prefix,
      cancel: () => {
        this.#catchingUp.delete(watcher);
        this.#setWatchers(this.#watchers.filter((other) => other !== watcher));
      },
    };
  }

  /**
   * The changes of keys with this prefix from a revision on that have already happened, oldest first.
   *
   * @throws CompactedError when some of them are gone.
   */
  changes(prefix: string, fromRevision: number): KeyEvent[] {
    if (fromRevision <= this.#compactRevision) throw new CompactedError(this.#compactRevision);
    let index = this.#changes.length;
    while (index > 0 && this.#changes[index - 1]!.revision >= fromRevision) index--;
    return this.#changes.slice(index).filter((event) => event.key.startsWith(prefix));
  }

  /**
   * Forgets all states before a revision.
   *
   * @throws EtcdError for a revision that is already compacted or in the future.
   */
  compact(revision: number): void {
    if (revision <= this.#compactRevision) throw new CompactedError(this.#compactRevision);
    if (revision > this.#revision) throw futureRevision();
    this.#compactRevision = revision;
    const kept = this.#changes.findIndex((event) => event.revision > revision);
    const dropped = this.#changes.slice(0, kept < 0 ? undefined : kept);
    this.#changes = kept < 0 ? [] : this.#changes.slice(kept);
    for (const { key } of dropped) {
      const history = this.#histories.get(key);
      if (history === undefined || history.compact(revision)) continue;
      this.#histories.delete(key);
      this.#keys.delete(key);
    }
    this.#sim.record('etcd.compact', '', undefined, revision);
  }

  #load({ revision, keyValues, leases }: EtcdState): void {
    this.#revision = revision;
    this.#compactRevision = revision;
    for (const [id, ttlSeconds] of leases) this.leases.grant(ttlSeconds, id);
    for (const current of keyValues) {
      const { key, modRevision, lease } = current;
      const resource = this.#resourceOf(key);
      const history = new KeyHistory(resource);
      history.add({ type: 'put', key, revision: modRevision, current, previous: undefined });
      resource.revision = Math.max(resource.revision, modRevision);
      this.#histories.set(key, history);
      this.#keys.add(key);
      this.leases.attach(key, lease, 0);
    }
  }

  #catchUp(watcher: Watcher): void {
    if (!this.#catchingUp.delete(watcher)) return;
    if (watcher.nextRevision <= this.#compactRevision) {
      watcher.listener.cancelled(new CompactedError(this.#compactRevision));
      return;
    }
    this.#setWatchers([...this.#watchers, watcher]);
    for (const event of this.changes(watcher.prefix, watcher.nextRevision)) watcher.listener.event(event);
  }

  #checkRevision(revision: number): void {
    if (revision > this.#revision) throw futureRevision();
    if (revision < this.#compactRevision) throw new CompactedError(this.#compactRevision);
  }

  #checkPut(key: string, lease: number): void {
    if (key === '') throw emptyKey();
    this.leases.check(lease);
  }

  #put(key: string, value: unknown, lease: number, revision: number): KeyEvent {
    let history = this.#histories.get(key);
    if (history === undefined) {
      history = new KeyHistory(this.#resourceOf(key));
      this.#histories.set(key, history);
      this.#keys.add(key);
    }
    const previous = history.current;
    const current: KeyValue = {
      key,
      value,
      createRevision: previous?.createRevision ?? revision,
      modRevision: revision,
      version: (previous?.version ?? 0) + 1,
      lease,
    };
    if (lease !== 0 || (previous !== undefined && previous.lease !== 0)) {
      this.leases.attach(key, lease, previous?.lease ?? 0);
    }
    const event: KeyEvent = { type: 'put', key, revision, current, previous };
    history.add(event);
    return event;
  }

  #delete(key: string, revision: number): KeyEvent | undefined {
    const history = this.#histories.get(key);
    const previous = history?.current;
    if (history === undefined || previous === undefined) return undefined;
    if (previous.lease !== 0) this.leases.attach(key, 0, previous.lease);
    const event: KeyEvent = { type: 'delete', key, revision, current: undefined, previous };
    history.add(event);
    return event;
  }

  /** What shares a revision has all happened before anybody hears of it. */
  #commit(events: readonly KeyEvent[]): void {
    for (const event of events) this.#log(event);
    for (const event of events) this.#tell(event);
  }

  #log(event: KeyEvent): void {
    this.#revision = event.revision;
    this.#changes.push(event);
    if (this.#isRecorded?.() === false) return;
    this.#sim.record(event.type === 'put' ? 'etcd.put' : 'etcd.delete', event.key, undefined, event.revision);
  }

  #tell(event: KeyEvent): void {
    const { resource } = this.#histories.get(event.key)!;
    resource.revision = event.revision;
    resource.watchers ??= this.#watchersOf(resource.prefix);
    for (const watcher of resource.watchers) {
      if (event.key.startsWith(watcher.prefix)) watcher.listener.event(event);
    }
  }

  /** `/registry/pods/` for `/registry/pods/default/web`: mostly that of the key before. */
  #resourceOf(key: string): ResourceState {
    if (this.#lastResource !== undefined && key.startsWith(this.#lastResource.prefix)) return this.#lastResource;
    const prefix = key.slice(0, key.indexOf('/', key.indexOf('/', 1) + 1) + 1);
    let resource = this.#resources.get(prefix);
    if (resource === undefined) {
      resource = { prefix, revision: 0, watchers: undefined };
      this.#resources.set(prefix, resource);
    }
    if (prefix !== '') this.#lastResource = resource;
    return resource;
  }

  #setWatchers(watchers: readonly Watcher[]): void {
    this.#watchers = watchers;
    for (const resource of this.#resources.values()) resource.watchers = undefined;
  }

  /** The watchers to ask about a change: a store has one for each kind, and a write concerns hardly any of them. */
  #watchersOf(resource: string): readonly Watcher[] {
    return this.#watchers.filter(({ prefix }) => prefix.startsWith(resource) || resource.startsWith(prefix));
  }

  /** The keys of a lease that ran out go together. */
  #expire(keys: readonly string[]): void {
    const revision = this.#revision + 1;
    const events = keys.map((key) => this.#delete(key, revision)).filter((event) => event !== undefined);
    this.#commit(events);
  }
}
