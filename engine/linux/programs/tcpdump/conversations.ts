import { type IpPacket, TCP_FLAG, type TcpSegment } from './packet.ts';

interface Numbers {
  readonly sequence: number;
  readonly acknowledgement: number;
}

/** Where the two streams of a connection began, as far as was seen. */
interface Conversation {
  readonly from: string;
  readonly sequence: number;
  readonly acknowledgement: number;
}

/** What is remembered at most; a capture may run for long. */
const MOST = 10_000;

/** Numbers segments from the beginning of what was seen of a connection, so that they can be read. */
export class Conversations {
  readonly #known = new Map<string, Conversation>();

  relative({ source, destination }: IpPacket, segment: TcpSegment): Numbers {
    const { sequence, acknowledgement, flags } = segment;
    if ((flags & TCP_FLAG.ack) === 0) return { sequence, acknowledgement };
    const from = `${source}:${segment.sourcePort}`;
    const to = `${destination}:${segment.destinationPort}`;
    const key = from < to ? `${from} ${to}` : `${to} ${from}`;
    const known = this.#known.get(key);
    if (known === undefined || (flags & TCP_FLAG.syn) !== 0) {
      if (this.#known.size >= MOST) this.#known.clear();
      this.#known.set(key, { from, sequence, acknowledgement: (acknowledgement - 1) >>> 0 });
      return { sequence, acknowledgement };
    }
    const [own, other] =
      known.from === from ? [known.sequence, known.acknowledgement] : [known.acknowledgement, known.sequence];
    return { sequence: (sequence - own) >>> 0, acknowledgement: (acknowledgement - other) >>> 0 };
  }
}
