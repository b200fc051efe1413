import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { fatal, goError, log } from '../go/runtime.ts';

/** netexec over UDP: `hostname`, `echo <text>` and `clientip`. */
export function* serveUdp(process: Process, port: number, address: string): Task<number> {
  process.setSignalAction('TERM', 'default');
  let socket: number;
  try {
    socket = process.openDatagram(port, address);
  } catch (error) {
    return yield* fatal(process, goError(`listen udp ${address}:${port}: bind`, error));
  }
  yield* log(process, `Started UDP server on port ${address === '0.0.0.0' ? '' : address} ${port}`);
  for (;;) {
    const datagram = yield* process.receiveFrom(socket);
    if (datagram === undefined) continue;
    const client = `${datagram.peer.address}:${datagram.peer.port}`;
    const text = decode(datagram.data).trim().toLowerCase();
    const answer =
      text === 'hostname'
        ? process.hostname
        : text === 'clientip'
          ? client
          : text.startsWith('echo ')
            ? text.slice(5)
            : undefined;
    if (answer === undefined) {
      if (text !== '') yield* log(process, `Unknown UDP command received from ${client}: ${text}`);
      continue;
    }
    yield* log(
      process,
      text === 'hostname' ? 'Sending udp hostName response' : `Sending ${answer} to UDP client ${client}`,
    );
    process.sendTo(socket, encode(answer), datagram.peer);
  }
}

/** Sends one datagram and waits for the answer. Throws Errno; ETIMEDOUT when none comes. */
export function* askUdp(
  process: Process,
  address: string,
  port: number,
  request: string,
  timeoutMs?: number,
): Task<string> {
  const socket = process.openDatagram();
  try {
    process.sendTo(socket, encode(request), { address, port });
    const answer = yield* process.receiveFrom(socket, timeoutMs);
    if (answer === undefined) throw new Errno('ETIMEDOUT');
    return decode(answer.data);
  } finally {
    process.close(socket);
  }
}
