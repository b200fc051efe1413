import type { JournalEntry } from '@drydock/engine';

/** Draws bytes; calls `done` when they are on the screen. */
export type Draw = (data: Uint8Array, done: () => void) => void;

export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** The terminals' outputs on their way to whatever draws them; holds them until something does. */
export class Screens {
  readonly #drawn: (bytes: number) => void;
  readonly #drawers = new Map<string, Draw>();
  readonly #waiting = new Map<string, Uint8Array[]>();
  /** The terminals that are open in the cluster, with the size it knows. */
  readonly open = new Map<string, ScreenSize>();

  constructor(drawn: (bytes: number) => void) {
    this.#drawn = drawn;
  }

  /** A run begins; these inputs have been taken in before. */
  begin(entries: readonly JournalEntry[]): void {
    this.#waiting.clear();
    this.open.clear();
    for (const { input } of entries) {
      const { terminal, columns, rows } = input as { terminal?: string; columns?: number; rows?: number };
      if (terminal === undefined) continue;
      if (input.kind === 'terminal.close') this.open.delete(terminal);
      else if (columns !== undefined && rows !== undefined) this.open.set(terminal, { columns, rows });
    }
  }

  show(terminal: string, data: Uint8Array): void {
    const draw = this.#drawers.get(terminal);
    if (draw !== undefined) {
      draw(data, () => this.#drawn(data.length));
      return;
    }
    const waiting = this.#waiting.get(terminal) ?? [];
    waiting.push(data);
    this.#waiting.set(terminal, waiting);
  }

  /** From now on `draw` draws this terminal, beginning with what has been held. */
  attach(terminal: string, draw: Draw): () => void {
    this.#drawers.set(terminal, draw);
    const waiting = this.#waiting.get(terminal) ?? [];
    this.#waiting.delete(terminal);
    for (const data of waiting) this.show(terminal, data);
    return () => this.#drawers.delete(terminal);
  }
}
