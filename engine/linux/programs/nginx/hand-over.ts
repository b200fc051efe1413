import type { Task, Wait } from '../../../sim/index.ts';
import type { Process } from '../../syscalls.ts';
import type { Exchange } from './exchange.ts';

/** Says that what follows waits for others. Nobody ever waits on it: the worker takes it as a sign. */
const HAND_OVER: Wait<unknown> = {
  start: () => {
    throw new Error('a request that waits was not handed over to a child');
  },
};

/** From here on a child of the worker sees to the request, so that the worker can go on. */
export function* handOver(exchange: Exchange): Task<void> {
  if (!exchange.inChild) yield HAND_OVER;
}

/** What a worker's work on a request comes to: done, or the rest of it for a child. */
export type Outcome<T> = { readonly done: T } | { readonly rest: (child: Process) => Task<T> };

/** Works on a request as far as that goes without waiting for others. */
export function* untilHandOver<T>(exchange: Exchange, work: Task<T>): Task<Outcome<T>> {
  let step = work.next();
  while (step.done !== true) {
    if (step.value === HAND_OVER) {
      return {
        *rest(child) {
          exchange.process = child;
          exchange.inChild = true;
          return yield* work;
        },
      };
    }
    step = work.next(yield step.value);
  }
  return { done: step.value };
}
