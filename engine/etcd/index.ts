export type { EtcdClient } from './client.ts';
export { CompactedError, EtcdError } from './errors.ts';
export { Etcd, type EtcdState, type RangeResult } from './etcd.ts';
export type { KeyEvent, KeyValue } from './key-value.ts';

export type { Watch, WatchListener } from './watch.ts';
