import { base32, createSha256 } from '../linux/hash.ts';
import { encode } from '../linux/stdio.ts';

// Names of chains and sets: a prefix and a hash, since the kernel's names are short. The real kube-router puts the time of
// the synchronization into those of chains, so that they change with each; here they stay, as kube-proxy's do.

const HASH_CHARACTERS = 16;
const FAMILY = 'IPv4';

export const INPUT = 'KUBE-ROUTER-INPUT';
export const FORWARD = 'KUBE-ROUTER-FORWARD';
export const OUTPUT = 'KUBE-ROUTER-OUTPUT';
export const DEFAULT_POLICY = 'KUBE-NWPLCY-DEFAULT';

interface Named {
  readonly namespace: string;
  readonly name: string;
}

export function shortHash(text: string): string {
  const hash = createSha256();
  hash.update(encode(text));
  return base32(hash.digest(), HASH_CHARACTERS);
}

/** The chain of a policy. */
export function policyChain({ namespace, name }: Named): string {
  return `KUBE-NWPLCY-${shortHash(namespace + name + FAMILY)}`;
}

/** The chain that guards a Pod. */
export function podChain({ namespace, name }: Named): string {
  return `KUBE-POD-FW-${shortHash(namespace + name)}`;
}

/** A set that stands for the source or the destination of packets; `what` tells a policy's sets apart. */
export function setName(side: 'SRC' | 'DST', { namespace, name }: Named, what = ''): string {
  return `KUBE-${side}-${shortHash(namespace + name + what + FAMILY)}`;
}
