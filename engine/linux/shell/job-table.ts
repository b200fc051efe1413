import { SIGNAL_NUMBERS, type Signal, signalExitCode } from '../signal.ts';
import type { WaitStatus } from '../syscalls.ts';

interface JobProcess {
  readonly pid: number;
  status: WaitStatus | undefined;
}

export interface Job {
  /** What `%n` names; 0 while it has only ever run in the foreground. */
  id: number;
  readonly processes: readonly JobProcess[];
  readonly processGroup: number | undefined;
  readonly source: string;
  background: boolean;
  /** Whether the user has been told of its present state. */
  notified: boolean;
}

export type JobState = 'running' | 'stopped' | 'done';

/** Statuses of background processes that have been forgotten as jobs, for a late `wait`. */
const MAX_REMEMBERED = 1024;

/** The children of a shell. */
export class JobTable {
  #jobs: Job[] = [];
  /** Most shells never have a job in the background. */
  #remembered: Map<number, number> | undefined;
  /** The job that `%+` means comes last. */
  #order: Job[] = [];

  get jobs(): readonly Job[] {
    return this.#jobs.filter((job) => job.id > 0);
  }

  add(pids: readonly number[], source: string, processGroup: number | undefined, background: boolean): Job {
    const processes = pids.map((pid) => ({ pid, status: undefined }));
    const job: Job = { id: 0, processes, processGroup, source, background, notified: false };
    this.#jobs.push(job);
    if (background) this.number(job);
    return job;
  }

  /** Gives the job a number, when it goes to the background or stops. */
  number(job: Job): void {
    if (job.id === 0) job.id = Math.max(0, ...this.#jobs.map((other) => other.id)) + 1;
    this.#order = this.#order.filter((other) => other !== job);
    this.#order.push(job);
  }

  /** Notes what waitpid(2) told. Children that the shell did not start (adopted ones) are unknown to it. */
  record(pid: number, status: WaitStatus): Job | undefined {
    for (const job of this.#jobs) {
      for (const process of job.processes) {
        if (process.pid !== pid) continue;
        process.status = status;
        job.notified = false;
        if (status.kind === 'stopped') this.number(job);
        return job;
      }
    }
    return undefined;
  }

  /** The jobs are running again after SIGCONT. */
  resumed(job: Job): void {
    for (const process of job.processes) if (process.status?.kind === 'stopped') process.status = undefined;
  }

  remove(job: Job): void {
    if (this.#jobs.length === 1 && this.#jobs[0] === job) this.#jobs.pop();
    else this.#jobs = this.#jobs.filter((other) => other !== job);
    if (this.#order.length > 0) this.#order = this.#order.filter((other) => other !== job);
    if (!job.background) return;
    this.#remembered ??= new Map();
    const remembered = this.#remembered;
    for (const process of job.processes) {
      if (process.status === undefined) continue;
      if (remembered.size >= MAX_REMEMBERED) remembered.delete(remembered.keys().next().value!);
      remembered.set(process.pid, exitStatus(process.status));
    }
  }

  byPid(pid: number): Job | undefined {
    return this.#jobs.find((job) => job.processes.some((process) => process.pid === pid));
  }

  /** Takes the status of a background process whose job is gone. */
  takeRemembered(pid: number): number | undefined {
    const status = this.#remembered?.get(pid);
    this.#remembered?.delete(pid);
    return status;
  }

  get current(): Job | undefined {
    return this.#order.findLast((job) => stateOf(job) === 'stopped') ?? this.#order.at(-1);
  }

  get previous(): Job | undefined {
    const current = this.current;
    return this.#order.filter((job) => job !== current).at(-1);
  }

  /** `%1`, `%+`, `%-`, `%name`, `%?text`; undefined for no such job. */
  find(specification: string): Job | undefined {
    const name = specification.replace(/^%/, '');
    if (name === '' || name === '+' || name === '%') return this.current;
    if (name === '-') return this.previous;
    if (/^\d+$/.test(name)) return this.jobs.find((job) => job.id === Number(name));
    if (name.startsWith('?')) return this.jobs.find((job) => job.source.includes(name.slice(1)));
    return this.jobs.find((job) => job.source.startsWith(name));
  }
}

export function stateOf(job: Job): JobState {
  let state: JobState = 'done';
  for (const { status } of job.processes) {
    if (status === undefined) return 'running';
    if (status.kind === 'stopped') state = 'stopped';
  }
  return state;
}

/** `$?` of a finished or stopped job; with `pipefail` that of the last process that failed. */
export function jobStatus(job: Job, pipefail: boolean): number {
  const only = job.processes.length === 1 ? job.processes[0]!.status : undefined;
  if (only !== undefined) return exitStatus(only);
  const statuses = jobStatuses(job);
  if (pipefail) return statuses.findLast((status) => status !== 0) ?? 0;
  return statuses.at(-1) ?? 0;
}

/** The exit codes of a job's processes. */
export function jobStatuses(job: Job): readonly number[] {
  return job.processes.map((process) => (process.status === undefined ? 0 : exitStatus(process.status)));
}

function exitStatus(status: WaitStatus): number {
  return status.kind === 'exited' ? status.code : signalExitCode(status.signal);
}

const SIGNAL_TEXTS: Partial<Record<Signal, string>> = {
  HUP: 'Hangup',
  QUIT: 'Quit',
  ILL: 'Illegal instruction',
  TRAP: 'Trace/breakpoint trap',
  ABRT: 'Aborted',
  BUS: 'Bus error',
  FPE: 'Floating point exception',
  KILL: 'Killed',
  USR1: 'User defined signal 1',
  SEGV: 'Segmentation fault',
  SYS: 'Bad system call',
  USR2: 'User defined signal 2',
  ALRM: 'Alarm clock',
  TERM: 'Terminated',
  STOP: 'Stopped (signal)',
  TSTP: 'Stopped',
  TTIN: 'Stopped (tty input)',
  TTOU: 'Stopped (tty output)',
  INT: 'Interrupt',
  PIPE: 'Broken pipe',
};

/** strsignal(3). */
export function signalText(signal: Signal): string {
  return SIGNAL_TEXTS[signal] ?? `Signal ${SIGNAL_NUMBERS[signal]}`;
}

/** What `jobs` shows of a job's state. */
function stateText(job: Job, bash: boolean): string {
  const state = stateOf(job);
  if (state === 'running') return 'Running';
  const status = job.processes.at(-1)?.status;
  if (state === 'stopped') {
    const stopped = job.processes.find((process) => process.status?.kind === 'stopped')?.status;
    return stopped?.kind === 'stopped' ? signalText(stopped.signal) : 'Stopped';
  }
  if (status?.kind === 'signaled') return signalText(status.signal);
  const code = status?.kind === 'exited' ? status.code : 0;
  if (code === 0) return 'Done';
  return bash ? `Exit ${code}` : `Done(${code})`;
}

/** A line of `jobs`. */
export function jobLine(table: JobTable, job: Job, bash: boolean, withPids = false): string {
  const mark = table.current === job ? '+' : table.previous === job ? '-' : ' ';
  const pids = withPids ? `${job.processes[0]?.pid} ` : '';
  const state = stateText(job, bash);
  if (!bash) return `[${job.id}]${mark}  ${pids}${state.padEnd(27 - pids.length)}${job.source}`;
  const suffix = stateOf(job) === 'running' ? ' &' : '';
  return `[${job.id}]${mark}  ${pids}${state.padEnd(24)}${job.source}${suffix}`;
}
