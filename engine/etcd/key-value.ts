/** A key's value at one revision: https://etcd.io/docs/v3.6/learning/api/#key-value-pair. Never changed once made. */
export interface KeyValue {
  readonly key: string;
  /** An immutable value, shared with whoever put it. */
  readonly value: unknown;
  /** The revision at which the key came into being (again, if it had been deleted). */
  readonly createRevision: number;
  /** The revision that wrote this value. */
  readonly modRevision: number;
  /** Writes since the key came into being; 1 for the first. */
  readonly version: number;
  /** The lease that ends the key's life; 0 for none. */
  readonly lease: number;
}

/** A change of one key, as watchers and the log see it. */
export interface KeyEvent {
  readonly type: 'put' | 'delete';
  readonly key: string;
  readonly revision: number;
  /** What was written; undefined for a deletion. */
  readonly current: KeyValue | undefined;
  /** What was there before; undefined when the key is new. */
  readonly previous: KeyValue | undefined;
}
