import type { PodSandboxConfig } from '../containerd/cri.ts';
import { Errno } from '../linux/errno.ts';
import { decode, sameBytes } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';

/** Whom to ask for names, as a resolv.conf says it. */
export type DnsConfig = NonNullable<PodSandboxConfig['dnsConfig']>;

const PATH = '/etc/resolv.conf';

/** The node's own resolv.conf. It is read for every sandbox and hardly ever changed: what it said last stays taken apart. */
export class ResolvConf {
  readonly #root: Process;
  #last: { readonly bytes: Uint8Array; readonly config: DnsConfig } | undefined;

  constructor(root: Process) {
    this.#root = root;
  }

  /** Undefined where there is no such file. */
  read(): DnsConfig | undefined {
    const bytes = this.#bytes();
    if (bytes === undefined) return undefined;
    if (this.#last === undefined || !sameBytes(this.#last.bytes, bytes)) {
      this.#last = { bytes, config: parse(decode(bytes)) };
    }
    return this.#last.config;
  }

  #bytes(): Uint8Array | undefined {
    try {
      return this.#root.readFile(PATH);
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  }
}

function parse(text: string): DnsConfig {
  const servers: string[] = [];
  let searches: readonly string[] = [];
  let options: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === 'nameserver' && values[0] !== undefined) servers.push(values[0]);
    else if (keyword === 'search') searches = values.filter((value) => value !== '.');
    else if (keyword === 'options') options = values;
  }
  return { servers, searches, options };
}
