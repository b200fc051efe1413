import type { StartSession } from '../api/request.ts';
import { Errno } from '../linux/errno.ts';
import type { Host } from '../linux/host.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import type { Sandbox } from './records.ts';

const LOCALHOST = '127.0.0.1';

/**
 * Connects to a port inside a sandbox and carries bytes both ways. The real containerd does this in a thread that has
 * joined the sandbox's network namespace (`internal/cri/server/sandbox_portforward_linux.go`); here it is a process.
 */
export function portForward(host: Host, sandbox: Sandbox, port: number): StartSession {
  return (sink) => {
    const source = host.source();
    let failure: string | undefined;
    let ended = false;
    const process = host.spawn({
      run: (self) =>
        connectAndRelay(self, port, (why) => {
          failure = `failed to execute portforward in network namespace "${namespacePath(sandbox)}": ${why}`;
        }),
      argv: ['containerd-port-forward', String(port)],
      files: { 0: source.file, 1: host.sink((data) => sink.stdout(data)) },
      namespaces: { net: sandbox.namespaces.net },
      onExit: () => {
        ended = true;
        sink.exit(failure === undefined ? { exitCode: 0 } : { message: failure });
      },
    });
    return {
      stdin: (data) => source.send(data),
      closeStdin: () => source.close(),
      resize: () => {},
      close: () => {
        if (!ended) host.kill(process.hostPid, 'KILL');
      },
    };
  };
}

function namespacePath({ id }: Sandbox): string {
  return `/var/run/netns/cni-${id.slice(0, 8)}`;
}

function* connectAndRelay(process: Process, port: number, failed: (why: string) => void): Task<number> {
  let socket: number;
  try {
    socket = yield* process.connect(LOCALHOST, port);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    failed(
      `failed to connect to localhost:${port} inside namespace: dial tcp4 ${LOCALHOST}:${port}: connect: ${error.message.toLowerCase()}`,
    );
    return 1;
  }
  let open = [0, socket];
  for (;;) {
    const ready = yield* process.poll(open);
    if (ready.includes(socket)) {
      const data = yield* receive(process, socket);
      if (data.length === 0) return 0;
      yield* process.write(1, data);
    }
    if (!ready.includes(0)) continue;
    const data = yield* process.read(0);
    if (data.length > 0) yield* process.write(socket, data);
    else {
      process.shutdownWrite(socket);
      open = [socket];
    }
  }
}

/** A reset is an end like any other to the one at the far end of the tunnel. */
function* receive(process: Process, socket: number): Task<Uint8Array> {
  try {
    return yield* process.read(socket);
  } catch (error) {
    if (error instanceof Errno) return new Uint8Array(0);
    throw error;
  }
}
