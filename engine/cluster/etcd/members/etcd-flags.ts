import type { EtcdPlace } from '../../bootstrap/static-pods.ts';

const PEER = '/etc/kubernetes/pki/etcd/peer';

/**
 * What kubeadm tells an etcd of its cluster.
 *
 * @param members who is one when it begins, itself as the last: names, and where others reach them
 */
export function etcdPlace(members: readonly (readonly [name: string, peerUrl: string])[]): EtcdPlace {
  const [, own] = members.at(-1)!;
  const isExisting = members.length > 1;
  const flags = [
    '--feature-gates=InitialCorruptCheck=true',
    `--initial-advertise-peer-urls=${own}`,
    `--initial-cluster=${members.map((member) => member.join('=')).join(',')}`,
    ...(isExisting ? ['--initial-cluster-state=existing'] : []),
    `--listen-peer-urls=${own}`,
    `--peer-cert-file=${PEER}.crt`,
    '--peer-client-cert-auth=true',
    `--peer-key-file=${PEER}.key`,
    '--peer-trusted-ca-file=/etc/kubernetes/pki/etcd/ca.crt',
    '--snapshot-count=10000',
    '--watch-progress-notify-interval=5s',
  ];
  return { flags, isExisting };
}
