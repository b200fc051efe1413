import type { Etcd } from './etcd.ts';

/** What the API server asks of its store: of etcd itself, or of somebody in between who encrypts what is written. */
export type EtcdClient = Pick<
  Etcd,
  | 'revision'
  | 'compactRevision'
  | 'leases'
  | 'get'
  | 'range'
  | 'lastChange'
  | 'count'
  | 'put'
  | 'delete'
  | 'watch'
  | 'changes'
  | 'compact'
> & {
  /** Whether the value of a key is to be written again even if it says the same; of etcd itself none is. */
  isStale?(key: string): boolean;
};
