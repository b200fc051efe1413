import type { EtcdReplica } from '../../../etcd/replica.ts';
import { createSha256 } from '../../../linux/hash.ts';
import type { Host } from '../../../linux/host.ts';

/** A member of an etcd cluster, as all of them know it. */
export interface Member {
  readonly id: bigint;
  /** Empty until it has been started. */
  readonly name: string;
  readonly peerUrls: readonly string[];
  /** None until it has been started. */
  readonly clientUrls: readonly string[];
  /** It is told of everything, and has no vote. */
  readonly isLearner: boolean;
}

/** What a member has on its machine. */
export interface Seat {
  readonly host: Host;
  readonly replica: EtcdReplica;
  /** How many entries of the log its replica has. */
  applied: number;
  isRunning: boolean;
}

/** The first eight bytes of a digest, as etcd makes ids: `server/etcdserver/api/membership/member.go`. */
export function idOf(...parts: readonly string[]): bigint {
  const hash = createSha256();
  hash.update(new TextEncoder().encode(parts.join('')));
  return hash
    .digest()
    .slice(0, 8)
    .reduce((id, byte) => id * 256n + BigInt(byte), 0n);
}
