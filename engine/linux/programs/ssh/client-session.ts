import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import type { Channel } from '../../ssh/channel.ts';
import { Multiplexer } from '../../ssh/multiplexer.ts';
import type { Transport } from '../../ssh/transport.ts';
import { printError } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { TaskGroup } from '../../task-group.ts';
import { carryForward } from './forwarding.ts';

/** What is done with a connection once the server has let us in. */
export interface ClientSession {
  /** As it was given on the command line. */
  readonly host: string;
  readonly output: number;
  readonly command: string | undefined;
  /** Whether the server is to give the command a terminal. */
  readonly terminal: boolean;
  /** Whether standard input is passed on. */
  readonly input: boolean;
  /** `-N`: nothing is run. */
  readonly forwardOnly: boolean;
  readonly forwards: readonly LocalForward[];
  /** `-W`: standard input and output are connected with an address that the server reaches. */
  readonly through: { readonly host: string; readonly port: number } | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly quiet: boolean;
}

/** `-L`: who connects to the listening socket here is led to an address that the server reaches. */
export interface LocalForward {
  readonly listener: number;
  readonly host: string;
  readonly port: number;
}

const LOST = 255;

/** Runs a session; returns ssh's exit code. */
export class SessionRunner {
  readonly #process: Process;
  readonly #session: ClientSession;
  readonly #group: TaskGroup;
  readonly #multiplexer: Multiplexer;
  readonly #raw: boolean;
  #exitCode: number | undefined;
  #channel: Channel | undefined;
  #over = false;

  constructor(process: Process, transport: Transport, session: ClientSession) {
    this.#process = process;
    this.#session = session;
    this.#raw = session.terminal && process.isTerminal(0);
    this.#group = new TaskGroup(() => this.#onSignal());
    this.#multiplexer = new Multiplexer(process, session.output, transport, this.#group);
  }

