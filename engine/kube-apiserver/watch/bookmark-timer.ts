import type { Simulation, Timer } from '../../sim/index.ts';

const INTERVAL_MS = 60_000;

/**
 * Once a minute watchers are told how far they have heard, so that they can go on from there. One timer serves the kinds
 * of a server, and it runs only while somebody wants to be told.
 * https://kubernetes.io/docs/reference/using-api/api-concepts/#watch-bookmarks
 */
export class BookmarkTimer {
  readonly #sim: Simulation;
  readonly #marks = new Set<() => boolean>();
  #timer: Timer | undefined;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  /** @param mark tells the watchers of a kind, and returns whether any of them wants to be told again */
  add(mark: () => boolean): void {
    this.#marks.add(mark);
    this.#timer ??= this.#sim.schedule(INTERVAL_MS, 'watch bookmarks', () => this.#tell());
  }

  delete(mark: () => boolean): void {
    this.#marks.delete(mark);
    if (this.#marks.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tell(): void {
    this.#timer = undefined;
    for (const mark of [...this.#marks]) {
      this.#marks.delete(mark);
      if (mark()) this.add(mark);
    }
  }
}
