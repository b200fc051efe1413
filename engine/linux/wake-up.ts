import type { Task } from '../sim/index.ts';
import { Errno } from './errno.ts';
import type { SignalVerdict } from './http.ts';
import type { Signal } from './signal.ts';
import type { Process } from './syscalls.ts';

/** What a process wakes itself with when there is something to do, as Go's runtime does with its threads. */
const WAKE: Signal = 'URG';

/**
 * Brings what informers and timers find out into the process that they belong to: only a process in a step of its own may
 * start tools and wait for them. For programs that serve HTTP meanwhile; every other caught signal ends the serving.
 */
export class WakeUp {
  readonly #process: Process;
  readonly #work: () => Task<SignalVerdict>;
  #busy = false;

  /** @param work does all that is to be done by now; a call that comes meanwhile is its own to notice */
  constructor(process: Process, work: () => Task<SignalVerdict>) {
    this.#process = process;
    this.#work = work;
    process.setSignalAction(WAKE, 'catch');
  }

  /** There is something to do. */
  call(): void {
    if (!this.#busy) this.#process.kill(this.#process.pid, WAKE);
  }

  /** For `onSignals` of the HTTP server. */
  *answer(signals: readonly Signal[]): Task<SignalVerdict> {
    if (signals.some(ends)) return 'stop';
    this.#busy = true;
    try {
      return yield* this.#work();
    } catch (error) {
      // Told to stop in the middle of it.
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      return this.ended() ? 'stop' : 'continue';
    } finally {
      this.#busy = false;
    }
  }

  /** Whether one of the signals that have come since asks for the end. */
  ended(): boolean {
    return this.#process.takeSignals().some(ends);
  }
}

function ends(signal: Signal): boolean {
  return signal !== WAKE;
}
