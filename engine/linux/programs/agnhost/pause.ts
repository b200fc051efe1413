import { Errno } from '../../errno.ts';
import { print } from '../../stdio.ts';
import type { Command } from './command.ts';

/** Waits until it is told to end. */
export const pause: Command = {
  use: 'pause',
  short: 'Paused until terminated',
  args: 0,
  *run(process) {
    for (const signal of ['TERM', 'INT'] as const) process.setSignalAction(signal, 'catch');
    yield* print(process, 'Paused\n');
    for (;;) {
      if (process.takeSignals().some((signal) => signal === 'TERM' || signal === 'INT')) return 0;
      try {
        yield* process.pause();
      } catch (error) {
        if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      }
    }
  },
};
