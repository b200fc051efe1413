export { CompactedError, EtcdError } from './errors.ts';
export { Etcd, type RangeOptions, type RangeResult } from './etcd.ts';
export type { KeyEvent, KeyValue } from './key-value.ts';
export type { LeaseTable } from './lease-table.ts';
export type { Compare, TxnOperation, TxnResult } from './txn.ts';
export type { Watch, WatchListener } from './watch.ts';
