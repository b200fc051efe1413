import type { SessionControl, SessionSink, StartSession } from '../api/request.ts';
import { Errno } from '../linux/errno.ts';
import type { OpenFile, PseudoTerminal } from '../linux/host.ts';
import { signalExitCode } from '../linux/signal.ts';
import { concatBytes } from '../linux/stdio.ts';
import type { Process, WaitStatus } from '../linux/syscalls.ts';
import { type Task, waitFor } from '../sim/index.ts';
import { CriError } from './cri.ts';
import { containerId } from './identifier.ts';
import { OciError, startOciProcess } from './oci-runtime.ts';
import type { Container, ProcessEnvironment } from './records.ts';
import type { ContainerdContext } from './sandbox.ts';

/** What `execSync` keeps of a command's output, as containerd's 16 MiB limit. */
const MAX_OUTPUT_BYTES = 16 * 1024 * 1024;

function requireRunning(container: Container): ProcessEnvironment {
  if (container.process === undefined || container.environment === undefined) {
    throw new CriError('Unknown', `failed to exec in container: container is in ${container.state} state`);
  }
  return container.environment;
}

interface ExecFiles {
  readonly files: Readonly<Record<number, OpenFile>>;
  readonly terminal?: OpenFile;
}

function startExec(
  context: ContainerdContext,
  container: Container,
  command: readonly string[],
  { files, terminal }: ExecFiles,
  onExit: (status: WaitStatus) => void,
): Process {
  const running = requireRunning(container);
  // As containerd does for every command that is given a terminal.
  const environment = terminal === undefined ? running : { ...running, env: { ...running.env, TERM: 'xterm' } };
  try {
    return startOciProcess(context.host, { argv: command, ...environment, files, terminal, onExit });
  } catch (error) {
    if (!(error instanceof OciError || error instanceof Errno)) throw error;
    const id = containerId(context.random);
    throw new CriError(
      'Unknown',
      `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: exec failed: ` +
        `unable to start container process: ${error.message}`,
    );
  }
}

export interface ExecResult {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  readonly exitCode: number;
}

/** Runs a command to its end, or kills it after the time-out (0: none). */
export function* execSync(
  context: ContainerdContext,
  container: Container,
  command: readonly string[],
  timeoutSeconds: number,
): Task<ExecResult> {
  const { host } = context;
  const stdout = collector();
  const stderr = collector();
  const files = { 1: host.sink(stdout.add), 2: host.sink(stderr.add) };
  let finished: (status: WaitStatus) => void = () => {};
  const process = startExec(context, container, command, { files }, (status) => finished(status));
  const status = yield* waitFor<WaitStatus | undefined>({
    start: (resume) => {
      const timeOut = (): void => {
        finished = () => {};
        host.kill(process.hostPid, 'KILL');
        resume(undefined);
      };
      const timer =
        timeoutSeconds > 0 ? host.sim.schedule(timeoutSeconds * 1000, 'containerd exec', timeOut) : undefined;
      finished = (status) => {
        timer?.cancel();
        resume(status);
      };
      return () => {
        timer?.cancel();
        finished = () => {};
        host.kill(process.hostPid, 'KILL');
      };
    },
  });
  if (status === undefined) {
    throw new CriError(
      'DeadlineExceeded',
      `failed to exec in container: timeout ${timeoutSeconds}s exceeded: context deadline exceeded`,
    );
  }
  return { stdout: stdout.bytes(), stderr: stderr.bytes(), exitCode: exitCodeOf(status) };
}

function exitCodeOf(status: WaitStatus): number {
  return status.kind === 'exited' ? status.code : signalExitCode(status.signal);
}

function collector() {
  const pieces: Uint8Array[] = [];
  let size = 0;
  return {
    add(data: Uint8Array): void {
      if (size >= MAX_OUTPUT_BYTES) return;
      size += data.length;
      pieces.push(data.slice());
    },
    bytes: () => (pieces.length === 0 ? new Uint8Array(0) : concatBytes(pieces)),
  };
}

/** An interactive command. What it cannot start for is told through the session, as the real streaming server does. */
export function exec(
  context: ContainerdContext,
  container: Container,
  command: readonly string[],
  options: { readonly stdin: boolean; readonly tty: boolean },
): StartSession {
  requireRunning(container);
  const { host } = context;
  return (sink) => {
    const finished = (status: WaitStatus): void => sink.exit({ exitCode: exitCodeOf(status) });
    const session = options.tty ? terminalFiles(context, sink) : pipeFiles(context, sink, options.stdin);
    try {
      startExec(context, container, command, session, finished);
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      host.sim.schedule(0, 'containerd exec', () => sink.exit({ message: error.message }));
    }
    return session.control;
  };
}

function pipeFiles({ host }: ContainerdContext, sink: SessionSink, stdin: boolean) {
  const source = stdin ? host.source() : undefined;
  const files: Record<number, OpenFile> = {
    1: host.sink((data) => sink.stdout(data)),
    2: host.sink((data) => sink.stderr(data)),
  };
  if (source !== undefined) files[0] = source.file;
  const control: SessionControl = {
    stdin: (data) => source?.send(data),
    closeStdin: () => source?.close(),
    resize: () => {},
    // The command runs on without its client, as in a real cluster; it finds its input at an end.
    close: () => source?.close(),
  };
  return { files, control };
}

function terminalFiles({ host }: ContainerdContext, sink: SessionSink) {
  const terminal = host.openTerminal(80, 24);
  terminal.onOutput((data) => sink.stdout(data));
  return {
    files: { 0: terminal.slave, 1: terminal.slave, 2: terminal.slave },
    terminal: terminal.slave,
    control: terminalControl(terminal, () => terminal.hangUp()),
  };
}

function terminalControl(terminal: PseudoTerminal, close: () => void): SessionControl {
  return {
    stdin: (data) => terminal.input(data),
    closeStdin: () => {},
    resize: (columns, rows) => terminal.resize(columns, rows),
    close,
  };
}

/** Joins the container's own input and output. */
export function attach(container: Container): StartSession {
  requireRunning(container);
  return (sink) => {
    container.attached.add(sink);
    const detach = (): void => {
      container.attached.delete(sink);
    };
    const { terminal, stdin, config } = container;
    if (terminal !== undefined) return terminalControl(terminal, detach);
    const endInput = (): void => {
      if (config.stdinOnce) stdin?.close();
    };
    return {
      stdin: (data) => stdin?.send(data),
      closeStdin: endInput,
      resize: () => {},
      close: () => {
        detach();
        endInput();
      },
    };
  };
}
