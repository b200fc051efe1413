import { makeDirectories } from '../../linux/directory-tree.ts';
import { Errno } from '../../linux/errno.ts';
import type { Host } from '../../linux/host.ts';
import type { JournalEntry, UnitStatus } from '../../linux/programs/systemd/port.ts';
import type { Process, Program, WaitStatus } from '../../linux/syscalls.ts';
import {
  asInstalled,
  endText,
  fullName,
  isRestarted,
  isUntouched,
  OWN_UNIT_FILES,
  resultOf,
  type ServiceUnit,
  title,
  type UnitCommand,
  type UnitTools,
  unitFilePath,
  unitFiles,
  WANTS,
} from './service-unit.ts';
import { newUnitState, programOf, statusOf, type UnitState } from './unit-state.ts';

/** What the journal keeps. */
const MAX_ENTRIES = 2000;
const MAX_LINE_LENGTH = 4096;
const MANAGER_PID = 1;
/** What systemd exits with for a program that cannot be started. */
const EXIT_EXEC = 203;

/**
 * Starts the machine's services at power-on and again whenever one ends: what systemd does for containerd and the
 * kubelet. https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/kubelet-integration/
 */
export class ServiceSupervisor {
  readonly #host: Host;
  readonly #installed: readonly ServiceUnit[];
  readonly #tools: UnitTools;
  #states: readonly UnitState[];
  readonly #decoder = new TextDecoder();
  #journal: JournalEntry[] = [];
  #stopping = false;
  /** What was among the administrator's unit files at first. */
  readonly #own: readonly string[];
  /** Whether the machine goes by what its files say, and no longer by what they said at first. */
  #hasRead = false;

  constructor(host: Host, units: readonly ServiceUnit[], tools: UnitTools) {
    this.#host = host;
    this.#installed = units;
    this.#tools = tools;
    this.#states = units.map((unit) => newUnitState(asInstalled(unit), unit, host.sim.wallMs));
    this.#install();
    this.#own = host.root.readdir(OWN_UNIT_FILES).map(({ name }) => name);
  }

