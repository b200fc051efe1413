import type { EtcdClient } from '../../../etcd/index.ts';

const PREFIX = '/registry/masterleases/';
/** Who has not been heard of for so long is there no more. */
const TTL_SECONDS = 15;

/**
 * The API servers of a cluster, as they find out about each other: each keeps a key with a lease in etcd, so that those are
 * listed in the endpoints of the Service `kubernetes` that are there. After `pkg/controlplane/reconcilers/lease.go`. Simplified: a
 * server that is told to end does not take its key away.
 */
export function masterLeases(etcd: EtcdClient, address: string): readonly string[] {
  const lease = etcd.leases.grant(TTL_SECONDS);
  const subsets = [{ addresses: [{ ip: address }] }];
  etcd.put(`${PREFIX}${address}`, { kind: 'Endpoints', apiVersion: 'v1', metadata: { name: address }, subsets }, lease);
  return etcd.range(PREFIX).keyValues.map(({ key }) => key.slice(PREFIX.length));
}
