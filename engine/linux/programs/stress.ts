import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { print, printError } from '../stdio.ts';
import type { Process } from '../syscalls.ts';
import { errnoOf } from './program.ts';

// stress(1): imposes load. https://github.com/resurrecting-open-source-projects/stress

const SLICE_MS = 100;
const MEBIBYTE = 1024 * 1024;

/** Uses a share of one or more CPUs, in thousandths of one, for as long as told. */
export function* burn(process: Process, millicores: number, durationMs: number): Task<number> {
  const children = Math.max(1, Math.ceil(millicores / 1000));
  for (let i = 1; i < children; i++) process.fork((child) => burnShare(child, 1000, durationMs));
  yield* burnShare(process, millicores - 1000 * (children - 1), durationMs);
  return 0;
}

function* burnShare(process: Process, millicores: number, durationMs: number): Task<number> {
  const end = process.now() + durationMs;
  const busyMs = (SLICE_MS * Math.min(millicores, 1000)) / 1000;
  while (process.now() < end) {
    const begun = process.now();
    yield* process.computeFor(busyMs);
    const left = SLICE_MS - (process.now() - begun);
    if (left > 0) yield* process.sleep(left);
  }
  return 0;
}

interface Options {
  cpu: number;
  vm: number;
  io: number;
  hdd: number;
  vmBytes: number;
  vmHangMs: number | undefined;
  vmKeep: boolean;
  timeoutMs: number | undefined;
  verbose: boolean;
  quiet: boolean;
}

const COUNTS: Readonly<Record<string, 'cpu' | 'vm' | 'io' | 'hdd'>> = {
  '-c': 'cpu',
  '--cpu': 'cpu',
  '-m': 'vm',
  '--vm': 'vm',
  '-i': 'io',
  '--io': 'io',
  '-d': 'hdd',
  '--hdd': 'hdd',
};

const USAGE = `\`stress' imposes certain types of compute stress on your system

Usage: stress [OPTION [ARG]] ...
 -?, --help         show this help statement
     --version      show version statement
 -v, --verbose      be verbose
 -q, --quiet        be quiet
 -t, --timeout N    timeout after N seconds
 -c, --cpu N        spawn N workers spinning on sqrt()
 -i, --io N         spawn N workers spinning on sync()
 -m, --vm N         spawn N workers spinning on malloc()/free()
     --vm-bytes B   malloc B bytes per vm worker (default is 256MB)
     --vm-hang N    sleep N secs before free (default none, 0 is inf)
     --vm-keep      redirty memory instead of freeing and reallocating
 -d, --hdd N        spawn N workers spinning on write()/unlink()

Example: stress --cpu 8 --io 4 --vm 2 --vm-bytes 128M --timeout 10s

Note: Numbers may be suffixed with s,m,h,d,y (time) or B,K,M,G (size).
`;

/** A number with a unit: `250M` in bytes, `1h` in seconds. */
function numberOf(text: string | undefined, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,12})([a-z]?)$/i.exec(text ?? '');
  const factor = units[match?.[2]?.toLowerCase() ?? '?'];
  return match === null || factor === undefined ? undefined : Number(match[1]) * factor;
}

const PLAIN = { '': 1 };
const SECONDS = { '': 1, s: 1, m: 60, h: 3600, d: 86_400, y: 31_556_926 };
const BYTES = { '': 1, b: 1, k: 1024, m: MEBIBYTE, g: 1024 * MEBIBYTE };

/** The options, or what is wrong with them. */
function parse(args: readonly string[]): Options | string {
  const options: Options = {
    cpu: 0,
    vm: 0,
    io: 0,
    hdd: 0,
    vmBytes: 256 * MEBIBYTE,
    vmHangMs: undefined,
    vmKeep: false,
    timeoutMs: undefined,
    verbose: false,
    quiet: false,
  };
  const words = args.flatMap((argument) => /^(--[a-z-]+)=(.*)$/.exec(argument)?.slice(1) ?? [argument]);
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    const value = words[at + 1];
    const bad = `invalid argument for ${word}: ${value ?? ''}`;
    const count = Object.hasOwn(COUNTS, word) ? COUNTS[word] : undefined;
    if (word === '-v' || word === '--verbose') options.verbose = true;
    else if (word === '-q' || word === '--quiet') options.quiet = true;
    else if (word === '--vm-keep') options.vmKeep = true;
    else {
      at += 1;
      const units = count !== undefined ? PLAIN : word === '--vm-bytes' ? BYTES : SECONDS;
      const number = numberOf(value, units);
      const known = count !== undefined || ['--vm-bytes', '--vm-hang', '-t', '--timeout'].includes(word);
      if (!known) return `unrecognized option: ${word}`;
      if (number === undefined) return bad;
      if (count !== undefined) options[count] = number;
      else if (word === '--vm-bytes') options.vmBytes = number;
      else if (word === '--vm-hang') options.vmHangMs = number * 1000;
      else options.timeoutMs = number * 1000;
    }
  }
  return options;
}

