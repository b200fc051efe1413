import type { ServerResponse } from 'node:http';

/** A line as one phone has it: shared by all that the page, its worker and its service worker ask for. */
export interface Line {
  readonly bytesPerSecond: number;
  /** Until an answer begins. */
  readonly latencyMs: number;
}

const TICK_MS = 10;
/** What one answer may send before it is the next one's turn: as much as a packet holds. */
const PIECE_BYTES = 1400;

interface Sending {
  readonly response: ServerResponse;
  readonly body: Buffer;
  at: number;
}

/**
 * Sends answers over such a line. A browser's own emulation slows what the page asks for, and nothing that its workers
 * ask for, which is nearly all of it.
 */
export class SlowLine {
  readonly #line: Line;
  readonly #waiting: Sending[] = [];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(line: Line) {
    this.#line = line;
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
  }

  /** Sends a body whose head has been written. */
  send(response: ServerResponse, body: Buffer): void {
    setTimeout(() => this.#waiting.push({ response, body, at: 0 }), this.#line.latencyMs);
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #tick(): void {
    // Whole bytes: a fraction of one would never be sent.
    let left = Math.floor((this.#line.bytesPerSecond * TICK_MS) / 1000);
    while (left > 0) {
      const sending = this.#waiting.shift();
      if (sending === undefined) return;
      const piece = sending.body.subarray(sending.at, sending.at + Math.min(PIECE_BYTES, left));
      sending.response.write(piece);
      sending.at += piece.length;
      left -= piece.length;
      if (sending.at < sending.body.length) this.#waiting.push(sending);
      else sending.response.end();
    }
  }
}
