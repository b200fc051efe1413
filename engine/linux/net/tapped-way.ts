import type { Content, IcmpErrorContent, TcpContent } from './capture/content.ts';
import { answeringAddress, type Fabric } from './fabric.ts';
import type { PathResult } from './netfilter/path.ts';

/** How much a side takes that has not taken anything yet. */
const FIRST_WINDOW = 64_240;

/** The same when windows are counted in units of 128 bytes. */
const SCALED_WINDOW = 65_536;
const NOTHING = new Uint8Array(0);

/** The way that a flow's first packet found, for whoever listens to an interface on it. While nobody does, nothing is made of it. */
export class TappedWay {
  readonly #fabric: Fabric;
  readonly #result: PathResult;

  constructor(fabric: Fabric, result: PathResult) {
    this.#fabric = fabric;
    this.#result = result;
  }

  get tapped(): boolean {
    return this.#fabric.capture !== undefined;
  }

  /** A segment of an established connection. */
  show(forth: boolean, segment: Omit<TcpContent, 'protocol'>, arrives: boolean): void {
    this.pass({ protocol: 'tcp', ...segment }, forth, arrives);
  }

  /** A segment without data, before there is a connection. */
  control(flags: string, forth: boolean, arrives = true): void {
    if (!this.tapped) return;
    const sequence = flags === 'R.' ? undefined : 0;
    const window = flags.includes('S') ? FIRST_WINDOW : SCALED_WINDOW;
    this.show(forth, { flags, sequence, acknowledged: 0, window, data: NOTHING }, arrives);
  }

  pass(content: Content, forth: boolean, arrives: boolean, afterMs = 0): void {
    this.#fabric.capture?.passed({ way: this.#result, forth, content, arrives, afterMs });
  }

  /** The packet that was carried is refused where its way ended, which says so. */
  refuse(about: IcmpErrorContent['about'], error: IcmpErrorContent['error'], afterMs = 0): void {
    if (!this.tapped) return;
    const { path } = this.#result;
    const here = path.length === 1;
    const by = here ? about.source.address : answeringAddress(path.at(-1)!, path.at(-2)!);
    const { protocol, bytes, source, destination } = about;
    const quoted = { protocol, bytes, source, destination };
    this.pass({ protocol: 'icmp', type: 'error', error, by, about: quoted }, false, true, afterMs);
  }
}

/** What a REJECT says: `icmp-port-unreachable` and its kin. */
export function errorOf(rejectWith: string): IcmpErrorContent['error'] {
  if (rejectWith.includes('prohibited')) return 'admin prohibited';
  if (rejectWith.includes('host')) return 'host unreachable';
  return rejectWith.includes('net-') ? 'net unreachable' : 'port unreachable';
}
