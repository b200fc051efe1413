import type { TerminalOutput } from './frame.ts';

/** Gathers what terminals show between two frames, and knows how much of it has not been drawn yet. */
export class OutputBatch {
  #chunks = new Map<string, Uint8Array[]>();
  #outstandingBytes = 0;

  /** Bytes taken in that nobody has said are drawn. */
  get outstandingBytes(): number {
    return this.#outstandingBytes;
  }

  get empty(): boolean {
    return this.#chunks.size === 0;
  }

  add(terminal: string, data: Uint8Array): void {
    if (data.length === 0) return;
    this.#outstandingBytes += data.length;
    const chunks = this.#chunks.get(terminal);
    if (chunks === undefined) this.#chunks.set(terminal, [data]);
    else chunks.push(data);
  }

  /** What has been gathered, one piece a terminal; the batch is empty afterwards. */
  take(): TerminalOutput[] {
    const taken = [...this.#chunks].map(([terminal, chunks]) => ({ terminal, data: joined(chunks) }));
    this.#chunks = new Map();
    return taken;
  }

  /** Forgets all but about the latest `bytes` of each terminal. */
  keepLatest(bytes: number): void {
    for (const { terminal, data } of this.take()) {
      this.drawn(data.length);
      this.add(terminal, data.subarray(Math.max(0, data.length - bytes)));
    }
  }

  drawn(bytes: number): void {
    this.#outstandingBytes = Math.max(0, this.#outstandingBytes - bytes);
  }
}

/** Always a copy: the receiver may transfer the buffer away, and the engine may share its own. */
function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