  *run(): Task<number> {
    const { forwardOnly, through, forwards } = this.#session;
    for (const forward of forwards) this.#group.start(this.#listen(forward));
    if (through !== undefined) this.#group.start(this.#passThrough(through));
    else if (!forwardOnly) this.#group.start(this.#converse());
    if (this.#raw) {
      this.#process.setTerminalMode(0, 'raw');
      this.#process.setSignalAction('WINCH', 'catch');
    }
    try {
      yield* this.#group.run(() => this.#over || this.#multiplexer.ended);
    } finally {
      if (this.#raw) this.#process.setTerminalMode(0, 'cooked');
    }
    const { host, quiet, terminal } = this.#session;
    const isLost = this.#exitCode === undefined;
    if (!quiet && isLost && !this.#over)
      yield* printError(this.#process, `Connection to ${host} closed by remote host.\r\n`);
    if (!quiet && terminal) yield* printError(this.#process, `Connection to ${host} closed.\r\n`);
    return this.#exitCode ?? LOST;
  }

  #onSignal(): void {
    if (!this.#process.takeSignals().includes('WINCH') || this.#channel === undefined) return;
    const { columns, rows } = this.#process.windowSize(0);
    this.#group.start(this.#channel.request('window-change', columns, rows, 0, 0));
  }

  *#converse(): Task<void> {
    const { command, terminal, environment, input } = this.#session;
    const channel = yield* this.#multiplexer.open('session');
    if (typeof channel === 'string') {
      yield* printError(this.#process, `channel 0: open failed: ${channel}\n`);
      this.#over = true;
      return;
    }
    this.#channel = channel;
    channel.onRequest = (name, fields) => {
      if (name === 'exit-status') this.#exitCode = fields.number();
      else if (name === 'exit-signal') this.#exitCode = LOST;
      return name.startsWith('exit-');
    };
    if (terminal) {
      const isTerminal = this.#process.isTerminal(0);
      const { columns, rows } = isTerminal ? this.#process.windowSize(0) : { columns: 80, rows: 24 };
      yield* channel.request('pty-req', this.#process.env['TERM'] ?? 'dumb', columns, rows, 0, 0, '');
    }
    for (const [name, value] of Object.entries(environment)) yield* channel.request('env', name, value);
    yield* command === undefined ? channel.request('shell') : channel.request('exec', command);
    if (input) this.#group.start(this.#sendInput(channel));
    else yield* channel.sendEnd();
    const errors = this.#group.start(this.#show(2, () => channel.receiveErrors()));
    yield* this.#show(1, () => channel.receive());
    yield* channel.whenClosed();
    while (!errors.finished) yield* this.#process.sleep(OUTPUT_LOOK_MS);
    if (this.#exitCode === undefined && this.#multiplexer.ended) return;
    this.#over = true;
  }

  *#show(fd: number, receive: () => Task<Uint8Array | undefined>): Task<void> {
    for (;;) {
      const data = yield* receive();
      if (data === undefined) return;
      yield* this.#process.write(fd, data);
    }
  }

  *#sendInput(channel: Channel): Task<void> {
    const escapes = this.#raw ? new EscapeReader() : undefined;
    for (;;) {
      let data: Uint8Array;
      try {
        data = yield* this.#process.read(0);
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        data = new Uint8Array(0);
      }
      if (data.length === 0) {
        yield* channel.sendEnd();
        return;
      }
      const { typed, verdict } = escapes?.read(data) ?? { typed: data, verdict: undefined };
      yield* channel.send(typed);
      if (verdict === 'help') yield* printError(this.#process, ESCAPE_HELP);
      if (verdict !== 'leave') continue;
      this.#exitCode = LOST;
      this.#over = true;
      return;
    }
  }

  *#listen({ listener, host, port }: LocalForward): Task<void> {
    for (;;) {
      const { fd, peer } = yield* this.#process.accept(listener);
      this.#group.start(this.#forward(fd, host, port, peer.address, peer.port));
    }
  }

  *#forward(fd: number, host: string, port: number, peer: string, peerPort: number): Task<void> {
    const channel = yield* this.#multiplexer.open('direct-tcpip', host, port, peer, peerPort);
    if (typeof channel !== 'string') yield* carryForward(this.#process, this.#group, channel, fd);
    else {
      this.#process.close(fd);
      yield* printError(this.#process, `channel 2: open failed: connect failed: ${channel}\r\n`);
    }
  }

  *#passThrough({ host, port }: NonNullable<ClientSession['through']>): Task<void> {
    const channel = yield* this.#multiplexer.open('direct-tcpip', host, port, '127.0.0.1', 65_535);
    if (typeof channel === 'string') {
      yield* printError(this.#process, `channel 0: open failed: connect failed: ${channel}\nstdio forwarding failed\n`);
      this.#exitCode = LOST;
    } else {
      yield* carryForward(this.#process, this.#group, channel, 0, 1);
      this.#exitCode = 0;
    }
    this.#over = true;
  }
}

const OUTPUT_LOOK_MS = 1;
const TILDE = 0x7e;
const DOT = 0x2e;
const QUESTION = 0x3f;
const ESCAPE_HELP = `~?\r
Supported escape sequences:\r
 ~.   - terminate connection (and any multiplexed sessions)\r
 ~?   - this message\r
 ~~   - send the escape character by typing it twice\r
(Note that escapes are only recognized immediately after newline.)\r
`;

/** Finds `~.` and its kin at the beginning of a line. */
class EscapeReader {
  #atLineStart = true;
  #afterTilde = false;

  read(data: Uint8Array): { readonly typed: Uint8Array; readonly verdict: 'leave' | 'help' | undefined } {
    const typed: number[] = [];
    let verdict: 'leave' | 'help' | undefined;
    for (const byte of data) {
      if (this.#afterTilde) {
        this.#afterTilde = false;
        if (byte === DOT) return { typed: Uint8Array.from(typed), verdict: 'leave' };
        if (byte === QUESTION) {
          verdict = 'help';
          continue;
        }
        if (byte !== TILDE) typed.push(TILDE);
      } else if (byte === TILDE && this.#atLineStart) {
        this.#afterTilde = true;
        continue;
      }
      typed.push(byte);
      this.#atLineStart = byte === 13 || byte === 10;
    }
    return { typed: Uint8Array.from(typed), verdict };
  }
}
