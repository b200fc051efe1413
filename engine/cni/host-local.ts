import { makeDirectories } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import type { Host } from '../linux/host.ts';
import { formatIpv4, hostRange, parseIpv4 } from './ipv4.ts';
import type { NetworkConfig } from './network-config.ts';

const DATA_DIRECTORY = '/var/lib/cni/networks';

/**
 * Addresses from a node's own range, one file a lease: `/var/lib/cni/networks/<network>/<address>` holds the sandbox's
 * id. The next address is looked for after the one given last, so an address is not used again soon.
 * https://www.cni.dev/plugins/current/ipam/host-local/
 */
export class HostLocalIpam {
  readonly #machine: Pick<Host, 'root'>;

  constructor(machine: Pick<Host, 'root'>) {
    this.#machine = machine;
  }

  /** @throws Error when every address is taken. */
  allocate(config: NetworkConfig, sandboxId: string): number {
    const directory = directoryOf(config);
    const { first, last } = hostRange(config.subnet);
    // The first address is the gateway's.
    const start = first + 1;
    const count = last - start + 1;
    const previous = this.#lastReserved(directory);
    if (previous === undefined) makeDirectories(this.#machine.root, directory);
    const offset = previous === undefined || previous < start || previous > last ? 0 : previous - start + 1;
    for (let step = 0; step < count; step++) {
      const address = start + ((offset + step) % count);
      const path = `${directory}/${formatIpv4(address)}`;
      if (this.#machine.root.access(path, 'exists')) continue;
      this.#machine.root.writeFile(path, `${sandboxId}\r\neth0`);
      this.#machine.root.writeFile(`${directory}/last_reserved_ip.0`, formatIpv4(address));
      return address;
    }
    throw new Error(
      `failed to allocate for range 0: no IP addresses available in range set: ${formatIpv4(first)}-${formatIpv4(last)}`,
    );
  }

  /** Gives an address back if this sandbox has it. */
  release(config: NetworkConfig, address: string, sandboxId: string): void {
    const path = `${directoryOf(config)}/${address}`;
    try {
      if (this.#machine.root.readText(path).startsWith(sandboxId)) this.#machine.root.unlink(path);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
  }

  #lastReserved(directory: string): number | undefined {
    try {
      return parseIpv4(this.#machine.root.readText(`${directory}/last_reserved_ip.0`).trim());
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }
}

function directoryOf({ name }: NetworkConfig): string {
  return `${DATA_DIRECTORY}/${name}`;
}
