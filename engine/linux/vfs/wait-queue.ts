import type { Wait } from '../../sim/index.ts';

/**
 * Tasks that wait for something to change. It is itself the thing to wait for: `yield queue`. Whoever is woken looks
 * again and waits again if need be, so waking too many is harmless.
 */
export class WaitQueue implements Wait<unknown> {
  // Most queues never see a waiter, the others mostly one: nothing more is allocated until more come.
  #first: ((value: unknown) => void) | undefined;
  #wakers: ((value: unknown) => void)[] | undefined;

  start(resume: (value: unknown) => void): () => void {
    if (this.#first === undefined && this.#wakers === undefined) this.#first = resume;
    else if (this.#wakers === undefined) this.#wakers = [resume];
    else this.#wakers.push(resume);
    return () => {
      if (this.#first === resume) this.#first = undefined;
      const index = this.#wakers?.indexOf(resume) ?? -1;
      if (index >= 0) this.#wakers!.splice(index, 1);
    };
  }

  wake(): void {
    const first = this.#first;
    const wakers = this.#wakers;
    this.#first = undefined;
    this.#wakers = undefined;
    first?.(undefined);
    if (wakers !== undefined) for (const resume of wakers) resume(undefined);
  }
}
