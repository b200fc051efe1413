import { Errno } from '../../linux/errno.ts';
import { decode, encode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus } from '../cri.ts';
import { fromBase64, type SessionMessage, toBase64 } from '../session-messages.ts';
import { CallError, callCri, openCri } from './cri-client.ts';
import { find, hasFlag, type Line, requireArgument } from './line.ts';

// exec and attach: the runtime's stream on one side, this terminal on the other.

interface ExecResult {
  readonly stdout: Readonly<Record<string, number>>;
  readonly stderr: Readonly<Record<string, number>>;
  readonly exitCode: number;
}

export function* exec(process: Process, line: Line): Task<number> {
  const [id = '', ...command] = line.args;
  if (command.length === 0) throw new CallError('no command specified');
  const container = yield* find<ContainerStatus>(process, 'listContainers', id, 'container');
  const options = sessionOptions(line);
  if (!options.stdin && !options.tty) return yield* execSync(process, container.id, command, line);
  return yield* runSession(process, 'exec', [container.id, command, options], options);
}

function* execSync(process: Process, id: string, command: readonly string[], { flags }: Line): Task<number> {
  const timeout = Number(flags.get('timeout') ?? 0);
  const { stdout, stderr, exitCode } = yield* callCri<ExecResult>(process, 'execSync', id, command, timeout);
  yield* process.write(1, Uint8Array.from(Object.values(stdout)));
  yield* process.write(2, Uint8Array.from(Object.values(stderr)));
  return finish(exitCode);
}

export function* attach(process: Process, line: Line): Task<number> {
  const container = yield* find<ContainerStatus>(process, 'listContainers', requireArgument(line), 'container');
  const options = sessionOptions(line);
  return yield* runSession(process, 'attach', [container.id, options], options);
}

interface SessionOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
}

function sessionOptions(line: Line): SessionOptions {
  const both = hasFlag(line, 'it', 'ti');
  return { stdin: both || hasFlag(line, 'i', 'stdin', 'interactive'), tty: both || hasFlag(line, 't', 'tty') };
}

/** @throws CallError when the command fails or cannot be run */
function finish(exitCode: number): number {
  if (exitCode === 0) return 0;
  throw new CallError(`execing command in container: command terminated with exit code ${exitCode}`);
}

function* runSession(
  process: Process,
  method: string,
  given: readonly unknown[],
  { stdin, tty }: SessionOptions,
): Task<number> {
  const raw = stdin && tty && process.isTerminal(0);
  const { fd, rest } = yield* openCri(process, method, given);
  const relay = new Relay(process, fd, rest);
  try {
    if (raw) {
      process.setTerminalMode(0, 'raw');
      process.setSignalAction('WINCH', 'catch');
      yield* relay.sendSize();
    }
    return finish(yield* relay.run(stdin));
  } finally {
    process.close(fd);
    if (raw) process.setTerminalMode(0, 'cooked');
  }
}

class Relay {
  readonly #process: Process;
  readonly #fd: number;
  #text: string;

  constructor(process: Process, fd: number, text: string) {
    this.#process = process;
    this.#fd = fd;
    this.#text = text;
  }

  *sendSize(): Task<void> {
    const { columns, rows } = this.#process.windowSize(0);
    yield* this.#send({ resize: [columns, rows] });
  }

  /** Until the other side has ended; the exit code. @throws CallError */
  *run(withInput: boolean): Task<number> {
    let inputOpen = withInput;
    for (;;) {
      for (let end = this.#text.indexOf('\n'); end >= 0; end = this.#text.indexOf('\n')) {
        const message = JSON.parse(this.#text.slice(0, end)) as SessionMessage;
        this.#text = this.#text.slice(end + 1);
        if (message.exit?.exitCode !== undefined) return message.exit.exitCode;
        if (message.exit !== undefined) throw new CallError(`execing command in container: ${message.exit.message}`);
        if (message.stdout !== undefined) yield* this.#process.write(1, fromBase64(message.stdout));
        if (message.stderr !== undefined) yield* this.#process.write(2, fromBase64(message.stderr));
      }
      try {
        const ready = yield* this.#process.poll(inputOpen ? [0, this.#fd] : [this.#fd]);
        if (ready.includes(this.#fd)) {
          const piece = yield* this.#process.read(this.#fd);
          if (piece.length === 0) return 0;
          this.#text += decode(piece);
        } else if (ready.includes(0)) inputOpen = yield* this.#sendInput();
      } catch (error) {
        if (!(error instanceof Errno && error.code === 'EINTR')) throw error;
        if (this.#process.takeSignals().includes('WINCH')) yield* this.sendSize();
      }
    }
  }

  *#sendInput(): Task<boolean> {
    const chunk = yield* this.#process.read(0);
    yield* this.#send(chunk.length > 0 ? { stdin: toBase64(chunk) } : { closeStdin: true });
    return chunk.length > 0;
  }

  *#send(message: SessionMessage): Task<void> {
    yield* this.#process.write(this.#fd, encode(`${JSON.stringify(message)}\n`));
  }
}
