import { Errno } from '../../linux/errno.ts';
import { decode, encode, print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus } from '../cri.ts';
import { fromBase64, type SessionMessage, toBase64 } from '../session-messages.ts';
import { chooseContainers } from './container-list.ts';
import { CallError, callCri, openCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { type Command, find, HELP, requireArgument } from './line.ts';

// exec and attach: the runtime's stream on one side, this terminal on the other.

interface ExecResult {
  readonly stdout: Readonly<Record<string, number>>;
  readonly stderr: Readonly<Record<string, number>>;
  readonly exitCode: number;
}

/** Flags that stand for the container's id. */
const FILTERS = ['name', 'pod', 'image', 'state', 'label', 'latest', 'last'];

function* exec(process: Process, line: Line): Task<number | typeof HELP> {
  const { flags, args } = line;
  const isFiltered = FILTERS.some((name) => flags.has(name));
  const command = isFiltered ? args : args.slice(1);
  if (command.length === 0) return HELP;
  const containers = isFiltered
    ? yield* chooseContainers(process, line)
    : [yield* find<ContainerStatus>(process, 'listContainers', args[0]!, 'container')];
  if (containers.length === 0) throw new CallError('No containers found per filter flags');
  for (const { id } of containers) {
    if (isFiltered && !flags.has('quiet')) yield* print(process, `${id}:\n`);
    yield* execIn(process, id, command, line);
  }
  return 0;
}

function* execIn(process: Process, id: string, command: readonly string[], line: Line): Task<number> {
  const options = sessionOptions(line);
  if (!options.stdin && !options.tty) return yield* execSync(process, id, command, line);
  return yield* runSession(process, 'exec', [id, command, options], options);
}

export const EXEC: Command = {
  name: 'exec',
  usage: 'Run a command in a running container',
  operands: '[CONTAINER-ID] COMMAND [ARG...]',
  flags: cliFlags(`
    ignore-errors|e Ignore errors during command execution
    image=string Exec command for all containers matching this container image filter
    interactive|i Keep STDIN open
    label=list Exec command for all containers matching this key=value label filter
    last|n=int Exec command for all last n containers, set to 0 for unlimited
    latest|l Exec command for the most recently created container
    name=string Exec command for all containers matching this name filter regular expression pattern
    parallel|x Run the command in parallel if multiple containers are selected
    pod|p=string Exec command for all containers matching this pod ID filter
    quiet|q Do not print the container ID if multiple containers are selected
    state=string Exec command for all containers matching this container state filter
    sync|s Run the command synchronously
    timeout=int Timeout in seconds
    transport|r=string Transport protocol to use, one of: spdy|websocket
    tty|t Allocate a pseudo-TTY`),
  run: exec,
};

function* execSync(process: Process, id: string, command: readonly string[], { flags }: Line): Task<number> {
  const timeout = Number(flags.get('timeout') ?? 0);
  const { stdout, stderr, exitCode } = yield* callCri<ExecResult>(process, 'execSync', id, command, timeout);
  yield* process.write(1, Uint8Array.from(Object.values(stdout)));
  yield* process.write(2, Uint8Array.from(Object.values(stderr)));
  return finish(exitCode);
}

function* attach(process: Process, line: Line): Task<number> {
  const container = yield* find<ContainerStatus>(process, 'listContainers', requireArgument(line), 'container');
  const options = sessionOptions(line);
  return yield* runSession(process, 'attach', [container.id, options], options);
}

export const ATTACH: Command = {
  name: 'attach',
  usage: 'Attach to a running container',
  operands: 'CONTAINER-ID',
  flags: cliFlags(`
    stdin|i Keep STDIN open
    transport|r=string Transport protocol to use, one of: spdy|websocket
    tty|t Allocate a pseudo-TTY`),
  run: attach,
};

interface SessionOptions {
  readonly stdin: boolean;
  readonly tty: boolean;
}

function sessionOptions({ flags }: Line): SessionOptions {
  return { stdin: flags.has('stdin') || flags.has('interactive'), tty: flags.has('tty') };
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