export function* stress(process: Process): Task<number> {
  const args = process.argv.slice(1);
  if (args.length === 0 || args.includes('--help') || args.includes('-?')) {
    yield* print(process, USAGE);
    return args.length === 0 ? 1 : 0;
  }
  if (args.includes('--version')) {
    yield* print(process, 'stress 1.0.4\n');
    return 0;
  }
  const options = parse(args);
  if (typeof options === 'string') {
    yield* printError(process, `stress: FAIL: [${process.pid}] (244) ${options}\n`);
    return 1;
  }
  const say = (kind: string, text: string) =>
    options.quiet ? print(process, '') : print(process, `stress: ${kind}: [${process.pid}] ${text}\n`);
  const { cpu, io, vm, hdd } = options;
  yield* say('info', `dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`);
  const workers = new Set<number>();
  const start = (count: number, worker: (child: Process) => Task<number>) => {
    for (let i = 0; i < count; i++) workers.add(process.fork(worker));
  };
  start(cpu, (child) => burn(child, 1000, Number.POSITIVE_INFINITY));
  start(io, idle);
  start(vm, (child) => hold(child, options));
  start(hdd, idle);
  const startMs = process.now();
  const exitCode = yield* supervise(process, workers, options, say);
  const seconds = Math.round((process.now() - startMs) / 1000);
  if (exitCode === 0) yield* say('info', `successful run completed in ${seconds}s`);
  else yield* say('FAIL', `(452) failed run completed in ${seconds}s`);
  return exitCode;
}

/** Waits for the workers and for the time to be over. */
function* supervise(
  process: Process,
  workers: Set<number>,
  options: Options,
  say: (kind: string, text: string) => Task<void>,
): Task<number> {
  process.setSignalAction('ALRM', 'catch');
  const parent = process.pid;
  let alarm: number | undefined;
  if (options.timeoutMs !== undefined) {
    const { timeoutMs } = options;
    alarm = process.fork(function* (child) {
      yield* child.sleep(timeoutMs);
      child.kill(parent, 'ALRM');
      return 0;
    });
  }
  const stopAll = () => {
    for (const pid of workers) process.kill(pid, 'KILL');
  };
  let timedOut = false;
  let failed = false;
  while (workers.size > 0) {
    try {
      const ended = yield* process.waitpid(-1);
      if (ended === undefined || ended.pid === alarm || !workers.delete(ended.pid) || timedOut) continue;
      const { status } = ended;
      if (status.kind === 'exited' && status.code === 0) continue;
      if (!failed) {
        yield* say(
          'FAIL',
          `(416) <-- worker ${ended.pid} ${status.kind === 'exited' ? `returned error ${status.code}` : 'got signal 9'}`,
        );
        yield* say('WARN', '(418) now reaping child worker processes');
        stopAll();
      }
      failed = true;
    } catch (error) {
      if (errnoOf(error).code !== 'EINTR') break;
      if (!process.takeSignals().includes('ALRM')) continue;
      timedOut = true;
      stopAll();
    }
  }
  if (alarm !== undefined && !timedOut) endQuietly(process, alarm);
  return failed ? 1 : 0;
}

function endQuietly(process: Process, pid: number): void {
  try {
    process.kill(pid, 'KILL');
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

/** Writing to a disk that is only simulated loads nothing. */
function* idle(process: Process): Task<number> {
  yield* process.sleep(Number.MAX_SAFE_INTEGER);
  return 0;
}

/** Takes memory, touches it, and gives it back or keeps it. Taking is gradual: a large allocation is seen to grow. */
function* hold(process: Process, options: Options): Task<number> {
  for (;;) {
    const step = Math.max(MEBIBYTE, options.vmBytes / 16);
    for (let held = 0; held < options.vmBytes; ) {
      held = Math.min(options.vmBytes, held + step);
      process.setMemory(held);
      yield* burnShare(process, 1000, 10);
    }
    if (options.vmHangMs === 0) yield* process.sleep(Number.MAX_SAFE_INTEGER);
    if (options.vmHangMs !== undefined) yield* process.sleep(options.vmHangMs);
    else yield* burnShare(process, 1000, 1000);
    if (!options.vmKeep) process.setMemory(0);
  }
}
