import { Simulation } from '../../sim/index.ts';
import type { FileTree, Host, HostSpawn } from '../host.ts';
import { Fabric } from '../net/fabric.ts';
import type { Process, Program, WaitStatus } from '../syscalls.ts';
import { createHost } from './machine.ts';

/** What the tests run: a program that does nothing for long, one that says what it was called with, one that fails. */
export const DISK: FileTree = {
  '/bin/sleep': {
    program: function* (process) {
      yield* process.sleep(Number(process.argv[1]) * 1000);
      return 0;
    },
  },
  '/bin/echo': {
    program: function* (process) {
      yield* process.write(1, bytes(`${process.argv.slice(1).join(' ')}\n`));
      return 0;
    },
  },
  '/bin/false': {
    program: function* () {
      return 1;
    },
  },
  '/bin/cat': { program: cat },
  '/etc/motd': { text: 'welcome\n' },
  '/root': { directory: true, mode: 0o700 },
  '/srv': { directory: true },
};

function* cat(process: Process) {
  for (;;) {
    const data = yield* process.read(0);
    if (data.length === 0) return 0;
    yield* process.write(1, data);
  }
}

interface Outcome {
  readonly process: Process;
  readonly stdout: string;
  readonly stderr: string;
  /** Absent while it runs. */
  readonly status: WaitStatus | undefined;
}

export interface TestMachine {
  readonly sim: Simulation;
  readonly fabric: Fabric;
  readonly host: Host;
  /** Starts a process; the outcome fills as it runs. */
  start(program: Program | string, options?: Partial<HostSpawn>): Outcome;
  /** Starts a process and lets a minute pass. */
  run(program: Program | string, options?: Partial<HostSpawn>): Outcome;
}

export function testMachine(
  options: { diskBytes?: number; memoryBytes?: number; fabric?: Fabric; name?: string; address?: string } = {},
): TestMachine {
  const fabric = options.fabric ?? new Fabric(new Simulation({ seed: 'test' }));
  const { sim } = fabric;
  const host = createHost({
    sim,
    name: options.name ?? 'node-1',
    fabric,
    addresses: [{ interface: 'eth0', address: options.address ?? '10.0.0.1', prefixLength: 24 }],
    cpuMillis: 2000,
    memoryBytes: options.memoryBytes ?? 2 ** 30,
    root: DISK,
    ...(options.diskBytes !== undefined && { diskBytes: options.diskBytes }),
  });
  const start: TestMachine['start'] = (program, spawn = {}) => {
    const outcome = { stdout: '', stderr: '', status: undefined as WaitStatus | undefined };
    const process = host.spawn({
      run: program,
      argv: ['test'],
      ...spawn,
      files: {
        1: host.sink((data) => {
          outcome.stdout += text(data);
        }),
        2: host.sink((data) => {
          outcome.stderr += text(data);
        }),
        ...spawn.files,
      },
      onExit: (status) => {
        outcome.status = status;
      },
    });
    return Object.assign(outcome, { process });
  };
  const run: TestMachine['run'] = (program, spawn) => {
    const outcome = start(program, spawn);
    sim.runFor(60_000);
    return outcome;
  };
  return { sim, fabric, host, start, run };
}

export function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

export function text(data: Uint8Array): string {
  return new TextDecoder().decode(data);
}

/** The error code that the call fails with. */
export function codeOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  return 'no error';
}
