import type { Task } from '../../sim/index.ts';
import { printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { FlagError, type Flags, parseFlags } from './go/flags.ts';
import { goProgram, klog } from './go/runtime.ts';
import { burn } from './stress.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

/** Bytes of a quantity such as `150Mi`. Throws FlagError. */
function bytesOf(text: string): number {
  const [, number, unit = ''] = /^(\d{1,12})(|k|M|G|Ki|Mi|Gi)$/.exec(text) ?? [];
  if (number === undefined) {
    throw new FlagError(`quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`);
  }
  return Number(number) * UNITS[unit]!;
}

/** vish/stress: what the documentation's page about CPU limits runs. https://github.com/vishh/stress */
export const vishStress = goProgram(function* (process, args) {
  try {
    return yield* run(
      process,
      parseFlags(args, {
        'mem-total': { type: 'string', default: '0', usage: 'total memory to be consumed' },
        'mem-alloc-size': {
          type: 'string',
          default: '4Ki',
          usage: 'amount of memory to be consumed in each allocation',
        },
        'mem-alloc-sleep': { type: 'duration', default: 1, usage: 'duration to sleep between allocations' },
        cpus: { type: 'int', default: 0, usage: 'total number of CPUs to utilize' },
        logtostderr: { type: 'bool', default: true, usage: 'log to standard error instead of files' },
      }),
    );
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    yield* printError(process, `${error.message}\n`);
    return 2;
  }
});

function* run(process: Process, flags: Flags): Task<number> {
  const total = flags.string('mem-total');
  const chunk = flags.string('mem-alloc-size');
  const pauseMs = flags.number('mem-alloc-sleep');
  const [totalBytes, chunkBytes] = [bytesOf(total), Math.max(1, bytesOf(chunk))];
  const pause = pauseMs % 1000 === 0 ? `${pauseMs / 1000}s` : `${pauseMs}ms`;
  yield* klog(
    process,
    'I',
    'main.go:26',
    `Allocating "${total}" memory, in "${chunk}" chunks, with a ${pause} sleep between allocations`,
  );
  for (let i = 0; i < flags.number('cpus'); i++) {
    yield* klog(process, 'I', 'main.go:39', 'Spawning a thread to consume CPU');
    process.fork((child) => burn(child, 1000, Number.POSITIVE_INFINITY));
  }
  for (let held = 0; held < totalBytes; ) {
    held = Math.min(totalBytes, held + chunkBytes);
    process.setMemory(held);
    yield* process.sleep(pauseMs);
  }
  yield* klog(process, 'I', 'main.go:29', `Allocated "${total}" memory`);
  yield* process.sleep(Number.MAX_SAFE_INTEGER);
  return 0;
}
