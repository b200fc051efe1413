import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { SIGNAL_NUMBERS, signalExitCode } from '../../signal.ts';
import { print } from '../../stdio.ts';
import { finishForeground, giveTerminal } from '../execute/foreground.ts';
import { reapChildren } from '../execute/wait.ts';
import { type Job, jobLine, jobStatus, stateOf } from '../job-table.ts';
import { complain } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import { SIGNALS_BY_NUMBER, signalNamed } from '../traps.ts';
import { type Builtin, parseOptions, textArguments } from './builtin.ts';

export const jobs: Builtin = {
  *run(shell, args) {
    const { flags } = parseOptions(textArguments(args), 'lprs');
    yield* reapChildren(shell);
    let text = '';
    for (const job of shell.jobs.jobs) {
      if (flags.has('r') && stateOf(job) !== 'running') continue;
      if (flags.has('s') && stateOf(job) !== 'stopped') continue;
      text += flags.has('p')
        ? `${job.processes[0]!.pid}\n`
        : `${jobLine(shell.jobs, job, isBash(shell), flags.has('l'))}\n`;
      job.notified = true;
      if (stateOf(job) === 'done') shell.jobs.remove(job);
    }
    yield* print(shell.process, text);
    return 0;
  },
};

function* findJob(shell: Shell, specification: string, name: string): Task<Job | undefined> {
  const job = shell.jobs.find(specification);
  if (job === undefined)
    yield* complain(
      shell,
      isBash(shell)
        ? `${specification === '' ? 'current' : specification}: no such job`
        : `No such job: ${specification}`,
      name,
    );
  return job;
}

export const fg: Builtin = {
  *run(shell, args) {
    if (!shell.options.monitor) {
      yield* complain(shell, isBash(shell) ? 'no job control' : 'job (null) not created under job control', 'fg');
      return 1;
    }
    const job = yield* findJob(shell, textArguments(args)[0] ?? '', 'fg');
    if (job === undefined) return 1;
    yield* print(shell.process, `${job.source}\n`);
    job.background = false;
    giveTerminal(shell, job);
    resume(shell, job);
    return yield* finishForeground(shell, job);
  },
};

export const bg: Builtin = {
  *run(shell, args) {
    const job = yield* findJob(shell, textArguments(args)[0] ?? '', 'bg');
    if (job === undefined) return 1;
    job.background = true;
    resume(shell, job);
    yield* print(shell.process, `[${job.id}]${isBash(shell) ? '+' : ''} ${job.source}${isBash(shell) ? ' &' : ''}\n`);
    return 0;
  },
};

function resume(shell: Shell, job: Job): void {
  shell.jobs.resumed(job);
  const target = job.processGroup === undefined ? job.processes[0]!.pid : -job.processGroup;
  try {
    shell.process.kill(target, 'CONT');
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
  }
}

export const disown: Builtin = {
  run(shell, args) {
    const job = shell.jobs.find(textArguments(args)[0] ?? '');
    if (job !== undefined) shell.jobs.remove(job);
    return job === undefined ? 1 : 0;
  },
};

export const wait: Builtin = {
  *run(shell, args) {
    const { flags, operands } = parseOptions(textArguments(args), 'nf');
    if (flags.has('n')) return yield* waitForNext(shell);
    if (operands.length === 0) {
      for (;;) {
        const job = shell.jobs.jobs.find((candidate) => candidate.background && stateOf(candidate) === 'running');
        if (job === undefined) break;
        const interrupted = yield* waitInterruptibly(shell, job);
        if (interrupted !== undefined) return interrupted;
      }
      for (const job of shell.jobs.jobs) if (stateOf(job) === 'done') shell.jobs.remove(job);
      return 0;
    }
    let status = 0;
    for (const operand of operands) status = yield* waitForOperand(shell, operand);
    return status;
  },
};

function* waitForOperand(shell: Shell, operand: string): Task<number> {
  const job = operand.startsWith('%') ? shell.jobs.find(operand) : shell.jobs.byPid(Number(operand));
  if (job === undefined) {
    const remembered = shell.jobs.takeRemembered(Number(operand));
    if (remembered !== undefined) return remembered;
    if (isBash(shell)) {
      const message = operand.startsWith('%')
        ? `${operand}: no such job`
        : `pid ${operand} is not a child of this shell`;
      yield* complain(shell, message, 'wait');
    }
    return 127;
  }
  const interrupted = yield* waitInterruptibly(shell, job);
  if (interrupted !== undefined) return interrupted;
  const status = jobStatus(job, false);
  if (stateOf(job) === 'done') shell.jobs.remove(job);
  return status;
}

