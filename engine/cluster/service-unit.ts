import type { Host } from '../linux/host.ts';
import type { JournalEntry, UnitStatus } from '../linux/programs/systemd/port.ts';
import { SIGNAL_NUMBERS } from '../linux/signal.ts';
import type { Process, Program, WaitStatus } from '../linux/syscalls.ts';
import type { Timer } from '../sim/index.ts';

/** A service that the machine keeps running, as a systemd unit with `Restart=always`. */
export interface ServiceUnit {
  readonly name: string;
  readonly description: string;
  readonly documentation: string;
  readonly path: string;
  readonly args: readonly string[];
  readonly program: Program;
  /** How long after its end the process is started again; absent for what runs once (`Type=oneshot`). */
  readonly restartDelayMs?: number;
}

interface UnitState {
  readonly unit: ServiceUnit;
  enabled: boolean;
  /** Stopped by hand: it stays down. */
  stopped: boolean;
  process: Process | undefined;
  restart: Timer | undefined;
  restarts: number;
  /** How the process ended last. */
  ended: WaitStatus | undefined;
  sinceMs: number;
  /** Who waits for the process to end. */
  readonly waiting: (() => void)[];
}

/** What the journal keeps. */
const MAX_ENTRIES = 2000;
const MAX_LINE_LENGTH = 4096;
const UNIT_FILES = '/lib/systemd/system';
const MANAGER_PID = 1;

/**
 * Starts the machine's services at power-on and again whenever one ends: what systemd does for containerd and the
 * kubelet. https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/
 */
export class ServiceSupervisor {
  readonly #host: Host;
  readonly #states: readonly UnitState[];
  readonly #decoder = new TextDecoder();
  #journal: JournalEntry[] = [];
  #stopping = false;

  constructor(host: Host, units: readonly ServiceUnit[]) {
    this.#host = host;
    this.#states = units.map((unit) => ({
      unit,
      enabled: true,
      stopped: false,
      process: undefined,
      restart: undefined,
      restarts: 0,
      ended: undefined,
      sinceMs: host.sim.wallMs,
      waiting: [],
    }));
  }

  /** At power-on: everything that is enabled, in order. */
  startAll(): void {
    this.#stopping = false;
    for (const state of this.#states) {
      state.stopped = !state.enabled;
      state.restarts = 0;
      state.process = undefined;
      state.ended = undefined;
      state.waiting.length = 0;
      if (state.enabled) this.#start(state);
    }
  }

  /** At power-off: what was about to be restarted is not. */
  forgetRestarts(): void {
    for (const state of this.#states) {
      state.restart?.cancel();
      state.restart = undefined;
    }
  }

  /** At shutdown: what ends from now on stays ended. */
  stopRestarting(): void {
    this.#stopping = true;
    this.forgetRestarts();
  }

  get journal(): readonly JournalEntry[] {
    return this.#journal;
  }

  /** What a program says that belongs to no unit. */
  note({ identifier, pid, text }: Pick<JournalEntry, 'identifier' | 'pid' | 'text'>): void {
    this.#write({ unit: 'user.slice', identifier, pid, text: text.slice(0, MAX_LINE_LENGTH) });
  }

  /** What a unit's process says without writing it anywhere. */
  log(name: string, line: string): void {
    const state = this.#states.find(({ unit }) => unit.name === name)!;
    this.#add(state, programOf(state.unit), state.process?.hostPid ?? 0, line.slice(0, MAX_LINE_LENGTH));
  }

  units(): readonly UnitStatus[] {
    return this.#states.map((state) => statusOf(state));
  }

  has(name: string): boolean {
    return this.#states.some((state) => fullName(state.unit) === name);
  }

  /** `systemctl start`: nothing, if it runs. */
  start(name: string): void {
    const state = this.#state(name);
    state.stopped = false;
    if (state.process !== undefined) return;
    state.restart?.cancel();
    state.restart = undefined;
    state.restarts = 0;
    this.#start(state);
  }

  /** `systemctl stop`: TERM, and `done` when the process has ended. Whoever waits too long may `kill`. */
  stop(name: string, done: () => void): void {
    const state = this.#state(name);
    state.stopped = true;
    state.restart?.cancel();
    state.restart = undefined;
    if (state.process === undefined) {
      done();
      return;
    }
    this.#say(state, `Stopping ${title(state.unit)}...`);
    state.waiting.push(done);
    this.#host.kill(state.process.hostPid, 'TERM');
  }

  kill(name: string): void {
    const { process } = this.#state(name);
    if (process !== undefined) this.#host.kill(process.hostPid, 'KILL');
  }

  /** Whether anything has changed by it. */
  enable(name: string, enabled: boolean): boolean {
    const state = this.#state(name);
    const changed = state.enabled !== enabled;
    state.enabled = enabled;
    return changed;
  }

  #state(name: string): UnitState {
    return this.#states.find((state) => fullName(state.unit) === name)!;
  }

  #start(state: UnitState): void {
    const { unit } = state;
    if (!this.#host.running || this.#stopping) return;
    const output = this.#host.sink((data) => this.#hear(state, data));
    const process = this.#host.spawn({
      run: unit.program,
      argv: [unit.path, ...unit.args],
      files: { 1: output, 2: output },
      onExit: (status) => this.#ended(state, status),
    });
    state.process = process;
    state.sinceMs = this.#host.sim.wallMs;
    this.#say(state, `Started ${title(unit)}.`);
  }

  #ended(state: UnitState, status: WaitStatus): void {
    const { unit } = state;
    state.process = undefined;
    state.ended = status;
    state.sinceMs = this.#host.sim.wallMs;
    const failed = isFailure(status);
    if (state.stopped || this.#stopping) {
      this.#say(state, `${fullName(unit)}: Deactivated successfully.`);
      this.#say(state, `Stopped ${title(unit)}.`);
    } else if (failed) {
      this.#say(state, `${fullName(unit)}: Main process exited, ${endText(status)}`);
      this.#say(state, `${fullName(unit)}: Failed with result '${status.kind === 'exited' ? 'exit-code' : 'signal'}'.`);
    } else this.#say(state, `${fullName(unit)}: Deactivated successfully.`);
    for (const done of state.waiting.splice(0)) done();
    if (!state.stopped) this.#restartLater(state);
  }

  #restartLater(state: UnitState): void {
    const { restartDelayMs } = state.unit;
    if (!this.#host.running || this.#stopping || restartDelayMs === undefined) return;
    state.restart = this.#host.sim.schedule(restartDelayMs, `restart ${state.unit.name}`, () => {
      state.restart = undefined;
      state.restarts += 1;
      this.#say(state, `${fullName(state.unit)}: Scheduled restart job, restart counter is at ${state.restarts}.`);
      this.#start(state);
    });
  }

  /** What the service prints. */
  #hear(state: UnitState, data: Uint8Array): void {
    const { unit, process } = state;
    for (const line of this.#decoder.decode(data).split('\n')) {
      if (line !== '') this.#add(state, programOf(unit), process?.hostPid ?? 0, line.slice(0, MAX_LINE_LENGTH));
    }
  }

  #say(state: UnitState, text: string): void {
    this.#add(state, 'systemd', MANAGER_PID, text);
  }

  #add(state: UnitState, identifier: string, pid: number, text: string): void {
    this.#write({ unit: fullName(state.unit), identifier, pid, text });
  }

  #write(entry: Omit<JournalEntry, 'timeMs'>): void {
    this.#journal.push({ timeMs: this.#host.sim.wallMs, ...entry });
    if (this.#journal.length > 2 * MAX_ENTRIES) this.#journal = this.#journal.slice(-MAX_ENTRIES);
  }
}

