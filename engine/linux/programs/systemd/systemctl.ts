import type { Task } from '../../../sim/index.ts';
import { print, printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { getOptions } from '../options.ts';
import { program } from '../program.ts';
import { askManager, NO_MANAGER, unitName } from './bus.ts';
import { find, type Invocation, requireUnits, warnOfChange } from './invocation.ts';
import type { ManagerCall, PowerAction } from './port.ts';
import { cat, edit, enable, mask, revert } from './unit-editing.ts';
import { listUnitFiles, listUnits } from './unit-lists.ts';
import { NO_SUCH_UNIT, NOT_RUNNING, show, status } from './unit-status.ts';

// systemctl(1), as far as people drive services with it. https://man7.org/linux/man-pages/man1/systemctl.1.html

/** The LSB's exit code for a program that is not installed. */
const NOT_INSTALLED = 5;

export const systemctl = program(function* (process, args) {
  const options = getOptions(args, {
    letters: 'alqn:t:fHo:p:',
    long: {
      all: 'a',
      full: 'l',
      quiet: 'q',
      lines: 'n',
      type: 't',
      force: 'f',
      output: 'o',
      property: 'p',
      value: 'value',
      now: 'now',
      'no-pager': 'no-pager',
      'no-legend': 'no-legend',
      'no-block': 'no-block',
      'no-reload': 'no-reload',
      'no-ask-password': 'no-ask-password',
      state: 'S',
      failed: 'failed',
      plain: 'plain',
      legend: 'legend:',
      runtime: 'runtime',
      system: 'system',
      stdin: 'stdin',
      'drop-in': 'drop-in:',
    },
  });
  const [verb = 'list-units', ...units] = options.operands;
  const reply = yield* askManager(process, { method: 'units' });
  if (reply === undefined) {
    yield* printError(process, NO_MANAGER);
    return 1;
  }
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb]! : undefined;
  if (run === undefined) {
    yield* printError(process, `Unknown command verb '${verb}'.\n`);
    return 1;
  }
  return yield* run({ process, options, verb, known: reply.units ?? [], units: units.map(unitName) });
});

type Verb = (invocation: Invocation) => Task<number>;

const VERBS: Readonly<Record<string, Verb>> = {
  start: change,
  stop: change,
  restart: change,
  'try-restart': change,
  'reload-or-restart': change,
  enable,
  reenable: enable,
  disable: enable,
  mask,
  unmask: mask,
  edit,
  revert,
  status,
  show,
  cat,
  'is-active': isActive,
  'is-failed': isActive,
  'is-enabled': isEnabled,
  'is-system-running': isSystemRunning,
  'list-units': listUnits,
  'list-unit-files': listUnitFiles,
  'daemon-reload': reload,
  'daemon-reexec': reload,
  'reset-failed': resetFailed,
  poweroff: power,
  reboot: power,
  halt: power,
};

function* change(invocation: Invocation): Task<number> {
  const { process, units, verb } = invocation;
  if (!(yield* requireUnits(invocation))) return 1;
  const method = verb === 'start' || verb === 'stop' ? verb : 'restart';
  let status = 0;
  for (const unit of units) {
    const known = find(invocation, unit);
    if (known === undefined) {
      const why = verb === 'stop' ? 'not loaded' : 'not found';
      yield* printError(process, `Failed to ${verb} ${unit}: Unit ${unit} ${why}.\n`);
      status = NOT_INSTALLED;
      continue;
    }
    yield* warnOfChange(process, known);
    const reply = yield* askManager(process, { method, unit });
    const problem =
      reply?.refusal === undefined ? yield* jobProblem(process, unit) : `Failed to ${verb} ${unit}: ${reply.refusal}`;
    if (problem === undefined) continue;
    yield* printError(process, `${problem}\n`);
    status = 1;
  }
  return status;
}

/** Why a unit has not even been started, where its files are good. */
function* jobProblem(process: Process, name: string): Task<string | undefined> {
  const units = (yield* askManager(process, { method: 'units' }))?.units ?? [];
  const { active, result } = units.find((unit) => unit.name === name) ?? {};
  if (active !== 'failed') return undefined;
  const limit = result === 'start-limit-hit';
  const why = limit
    ? 'start of the service was attempted too often'
    : result === 'resources'
      ? 'of unavailable resources or another system error'
      : 'the control process exited with error code';
  const force = `\nTo force a start use "systemctl reset-failed ${name}"\nfollowed by "systemctl start ${name}" again.`;
  return `Job for ${name} failed because ${why}.\nSee "systemctl status ${name}" and "journalctl -xeu ${name}" for details.${limit ? force : ''}`;
}

function* isActive(invocation: Invocation): Task<number> {
  const { process, options, verb, units } = invocation;
  let good = false;
  for (const name of units) {
    const state = find(invocation, name)?.active ?? 'inactive';
    if (!options.has('q')) yield* print(process, `${state}\n`);
    if (state === (verb === 'is-active' ? 'active' : 'failed')) good = true;
  }
  if (good) return 0;
  if (verb === 'is-failed') return 1;
  return units.every((name) => find(invocation, name) === undefined) ? NO_SUCH_UNIT : NOT_RUNNING;
}

function* isEnabled(invocation: Invocation): Task<number> {
  const { process, options, units } = invocation;
  let good = units.length > 0;
  for (const name of units) {
    const unit = find(invocation, name);
    if (unit === undefined) {
      if (!options.has('q')) yield* print(process, 'not-found\n');
      return NO_SUCH_UNIT;
    }
    const state = unit.load === 'masked' ? 'masked' : unit.enabled ? 'enabled' : 'disabled';
    if (!options.has('q')) yield* print(process, `${state}\n`);
    good &&= state === 'enabled';
  }
  return good ? 0 : 1;
}

function* isSystemRunning({ process, known, options }: Invocation): Task<number> {
  const isDegraded = known.some(({ active }) => active === 'failed');
  if (!options.has('q')) yield* print(process, `${isDegraded ? 'degraded' : 'running'}\n`);
  return isDegraded ? 1 : 0;
}

function* reload({ process }: Invocation): Task<number> {
  yield* askManager(process, { method: 'reload' });
  return 0;
}

function* resetFailed(invocation: Invocation): Task<number> {
  const { process, known, units } = invocation;
  const named = units.length > 0 ? units : known.filter(({ active }) => active === 'failed').map(({ name }) => name);
  for (const unit of named) {
    if (find(invocation, unit) !== undefined) {
      yield* askManager(process, { method: 'reset-failed', unit });
      continue;
    }
    yield* printError(process, `Failed to reset failed state of unit ${unit}: Unit ${unit} not loaded.\n`);
    return 1;
  }
  return 0;
}

function* power({ process, verb }: Invocation): Task<number> {
  return yield* turnOff(process, verb as PowerAction, process.now());
}

/** Asks the manager to end the machine's work. */
export function* turnOff(process: Process, action: PowerAction, atMs: number | undefined): Task<number> {
  const call: ManagerCall = { method: 'power', action, atMs };
  if ((yield* askManager(process, call)) !== undefined) return 0;
  yield* printError(process, NO_MANAGER);
  return 1;
}