function* waitForNext(shell: Shell): Task<number> {
  const running = shell.jobs.jobs.filter((job) => job.background);
  if (running.length === 0) return 127;
  for (;;) {
    const done = running.find((job) => stateOf(job) === 'done');
    if (done !== undefined) {
      shell.jobs.remove(done);
      return jobStatus(done, false);
    }
    const interrupted = yield* waitOnce(shell);
    if (interrupted !== undefined) return interrupted;
  }
}

function* waitInterruptibly(shell: Shell, job: Job): Task<number | undefined> {
  while (stateOf(job) === 'running') {
    const interrupted = yield* waitOnce(shell);
    if (interrupted !== undefined) return interrupted;
  }
  return undefined;
}

/** Waits for any child once; a caught signal ends the wait with 128 + its number. */
function* waitOnce(shell: Shell): Task<number | undefined> {
  try {
    const change = yield* shell.process.waitpid(-1, { stopped: shell.options.monitor });
    if (change !== undefined) shell.jobs.record(change.pid, change.status);
    return undefined;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    if (error.code === 'EINTR') {
      shell.pendingSignals.push(...shell.process.takeSignals());
      return signalExitCode(shell.pendingSignals[0] ?? 'INT');
    }
    for (const job of shell.jobs.jobs)
      for (const process of job.processes) process.status ??= { kind: 'exited', code: 127 };
    return undefined;
  }
}

export const kill: Builtin = {
  *run(shell, args) {
    const words = [...textArguments(args)];
    let signal: string = 'TERM';
    const first = words[0];
    if (first === '-l' || first === '-L') {
      yield* print(shell.process, signalListing(words.slice(1)));
      return 0;
    }
    if (first === '-s' || first === '-n') {
      signal = words[1] ?? '';
      words.splice(0, 2);
    } else if (first !== undefined && /^-[A-Za-z0-9]/.test(first)) {
      signal = first.slice(1);
      words.shift();
    }
    if (words[0] === '--') words.shift();
    const named = signal === '0' ? 0 : signalNamed(signal);
    if (named === undefined || named === 'EXIT') {
      const message = isBash(shell)
        ? `${signal}: invalid signal specification`
        : shell.dialect === 'dash'
          ? `invalid signal number or name: ${signal}`
          : `bad signal name '${signal}'`;
      yield* complain(shell, message, 'kill');
      return 1;
    }
    if (words.length === 0) {
      yield* complain(
        shell,
        isBash(shell)
          ? 'usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]'
          : 'you need to specify whom to kill',
        'kill',
      );
      return isBash(shell) ? 2 : 1;
    }
    let status = 0;
    for (const word of words) status = (yield* killOne(shell, word, named)) || status;
    return status;
  },
};

function* killOne(shell: Shell, word: string, signal: Parameters<Shell['process']['kill']>[1]): Task<number> {
  const job = word.startsWith('%') ? shell.jobs.find(word) : undefined;
  const pid =
    job === undefined ? Number(word) : job.processGroup === undefined ? job.processes[0]!.pid : -job.processGroup;
  if (!Number.isInteger(pid) || (word.startsWith('%') && job === undefined)) {
    yield* complain(
      shell,
      isBash(shell)
        ? `${word}: ${word.startsWith('%') ? 'no such job' : 'arguments must be process or job IDs'}`
        : `invalid number '${word}'`,
      'kill',
    );
    return 1;
  }
  try {
    shell.process.kill(pid, signal);
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const message = isBash(shell)
      ? `(${pid}) - ${error.message}`
      : shell.dialect === 'dash'
        ? `${error.message}\n`
        : `can't kill pid ${pid}: ${error.message}`;
    yield* complain(shell, message, 'kill');
    return 1;
  }
}

function signalListing(numbers: readonly string[]): string {
  if (numbers.length > 0) {
    return numbers
      .map((text) => {
        if (!/^\d+$/.test(text))
          return `${SIGNAL_NUMBERS[text.toUpperCase().replace(/^SIG/, '') as keyof typeof SIGNAL_NUMBERS] ?? text}\n`;
        const number = Number(text) > 128 ? Number(text) - 128 : Number(text);
        return `${SIGNALS_BY_NUMBER.get(number) ?? text}\n`;
      })
      .join('');
  }
  return [...SIGNALS_BY_NUMBER].map(([number, name]) => `${String(number).padStart(2)}) SIG${name}\n`).join('');
}
