import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';

/**
 * The infrastructure container's program: holds the Pod's namespaces and reaps what its containers leave behind.
 * https://github.com/kubernetes/kubernetes/blob/master/build/pause/linux/pause.c
 */
export function* pause(process: Process): Task<number> {
  if (process.argv[1] === '-v') {
    yield* printError(process, 'pause.c 3.10.1\n');
    return 0;
  }
  for (const signal of ['INT', 'TERM', 'CHLD'] as const) process.setSignalAction(signal, 'catch');
  for (;;) {
    const signals = process.takeSignals();
    const last = signals.find((signal) => signal === 'INT' || signal === 'TERM');
    if (last !== undefined) {
      yield* printError(process, `Shutting down, got signal: ${last === 'INT' ? 'Interrupt' : 'Terminated'}\n`);
      return 0;
    }
    if (signals.includes('CHLD')) while ((yield* process.waitpid(-1, { noHang: true })) !== undefined);
    else yield* waitForSignal(process);
  }
}

function* waitForSignal(process: Process): Task<void> {
  try {
    yield* process.pause();
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
  }
}