/** The text of a unit's file, for people to read: the manager goes by what it has been told. */
export function unitFile({ description, documentation, path, args, restartDelayMs }: ServiceUnit): string {
  const restart =
    restartDelayMs === undefined
      ? 'Type=oneshot\n'
      : `Restart=always\nStartLimitInterval=0\nRestartSec=${restartDelayMs / 1000}\n`;
  return (
    `[Unit]\nDescription=${description}\nDocumentation=${documentation}\nWants=network-online.target\n` +
    `After=network-online.target\n\n[Service]\nExecStart=${[path, ...args].join(' ')}\n${restart}\n` +
    '[Install]\nWantedBy=multi-user.target\n'
  );
}

export function unitFilePath(unit: ServiceUnit): string {
  return `${UNIT_FILES}/${fullName(unit)}`;
}

function fullName({ name }: ServiceUnit): string {
  return `${name}.service`;
}

/** Who speaks in the journal. */
function programOf({ path }: ServiceUnit): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function title(unit: ServiceUnit): string {
  return `${fullName(unit)} - ${unit.description}`;
}

function isFailure(status: WaitStatus): boolean {
  if (status.kind === 'exited') return status.code !== 0;
  return status.kind === 'signaled' && status.signal !== 'TERM' && status.signal !== 'INT' && status.signal !== 'HUP';
}

/** `code=exited, status=1/FAILURE`, `code=killed, status=9/KILL` */
function endText(status: WaitStatus): string {
  if (status.kind === 'exited') {
    return `code=exited, status=${status.code}/${status.code === 0 ? 'SUCCESS' : status.code === 1 ? 'FAILURE' : 'n/a'}`;
  }
  return `code=killed, status=${SIGNAL_NUMBERS[status.signal]}/${status.signal}`;
}

function statusOf(state: UnitState): UnitStatus {
  const { unit, enabled, process, restart, ended, stopped, sinceMs } = state;
  const failed = ended !== undefined && isFailure(ended) && !stopped;
  const [active, sub] =
    process !== undefined
      ? (['active', 'running'] as const)
      : restart !== undefined
        ? (['activating', 'auto-restart'] as const)
        : failed
          ? (['failed', 'failed'] as const)
          : unit.restartDelayMs === undefined && !stopped
            ? (['active', 'exited'] as const)
            : (['inactive', 'dead'] as const);
  return {
    name: fullName(unit),
    description: unit.description,
    documentation: unit.documentation,
    active,
    sub,
    enabled,
    sinceMs,
    pid: process?.hostPid,
    command: [unit.path, ...unit.args],
    ended: ended === undefined ? undefined : endText(ended),
  };
}
