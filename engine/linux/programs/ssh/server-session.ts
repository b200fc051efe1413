import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { SIGNAL_NUMBERS, type Signal } from '../../signal.ts';
import type { Channel } from '../../ssh/channel.ts';
import type { FieldReader } from '../../ssh/wire.ts';
import { encode } from '../../stdio.ts';
import type { Process, SocketAddress, WaitStatus } from '../../syscalls.ts';
import type { TaskGroup } from '../../task-group.ts';
import { becomeShell, greeting } from './login.ts';
import type { Admitted } from './server-authentication.ts';
import type { SshdConfig } from './sshd-config.ts';

/** How long what a shell has left on its terminal is waited for. */
const DRAIN_MS = 20;

export interface SessionSurroundings {
  readonly process: Process;
  readonly group: TaskGroup;
  readonly config: SshdConfig;
  readonly admitted: Admitted;
  readonly peer: SocketAddress;
  readonly local: SocketAddress;
}

interface Running {
  readonly pid: number;
  readonly input: number;
  /** What it writes, and what it writes about errors where that is told apart. */
  readonly outputs: readonly number[];
  readonly onTerminal: boolean;
}

/** A channel of the type `session`: a command, or a shell, with or without a terminal. RFC 4254, section 6 */
export class ServerSession {
  readonly #with: SessionSurroundings;
  readonly #channel: Channel;
  readonly #environment: Record<string, string> = {};
  #terminal: { readonly master: number; readonly slave: number; readonly path: string } | undefined;
  #running: Running | undefined;

  constructor(surroundings: SessionSurroundings, channel: Channel) {
    this.#with = surroundings;
    this.#channel = channel;
    channel.onRequest = (name, fields) => this.#answer(name, fields);
  }

  #answer(name: string, fields: FieldReader): boolean {
    const { process, admitted } = this.#with;
    switch (name) {
      case 'env':
        return this.#takeVariable(fields.text(), fields.text());
      case 'pty-req':
        return this.#openTerminal(fields);
      case 'window-change':
        if (this.#terminal === undefined) return false;
        process.setWindowSize(this.#terminal.master, fields.number(), fields.number());
        return true;
      case 'signal':
        return this.#signal(fields.text());
      case 'shell':
        return this.#start(admitted.command);
      case 'exec': {
        const command = fields.text();
        if (admitted.command !== undefined) this.#environment['SSH_ORIGINAL_COMMAND'] = command;
        return this.#start(admitted.command ?? command);
      }
      default:
        return false;
    }
  }

  #takeVariable(name: string, value: string): boolean {
    const accepted = this.#with.config.acceptEnv.some((pattern) =>
      pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
    );
    if (accepted && /^\w+$/.test(name)) this.#environment[name] = value;
    return accepted;
  }

  #openTerminal(fields: FieldReader): boolean {
    if (this.#terminal !== undefined) return false;
    const { process, admitted } = this.#with;
    this.#environment['TERM'] = fields.text();
    try {
      const { master, slave } = process.openTerminal(fields.number(), fields.number());
      const path = process.readlink(`/proc/self/fd/${slave}`);
      if (admitted.account.uid !== 0) process.chown(path, admitted.account.uid, 5);
      this.#terminal = { master, slave, path };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return false;
    }
    return true;
  }

  #signal(name: string): boolean {
    if (this.#running === undefined || !Object.hasOwn(SIGNAL_NUMBERS, name)) return false;
    this.#with.process.kill(-this.#running.pid, name as Signal);
    return true;
  }

  #start(command: string | undefined): boolean {
    if (this.#running !== undefined) return false;
    const { group } = this.#with;
    let running: Running;
    try {
      running = this.#terminal === undefined ? this.#startOnPipes(command) : this.#startOnTerminal(command);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return false;
    }
    this.#running = running;
    group.start(this.#feed(running.input));
    const carriers = running.outputs.map((fd, index) => ({ fd, handle: group.start(this.#carry(fd, index === 1)) }));
    group.start(this.#finish(running, () => carriers.filter(({ handle }) => !handle.finished).map(({ fd }) => fd)));
    return true;
  }

  #startOnTerminal(command: string | undefined): Running {
    const { process, admitted, config, peer } = this.#with;
    const { master, slave } = this.#terminal!;
    const text = command === undefined ? greeting(process, config, admitted.account, peer) : '';
    const become = this.#becoming(command);
    const pid = process.fork(
      function* (child) {
        child.setSession();
        child.takeTerminal(0);
        if (text !== '') yield* child.write(1, encode(text));
        return yield* become(child);
      },
      { fds: { 0: slave, 1: slave, 2: slave } },
    );
    process.close(slave);
    return { pid, input: master, outputs: [master], onTerminal: true };
  }

  #startOnPipes(command: string | undefined): Running {
    const { process } = this.#with;
    const [inFrom, inTo] = process.pipe();
    const [outFrom, outTo] = process.pipe();
    const [errorFrom, errorTo] = process.pipe();
    const become = this.#becoming(command);
    const pid = process.fork(
      function* (child) {
        child.setSession();
        return yield* become(child);
      },
      { fds: { 0: inFrom, 1: outTo, 2: errorTo } },
    );
    for (const fd of [inFrom, outTo, errorTo]) process.close(fd);
    return { pid, input: inTo, outputs: [outFrom, errorFrom], onTerminal: false };
  }

  #becoming(command: string | undefined): (child: Process) => Task<number> {
    const { admitted, peer, local } = this.#with;
    const environment = { peer, local, terminal: this.#terminal?.path, given: { ...this.#environment } };
    return (child) => becomeShell(child, admitted.account, command, environment);
  }

  /** What the client sends, to the command. */
  *#feed(fd: number): Task<void> {
    const { process } = this.#with;
    try {
      for (;;) {
        const data = yield* this.#channel.receive();
        if (data === undefined) break;
        yield* process.write(fd, data);
      }
      if (this.#terminal === undefined) process.close(fd);
    } catch (error) {
      // It does not listen any more.
      if (!(error instanceof Errno)) throw error;
    }
  }

  *#carry(fd: number, isError: boolean): Task<void> {
    const { process } = this.#with;
    try {
      for (;;) {
        const data = yield* process.read(fd);
        if (data.length === 0) return;
        yield* this.#channel.send(data, isError);
      }
    } catch (error) {
      // Nobody is left on the terminal.
      if (!(error instanceof Errno)) throw error;
    }
  }

  /** Tells how the command has ended, once all that it wrote is on its way. */
  *#finish({ pid, onTerminal }: Running, open: () => readonly number[]): Task<void> {
    const { process } = this.#with;
    const ended = yield* process.waitpid(pid);
    for (let fds = open(); fds.length > 0; fds = open()) {
      const left = yield* process.poll(fds, onTerminal ? DRAIN_MS : undefined);
      // Whoever still has a terminal that its session has left does not hold up the end; who has a pipe does.
      if (left.length === 0 && onTerminal) break;
      yield* process.sleep(1);
    }
    if (ended !== undefined) yield* this.#tell(ended.status);
    yield* this.#channel.sendEnd();
    this.#channel.close();
  }

  *#tell(status: WaitStatus): Task<void> {
    if (status.kind === 'exited') yield* this.#channel.request('exit-status', status.code);
    else yield* this.#channel.request('exit-signal', status.signal, false, '', '');
  }
}
