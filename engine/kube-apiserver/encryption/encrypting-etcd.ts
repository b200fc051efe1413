import { internalError } from '../../api/errors.ts';
import type { Etcd, EtcdClient, KeyEvent, KeyValue, RangeResult, Watch, WatchListener } from '../../etcd/index.ts';
import type { ResourceTransformers } from './providers.ts';
import { TransformError } from './transformer.ts';

/** A stored value as it was read. */
interface Opened {
  readonly keyValue: KeyValue;
  readonly stale: boolean;
  /** By what: another configuration may not be able to. */
  readonly by: ResourceTransformers;
}

/** What stored values say that were read: the server's memory, and what who looks at a cluster from outside is shown. */
export type OpenedValues = WeakMap<KeyValue, Opened>;

/**
 * Stands between the API server and etcd: what is written is encrypted, what is read is decrypted, as an encryption
 * configuration says. After k8s.io/apiserver pkg/storage/etcd3, whose watches end where a change cannot be read; here they
 * do not hear of it.
 */
export class EncryptingEtcd implements EtcdClient {
  readonly #etcd: Etcd;
  readonly #opened: OpenedValues;
  readonly #transformers: () => ResourceTransformers;
  /** What is being written: etcd tells of it before the write is over. */
  #written: { readonly stored: unknown; readonly value: unknown } | undefined;

  /** @param transformers those of this moment: another configuration may be loaded */
  constructor(etcd: Etcd, opened: OpenedValues, transformers: () => ResourceTransformers) {
    this.#etcd = etcd;
    this.#opened = opened;
    this.#transformers = transformers;
  }

  get revision(): number {
    return this.#etcd.revision;
  }

  get compactRevision(): number {
    return this.#etcd.compactRevision;
  }

  get leases(): Etcd['leases'] {
    return this.#etcd.leases;
  }

  /** @throws StatusError for what cannot be decrypted */
  get(key: string): KeyValue | undefined {
    const keyValue = this.#etcd.get(key);
    return keyValue && this.#openOrExplain(keyValue, (why) => why).keyValue;
  }

  /** @throws StatusError for what cannot be decrypted */
  range(...asked: Parameters<Etcd['range']>): RangeResult {
    const result = this.#etcd.range(...asked);
    const keyValues = result.keyValues.map((keyValue) => {
      const explain = (why: string) => `unable to transform key ${JSON.stringify(keyValue.key)}: ${why}`;
      return this.#openOrExplain(keyValue, explain).keyValue;
    });
    return { ...result, keyValues };
  }

  isStale(key: string): boolean {
    const keyValue = this.#etcd.get(key);
    return keyValue !== undefined && this.#openOrExplain(keyValue, (why) => why).stale;
  }

  put(key: string, value: unknown, lease?: number): number {
    const stored = this.#transformers().of(key).write(value, key);
    this.#written = { stored, value };
    const revision = this.#etcd.put(key, stored, lease);
    this.get(key);
    this.#written = undefined;
    return revision;
  }

  delete(key: string): KeyValue | undefined {
    const previous = this.#etcd.delete(key);
    return previous && this.#known(previous);
  }

  watch(prefix: string, fromRevision: number, listener: WatchListener): Watch {
    return this.#etcd.watch(prefix, fromRevision, {
      event: (event) => {
        const told = this.#told(event);
        if (told !== undefined) listener.event(told);
      },
      cancelled: (error) => listener.cancelled(error),
    });
  }

  changes(prefix: string, fromRevision: number): KeyEvent[] {
    const events = this.#etcd.changes(prefix, fromRevision);
    return events.map((event) => this.#told(event)).filter((event) => event !== undefined);
  }

  lastChange(prefix: string): { readonly revision: number } {
    return this.#etcd.lastChange(prefix);
  }

  count(prefix: string): number {
    return this.#etcd.count(prefix);
  }

  compact(revision: number): void {
    this.#etcd.compact(revision);
  }

  #open(stored: KeyValue): Opened {
    const by = this.#transformers();
    const known = this.#opened.get(stored);
    if (known?.by === by) return known;
    const isNew = this.#written !== undefined && this.#written.stored === stored.value;
    const { value, stale } = isNew
      ? { value: this.#written!.value, stale: false }
      : by.of(stored.key).read(stored.value, stored.key);
    const opened = { keyValue: value === stored.value ? stored : { ...stored, value }, stale, by };
    this.#opened.set(stored, opened);
    return opened;
  }

  #openOrExplain(stored: KeyValue, explain: (why: string) => string): Opened {
    try {
      return this.#open(stored);
    } catch (error) {
      if (error instanceof TransformError) throw internalError(explain(error.message));
      throw error;
    }
  }

  /** What was there before, as the server remembers it, whether it could still read it or not. */
  #known(stored: KeyValue): KeyValue | undefined {
    const remembered = this.#opened.get(stored);
    if (remembered !== undefined) return remembered.keyValue;
    try {
      return this.#open(stored).keyValue;
    } catch (error) {
      if (error instanceof TransformError) return undefined;
      throw error;
    }
  }

  /** A change as it can be read; undefined where it cannot. */
  #told(event: KeyEvent): KeyEvent | undefined {
    const current = event.current && this.#known(event.current);
    const previous = event.previous && this.#known(event.previous);
    if (event.current === undefined ? previous === undefined : current === undefined) return undefined;
    return { ...event, current, previous };
  }
}
