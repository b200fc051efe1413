import { base32, createSha256 } from '../../linux/hash.ts';
import { encode } from '../../linux/stdio.ts';

/** A chain's name has at most 28 characters. */
const HASH_CHARACTERS = 16;

/**
 * Names of a Service port's chains: a prefix and a hash, since a chain's name is short. They are the same on every node and
 * in every cluster, which is how one recognises them. Hashing is what would cost most of a rebuild, so names are kept.
 */
export class ChainNames {
  readonly #hashes = new Map<string, string>();

  /** Traffic with the policy Cluster: `KUBE-SVC-…`. */
  cluster(port: string, protocol: string): string {
    return `KUBE-SVC-${this.#hash(port + protocol)}`;
  }

  /** Traffic with the policy Local. */
  local(port: string, protocol: string): string {
    return `KUBE-SVL-${this.#hash(port + protocol)}`;
  }

  /** Traffic from outside. */
  external(port: string, protocol: string): string {
    return `KUBE-EXT-${this.#hash(port + protocol)}`;
  }

  /** Whom a load balancer lets in. */
  firewall(port: string, protocol: string): string {
    return `KUBE-FW-${this.#hash(port + protocol)}`;
  }

  endpoint(port: string, protocol: string, endpoint: string): string {
    return `KUBE-SEP-${this.#hash(port + protocol + endpoint)}`;
  }

  #hash(text: string): string {
    const known = this.#hashes.get(text);
    if (known !== undefined) return known;
    const hash = createSha256();
    hash.update(encode(text));
    const made = base32(hash.digest(), HASH_CHARACTERS);
    this.#hashes.set(text, made);
    return made;
  }
}
