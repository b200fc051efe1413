/** A request that etcd refuses; the message is the one its clients see. */
export class EtcdError extends Error {
  override readonly name = 'EtcdError';
}

/** The revision asked for has been compacted away. */
export class CompactedError extends EtcdError {
  /** The oldest revision that can still be read. */
  readonly compactRevision: number;

  constructor(compactRevision: number) {
    super('etcdserver: mvcc: required revision has been compacted');
    this.compactRevision = compactRevision;
  }
}

export const futureRevision = () => new EtcdError('etcdserver: mvcc: required revision is a future revision');
export const leaseNotFound = () => new EtcdError('etcdserver: requested lease not found');
export const leaseExists = () => new EtcdError('etcdserver: lease already exists');
export const emptyKey = () => new EtcdError('etcdserver: key is not provided');
export const duplicateKey = () => new EtcdError('etcdserver: duplicate key given in txn request');
