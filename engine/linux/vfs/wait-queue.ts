import type { Wait } from '../../sim/index.ts';

/**
 * Tasks that wait for something to change. It is itself the thing to wait for: `yield queue`. Whoever is woken looks
 * again and waits again if need be, so waking too many is harmless.
 */
export class WaitQueue implements Wait<unknown> {
  // Most queues never see a waiter: nothing is allocated until one comes.
  #wakers: ((value: unknown) => void)[] | undefined;

  start(resume: (value: unknown) => void): () => void {
    this.#wakers ??= [];
    this.#wakers.push(resume);
    return () => {
      const index = this.#wakers?.indexOf(resume) ?? -1;
      if (index >= 0) this.#wakers!.splice(index, 1);
    };
  }

  wake(): void {
    const wakers = this.#wakers;
    if (wakers === undefined) return;
    this.#wakers = undefined;
    for (const resume of wakers) resume(undefined);
  }
}
