import { base32, createSha256 } from '../../linux/hash.ts';
import { encode } from '../../linux/stdio.ts';
import type { ProxyEndpoint } from '../endpoints.ts';
import type { ServicePort } from '../service-port.ts';

const HASH_CHARACTERS = 8;
/** A chain's name has at most 255 characters, and a prefix comes before. */
const MAX_LENGTH = 240;

/**
 * Names of a Service port's chains and sets: they say whose they are, and begin with a hash in case they are cut.
 * Hashing is what would cost most of a rebuild, so names are kept.
 */
export class NftNames {
  readonly #hashed = new Map<string, string>();

  service(port: ServicePort, kind: 'service' | 'local' | 'external' | 'firewall'): string {
    return `${kind}-${this.#hash(pathOf(port))}`;
  }

  endpoint(port: ServicePort, { ip, port: number }: ProxyEndpoint, kind: 'endpoint' | 'affinity'): string {
    return `${kind}-${this.#hash(`${pathOf(port)}__${ip}/${number}`)}`;
  }

  #hash(name: string): string {
    const known = this.#hashed.get(name);
    if (known !== undefined) return known;
    const hash = createSha256();
    hash.update(encode(name));
    const full = `${base32(hash.digest(), HASH_CHARACTERS)}-${name}`;
    const made = full.length <= MAX_LENGTH ? full : `${full.slice(0, MAX_LENGTH - 3)}...`;
    this.#hashed.set(name, made);
    return made;
  }
}

/** `namespace/service/protocol/port` */
function pathOf({ name, protocol }: ServicePort): string {
  const [namespace = '', rest = ''] = name.split('/');
  const [service = '', port = ''] = rest.split(':');
  return `${namespace}/${service}/${protocol}/${port}`;
}