  #install(): void {
    const { root } = this.#host;
    makeDirectories(root, WANTS);
    for (const unit of this.#installed) {
      for (const [path, text] of unitFiles(unit)) {
        makeDirectories(root, path.slice(0, path.lastIndexOf('/')));
        root.writeFile(path, text);
      }
      root.symlink(unitFilePath(unit), `${WANTS}/${fullName(unit)}`);
    }
  }

  /** At power-on: everything that is enabled, in order. */
  startAll(): void {
    this.#stopping = false;
    if (this.#hasRead || !isUntouched(this.#host.root, this.#installed, this.#own)) this.reload();
    for (const state of this.#states) {
      const { isEnabled, load } = state.loaded;
      state.stopped = !isEnabled;
      state.restarts = 0;
      state.process = undefined;
      state.ended = undefined;
      state.failure = undefined;
      state.waiting.length = 0;
      if (isEnabled && load === 'loaded') this.#start(state);
    }
  }

  /** `systemctl daemon-reload`: what the files say now is what counts from the next start on. */
  reload(): void {
    this.#hasRead = true;
    const found = new Map(this.#tools.readUnits(this.#host.root).map((unit) => [unit.name, unit]));
    const kept = this.#states.filter(({ name, process, restart }) => found.has(name) || process || restart);
    for (const state of kept) state.loaded = found.get(state.name) ?? { ...state.loaded, load: 'not-found' };
    const known = new Set(kept.map(({ name }) => name));
    const installed = (name: string) => this.#installed.find((unit) => unit.name === name);
    const added = [...found.values()].filter(({ name }) => !known.has(name));
    this.#states = [...kept, ...added.map((unit) => newUnitState(unit, installed(unit.name), this.#host.sim.wallMs))];
    for (const state of this.#states) for (const warning of state.loaded.warnings) this.#say(state, warning);
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
    const state = this.#states.find((each) => each.name === name)!;
    this.#add(state, programOf(state), state.process?.hostPid ?? 0, line.slice(0, MAX_LINE_LENGTH));
  }

  units(): readonly UnitStatus[] {
    const now = new Map(this.#tools.readUnits(this.#host.root).map(({ name, signature }) => [name, signature]));
    return this.#states.map((state) => statusOf(state, now.get(state.name) !== state.loaded.signature));
  }

  has(name: string): boolean {
    return this.#states.some((state) => fullName(state) === name);
  }

  /** Why a unit cannot be started at all, in the words of systemctl. */
  refusal(name: string): string | undefined {
    const { load } = this.#state(name).loaded;
    if (load === 'masked') return `Unit ${name} is masked.`;
    if (load === 'not-found') return `Unit ${name} not found.`;
    const hint = `See system logs and 'systemctl status ${name}' for details.`;
    return load === 'bad-setting' ? `Unit ${name} has a bad unit file setting.\n${hint}` : undefined;
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
    this.#say(state, `Stopping ${title(state.loaded)}...`);
    state.waiting.push(done);
    this.#host.kill(state.process.hostPid, 'TERM');
  }

  kill(name: string): void {
    const { process } = this.#state(name);
    if (process !== undefined) this.#host.kill(process.hostPid, 'KILL');
  }

  /** `systemctl reset-failed`. */
  forgive(name: string): void {
    const state = this.#state(name);
    state.ended = undefined;
    state.failure = undefined;
    state.starts.count = 0;
  }

  /** Whether anything has changed by it. */
  enable(name: string, enabled: boolean): boolean {
    const state = this.#state(name);
    if (state.loaded.isEnabled === enabled) return false;
    const { root } = this.#host;
    const link = `${WANTS}/${name}`;
    if (!enabled) root.unlink(link);
    else {
      makeDirectories(root, WANTS);
      root.symlink(state.loaded.file, link);
    }
    state.loaded = { ...state.loaded, isEnabled: enabled };
    return true;
  }

  #state(name: string): UnitState {
    return this.#states.find((state) => fullName(state) === name)!;
  }

  #start(state: UnitState): void {
    if (!this.#host.running || this.#stopping) return;
    const { loaded, starts, ended } = state;
    if (this.#hasRead && !this.#tools.admitStart(loaded, starts, this.#host.sim.wallMs)) {
      this.#say(state, `${fullName(state)}: Start request repeated too quickly.`);
      this.#fail(state, resultOf(ended?.status) === 'success' ? 'start-limit-hit' : undefined);
      return;
    }
    const command = this.#commandOf(state);
    if (command === undefined) return;
    const { installed } = state;
    const output = this.#host.sink((data) => this.#hear(state, data));
    const known = installed?.path === command.argv[0] ? installed?.program : undefined;
    const run = known ?? this.#other(state, command);
    const process = this.#host.spawn({
      run,
      argv: command.argv,
      files: { 1: output, 2: output },
      onExit: (status) => this.#ended(state, status),
    });
    state.process = process;
    state.command = command.argv;
    state.failure = undefined;
    state.sinceMs = this.#host.sim.wallMs;
    this.#say(state, `Started ${title(state.loaded)}.`);
  }

  /** Undefined, with a word to the journal, where the environment cannot be made. */
  #commandOf(state: UnitState): UnitCommand | undefined {
    const { installed, loaded } = state;
    if (!this.#hasRead && installed !== undefined)
      return { argv: [installed.path, ...installed.args], environment: {} };
    try {
      return this.#tools.unitCommand(this.#host.root, loaded);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const file = fullName(state);
      this.#say(state, `${file}: Failed to load environment files: ${error.message}`);
      this.#say(state, `${file}: Failed to spawn 'start' task: ${error.message}`);
      this.#fail(state, 'resources');
      return undefined;
    }
  }

  /** Nothing of it is started. @param failure why, unless how it ended last says more */
  #fail(state: UnitState, failure: UnitState['failure']): void {
    state.failure = failure;
    state.sinceMs = this.#host.sim.wallMs;
    this.#say(state, `${fullName(state)}: Failed with result '${failure ?? resultOf(state.ended?.status)}'.`);
    this.#say(state, `Failed to start ${title(state.loaded)}.`);
  }

  /** A program that the machine was not installed with as this service. */
  #other(state: UnitState, { argv, environment }: UnitCommand): Program {
    const [path = ''] = argv;
    const complain = (process: Process, problem: string): void =>
      this.#add(state, `(${path.slice(path.lastIndexOf('/') + 1)})`, process.hostPid, `${fullName(state)}: ${problem}`);
    return function* (process) {
      try {
        return yield* process.exec(path, argv, environment);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        if (error.code === 'ENOENT') complain(process, `Unable to locate executable '${path}': ${error.message}`);
        complain(process, `Failed at step EXEC spawning ${path}: ${error.message}`);
        return EXIT_EXEC;
      }
    };
  }

  #ended(state: UnitState, status: WaitStatus): void {
    const { loaded } = state;
    const file = fullName(state);
    const result = resultOf(status);
    state.ended = { pid: state.process?.hostPid ?? 0, status };
    state.process = undefined;
    state.sinceMs = this.#host.sim.wallMs;
    if (state.stopped || this.#stopping) {
      this.#say(state, `${file}: Deactivated successfully.`);
      this.#say(state, `Stopped ${title(loaded)}.`);
    } else if (result !== 'success') {
      this.#say(state, `${file}: Main process exited, ${endText(status)}`);
      this.#say(state, `${file}: Failed with result '${result}'.`);
    } else this.#say(state, `${file}: Deactivated successfully.`);
    for (const done of state.waiting.splice(0)) done();
    if (!state.stopped && isRestarted(loaded, status)) this.#restartLater(state);
  }

  #restartLater(state: UnitState): void {
    if (!this.#host.running || this.#stopping) return;
    state.restart = this.#host.sim.schedule(state.loaded.restartDelayMs, `restart ${state.name}`, () => {
      state.restart = undefined;
      const refusal = this.#hasRead ? this.refusal(fullName(state)) : undefined;
      if (refusal !== undefined) {
        this.#say(state, `${fullName(state)}: Failed to schedule restart job: ${refusal.split('\n')[0]}`);
        return;
      }
      state.restarts += 1;
      this.#say(state, `${fullName(state)}: Scheduled restart job, restart counter is at ${state.restarts}.`);
      this.#start(state);
    });
  }

  /** What the service prints. */
  #hear(state: UnitState, data: Uint8Array): void {
    const pid = state.process?.hostPid ?? 0;
    for (const line of this.#decoder.decode(data).split('\n')) {
      if (line !== '') this.#add(state, programOf(state), pid, line.slice(0, MAX_LINE_LENGTH));
    }
  }

  #say(state: UnitState, text: string): void {
    this.#add(state, 'systemd', MANAGER_PID, text);
  }

  #add(state: UnitState, identifier: string, pid: number, text: string): void {
    this.#write({ unit: fullName(state), identifier, pid, text });
  }

  #write(entry: Omit<JournalEntry, 'timeMs'>): void {
    this.#journal.push({ timeMs: this.#host.sim.wallMs, ...entry });
    if (this.#journal.length > 2 * MAX_ENTRIES) this.#journal = this.#journal.slice(-MAX_ENTRIES);
  }
}
