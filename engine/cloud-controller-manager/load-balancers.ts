/** The cloud's network: it brings what is sent to an address of a load balancer to a node, as it was sent. */
export interface LoadBalancerNetwork {
  /** Sends traffic for the address to that machine from now on. */
  route(address: string, nodeName: string): void;
  /** Nobody answers at the address any more. */
  withdraw(address: string): void;
}

/**
 * The addresses that load balancers can have, and who has which. Nothing is remembered beyond this process: what Services
 * say of themselves is claimed again when it starts.
 */
export class AddressPool {
  readonly #addresses: readonly string[];
  readonly #owners = new Map<string, string>();

  constructor(addresses: readonly string[]) {
    this.#addresses = addresses;
  }

  /** The address that the Service has, the one that it wants, or the first free one; undefined when there is none. */
  take(service: string, wanted: readonly string[]): string | undefined {
    const isFree = (address: string) => (this.#owners.get(address) ?? service) === service;
    const own = this.#addresses.find((address) => this.#owners.get(address) === service);
    const asked = wanted.filter((address) => this.#addresses.includes(address));
    const found = asked.find(isFree) ?? own ?? this.#addresses.find(isFree);
    if (found === undefined) return undefined;
    if (own !== undefined && own !== found) this.#owners.delete(own);
    this.#owners.set(found, service);
    return found;
  }

  of(service: string): string | undefined {
    return this.#addresses.find((address) => this.#owners.get(address) === service);
  }

  release(service: string): void {
    const address = this.of(service);
    if (address !== undefined) this.#owners.delete(address);
  }
}
