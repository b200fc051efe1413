import { Errno } from '../errno.ts';
import type { NetworkInterface } from '../host.ts';
import type { Route } from '../syscalls.ts';
import { networkOf, parseAddress } from './address.ts';

/** A route as packets meet it. */
interface CompiledRoute {
  readonly base: number;
  readonly size: number;
  readonly route: Route;
}

/** Where packets of a network namespace go: what was added, and what follows from the interfaces' addresses. */
export class RoutingTable {
  readonly #interfaces: () => readonly NetworkInterface[];
  #added: readonly Route[] = [];
  #defaultRemoved = false;
  /** The narrowest first. */
  #compiled: readonly CompiledRoute[] | undefined;

  /** @param interfaces those there are now, without loopback; call `changed` when they change */
  constructor(interfaces: () => readonly NetworkInterface[]) {
    this.#interfaces = interfaces;
  }

  changed(): void {
    this.#compiled = undefined;
  }

  /** The default route first, then what was added, then the networks of the interfaces. */
  get all(): readonly Route[] {
    const interfaces = this.#interfaces();
    const links = interfaces.flatMap(({ name, addresses }) =>
      addresses.map(({ address, prefixLength }) => ({
        destination: networkOf(address, prefixLength),
        prefixLength,
        interfaceName: name,
        protocol: 'kernel',
        source: address,
      })),
    );
    const added = this.#added.filter(({ interfaceName }) => interfaces.some(({ name }) => name === interfaceName));
    const hasDefault = added.some(({ prefixLength }) => prefixLength === 0);
    // Without anybody who says otherwise everything is on the link of the first interface.
    const implied =
      hasDefault || interfaces.length === 0 || this.#defaultRemoved
        ? []
        : [{ destination: '0.0.0.0', prefixLength: 0, interfaceName: interfaces[0]!.name }];
    const isDefault = ({ prefixLength }: Route) => prefixLength === 0;
    return [...implied, ...added.filter(isDefault), ...added.filter((route) => !isDefault(route)), ...links];
  }

  /** The narrowest route to an address; undefined where there is none. */
  lookup(address: string): Route | undefined {
    const value = parseAddress(address);
    if (value === undefined) return undefined;
    this.#compiled ??= this.all
      .map((route) => ({
        base: parseAddress(route.destination) ?? 0,
        size: 2 ** (32 - route.prefixLength),
        route,
      }))
      .sort((a, b) => a.size - b.size);
    return this.#compiled.find(({ base, size }) => value >= base && value < base + size)?.route;
  }

  /** Throws EEXIST. */
  add(route: Route): void {
    if (this.#added.some((other) => sameDestination(other, route))) throw new Errno('EEXIST');
    this.#added = [...this.#added, route];
    this.changed();
  }

  /** Throws ESRCH when there is no such route. */
  delete(route: Pick<Route, 'destination' | 'prefixLength'>): void {
    const rest = this.#added.filter((other) => !sameDestination(other, route));
    if (rest.length === this.#added.length) {
      if (route.prefixLength !== 0 || this.#defaultRemoved) throw new Errno('ESRCH');
      this.#defaultRemoved = true;
    }
    this.#added = rest;
    this.changed();
  }

  /** Forgets what was added. */
  clear(): void {
    this.#added = [];
    this.#defaultRemoved = false;
    this.changed();
  }
}

type Destination = Pick<Route, 'destination' | 'prefixLength'>;

function sameDestination(a: Destination, b: Destination): boolean {
  return a.destination === b.destination && a.prefixLength === b.prefixLength;
}
