import type { Task } from '../../sim/index.ts';
import { Errno } from '../errno.ts';
import { fail } from '../stdio.ts';
import type { Process, SocketAddress } from '../syscalls.ts';
import { errnoOf } from './program.ts';

/** How long `-z` waits for somebody to say that nobody is there. */
const PROBE_MS = 1000;

/** `nc -lu`: whoever sends first is whom it speaks to. */
export function* listenForDatagrams(process: Process, port: number, timeoutMs: number | undefined): Task<number> {
  let fd: number;
  try {
    fd = process.openDatagram(port);
  } catch (error) {
    return yield* fail(process, `bind: ${errnoOf(error).message}`);
  }
  const first = yield* process.receiveFrom(fd);
  yield* process.write(1, first!.data);
  return yield* exchange(process, fd, first!.peer, timeoutMs);
}

/** `nc -u`: what is read goes out in a datagram each time, and what comes back is printed, until nothing comes for so long. */
export function* sendDatagrams(process: Process, to: SocketAddress, timeoutMs: number | undefined): Task<number> {
  return yield* exchange(process, process.openDatagram(), to, timeoutMs);
}

/** `nc -zu`: a port counts as open when nobody says that it is not. */
export function* probeDatagrams(process: Process, to: SocketAddress): Task<boolean> {
  const fd = process.openDatagram();
  try {
    process.sendTo(fd, Uint8Array.of(0x58), to);
    yield* process.receiveFrom(fd, PROBE_MS);
    return true;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return false;
  } finally {
    process.close(fd);
  }
}

function* exchange(process: Process, fd: number, to: SocketAddress, timeoutMs: number | undefined): Task<number> {
  let input = true;
  try {
    for (;;) {
      const ready = yield* process.poll(input ? [0, fd] : [fd], timeoutMs);
      if (ready.length === 0) return 0;
      if (ready.includes(fd)) {
        const received = yield* process.receiveFrom(fd, 0);
        if (received !== undefined && received.peer.address === to.address && received.peer.port === to.port)
          yield* process.write(1, received.data);
      }
      if (!ready.includes(0)) continue;
      const data = yield* process.read(0);
      if (data.length > 0) process.sendTo(fd, data, to);
      else input = false;
    }
  } catch (error) {
    // Somebody has said that nobody listens there.
    if (error instanceof Errno && error.code === 'ECONNREFUSED') return 1;
    throw error;
  } finally {
    process.close(fd);
  }
}
