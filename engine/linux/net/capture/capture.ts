import type { FileDescription } from '../../vfs/description.ts';
import type { Attachment } from '../attachment.ts';
import type { PathResult } from '../netfilter/path.ts';
import type { Content } from './content.ts';
import type { PacketSocketOptions } from './frame.ts';

// What packet sockets hear: https://man7.org/linux/man-pages/man7/packet.7.html. The kernel has only this port and the few
// places that tell it; what makes frames of it comes with the program that listens first (`programs/tcpdump/`).

/** A packet on a way that was found for the first one of its flow. */
export interface Passage {
  readonly way: Pick<PathResult, 'end' | 'path' | 'hops'>;
  /** Whether it goes as that one went, or back. */
  readonly forth: boolean;
  readonly content: Content;
  /** Whether it gets through; else only its sender sees it. */
  readonly arrives: boolean;
  /** When it is sent, in milliseconds from now. */
  readonly afterMs: number;
}

/** Whoever makes frames for packet sockets; there is one while somebody listens anywhere. */
export interface Capture {
  /** Tells of a packet before whoever gets it can act on it. */
  passed(passage: Passage): void;
  /** Somebody on a link asks who has an address. `mac` is absent where nobody answers. */
  asked(from: Attachment, address: string, interfaceName: string, mac: string | undefined): void;
  open(at: Attachment, options: PacketSocketOptions): FileDescription;
}
