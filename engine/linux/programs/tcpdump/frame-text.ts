import type { Frame } from '../../net/capture/frame.ts';
import { hexDump, textDump } from './dump.ts';
import { portName } from './names.ts';
import { PacketText } from './packet-text.ts';
import { LINK_TYPES, type LinkType, linkBytes } from './pcap-file.ts';

export interface LineOptions {
  /** `-n` */
  readonly numeric: boolean;
  readonly verbosity: number;
  readonly quick: boolean;
  readonly absolute: boolean;
  /** `-e`: with the link's addresses. */
  readonly link: boolean;
  /** `-#` */
  readonly numbered: boolean;
  /** How many `-t` there were: none, seconds since 1970, since the one before, the date as well, since the first. */
  readonly time: number;
  readonly dump: 'text' | 'hex' | 'both' | undefined;
  /** With the link's header (`-xx`, `-XX`). */
  readonly dumpsLink: boolean;
}

const ETHER_TYPES: Readonly<Record<number, string>> = { 2048: 'IPv4', 2054: 'ARP' };

/** What is printed of each frame. */
export class FrameText {
  /** What addresses are called, as far as it was found out. */
  readonly names = new Map<string, string>();
  readonly #link: LinkType;
  readonly #options: LineOptions;
  readonly #packets: PacketText;
  #count = 0;
  #first: number | undefined;
  #before: number | undefined;

  constructor(link: LinkType, options: LineOptions) {
    this.#link = link;
    this.#options = options;
    const naming = {
      host: (address: string) => this.names.get(address) ?? address,
      port: (port: number) => (options.numeric ? String(port) : portName(port)),
    };
    this.#packets = new PacketText({ ...options, naming });
  }

  of(frame: Frame): string {
    const { dump, dumpsLink, numbered } = this.#options;
    this.#count += 1;
    const number = numbered ? `${String(this.#count).padStart(5)}  ` : '';
    const text = this.#packets.of(frame.etherType, frame.payload, this.#options.link);
    const line = `${number}${this.#time(frame.wallMs)}${this.#head(frame)}${text}\n`;
    if (dump === undefined) return line;
    const bytes = dumpsLink ? linkBytes(this.#link, frame) : frame.payload;
    return line + (dump === 'text' ? textDump(bytes) : hexDump(bytes, dump === 'both'));
  }

  #head(frame: Frame): string {
    const { link, numeric } = this.#options;
    const type = `ethertype ${ETHER_TYPES[frame.etherType] ?? 'Unknown'} (0x${frame.etherType.toString(16).padStart(4, '0')})`;
    if (this.#link === LINK_TYPES.cooked) {
      const where = `${frame.interfaceName.padEnd(5)} ${frame.direction.padEnd(3)} `;
      const about = `ifindex ${frame.interfaceIndex} ${frame.sourceMac} ${type}, length ${frame.payload.length + 20}: `;
      return link ? where + about : where;
    }
    if (!link) return '';
    const target = frame.destinationMac === 'ff:ff:ff:ff:ff:ff' && !numeric ? 'Broadcast' : frame.destinationMac;
    return `${frame.sourceMac} > ${target}, ${type}, length ${frame.payload.length + 14}: `;
  }

  #time(wallMs: number): string {
    const microseconds = Math.round(wallMs * 1000);
    const [first, before] = [this.#first ?? microseconds, this.#before ?? microseconds];
    this.#first = first;
    this.#before = microseconds;
    const fraction = (of: number) => String(of % 1_000_000).padStart(6, '0');
    const iso = new Date(Math.floor(microseconds / 1000)).toISOString();
    const clock = `${iso.slice(11, 19)}.${fraction(microseconds)} `;
    switch (this.#options.time) {
      case 0:
        return clock;
      case 1:
        return '';
      case 2:
        return `${Math.floor(microseconds / 1_000_000)}.${fraction(microseconds)} `;
      case 4:
        return `${iso.slice(0, 10)} ${clock}`;
      default: {
        const passed = microseconds - (this.#options.time === 3 ? before : first);
        const start = new Date(Math.floor(passed / 1000)).toISOString();
        return ` ${start.slice(11, 19)}.${fraction(passed)} `;
      }
    }
  }
}
