import { Errno } from '../../linux/errno.ts';
import type { Host } from '../../linux/host.ts';
import { resolveHost } from '../../linux/programs/resolve.ts';
import { encode } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { RequestProbe } from './request-path.ts';

const DEFAULT_TIMEOUT_MS = 5000;

/** A probe under way on a machine. */
export interface RunningProbe {
  readonly pid: number;
  readonly done: boolean;
}

/**
 * Sends what the probe asks for.
 *
 * @param insideOf the pid on the host of a process whose network and files are used: one of the Pod's
 */
export function startProbe(host: Host, probe: RequestProbe, insideOf: number | undefined): RunningProbe {
  let done = false;
  const process = host.spawn({
    run: probeProgram(probe, insideOf),
    argv: ['probe', `${probe.host}${probe.port === undefined ? '' : `:${probe.port}`}`],
    onExit: () => {
      done = true;
    },
  });
  return {
    pid: process.hostPid,
    get done() {
      return done;
    },
  };
}

function probeProgram(probe: RequestProbe, insideOf: number | undefined): Program {
  return function* (process): Task<number> {
    if (insideOf !== undefined) process.setNamespaces(insideOf, ['net', 'mnt', 'uts']);
    const address = yield* resolveHost(process, probe.host);
    if (address === undefined) return 1;
    try {
      yield* send(process, address, probe);
      return 0;
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      return 1;
    }
  };
}

function* send(process: Process, address: string, probe: RequestProbe): Task<void> {
  const { protocol = 'tcp', port = 0, timeoutMs = DEFAULT_TIMEOUT_MS } = probe;
  if (protocol === 'icmp') yield* process.echo(address, { timeoutMs });
  else if (protocol === 'tcp') process.close(yield* process.connect(address, port, timeoutMs));
  else {
    const fd = process.openDatagram();
    process.sendTo(fd, encode('drydock\n'), { address, port });
    yield* process.receiveFrom(fd, timeoutMs);
  }
}
