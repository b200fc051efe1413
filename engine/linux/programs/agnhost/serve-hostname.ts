import type { Task } from '../../../sim/index.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { peerOf, serveGo } from '../go/http-server.ts';
import { fatal, isEnding, log } from '../go/runtime.ts';
import type { Command } from './command.ts';

/** After TERM it goes on serving, so that nothing fails before the Pod has left the endpoints. */
const LINGER_MS = 60_000;

export const serveHostname: Command = {
  use: 'serve-hostname',
  short: 'Serves the hostname',
  args: 0,
  flags: {
    tcp: { type: 'bool', default: false, usage: 'Serve raw over TCP.' },
    udp: { type: 'bool', default: false, usage: 'Serve raw over UDP.' },
    http: { type: 'bool', default: true, usage: 'Serve HTTP.' },
    close: { type: 'bool', default: false, usage: 'Close connection per each HTTP request.' },
    port: { type: 'int', default: 9376, usage: 'Port number.' },
  },
  *run(process, flags) {
    const [tcp, udp, port] = [flags.bool('tcp'), flags.bool('udp'), flags.number('port')];
    if (flags.bool('http') && (tcp || udp))
      return yield* fatal(process, "Can't server TCP/UDP mode and HTTP mode at the same time");
    if (tcp) process.fork((child) => serveTcp(child, port));
    if (udp) process.fork((child) => serveUdp(child, port));
    yield* log(process, `Serving on port ${port}.`);
    process.setSignalAction('TERM', 'catch');
    process.setSignalAction('USR1', 'catch');
    if (!flags.bool('http')) {
      yield* process.sleep(Number.MAX_SAFE_INTEGER);
      return 0;
    }
    const parent = process.pid;
    return yield* serveGo(
      process,
      port,
      function* (request) {
        yield* log(process, `HTTP request from ${peerOf(request)}`);
        return { body: process.hostname };
      },
      {
        onSignals: (signals) => {
          if (signals.includes('USR1')) return 0;
          if (!signals.includes('TERM')) return signals.some(isEnding) ? 2 : undefined;
          process.fork(function* (child) {
            yield* log(child, 'Shutting down after receiving signal: terminated.');
            yield* log(child, 'Awaiting pod deletion.');
            yield* child.sleep(LINGER_MS);
            child.kill(parent, 'USR1');
            return 0;
          });
          return undefined;
        },
      },
    );
  },
};

function* serveTcp(process: Process, port: number): Task<number> {
  const listener = process.listen(port);
  for (;;) {
    const { fd, peer } = yield* process.accept(listener);
    yield* log(process, `TCP request from ${peer.address}:${peer.port}`);
    yield* process.write(fd, encode(process.hostname));
    process.close(fd);
  }
}

function* serveUdp(process: Process, port: number): Task<number> {
  const socket = process.openDatagram(port);
  for (;;) {
    const datagram = yield* process.receiveFrom(socket);
    if (datagram === undefined) continue;
    yield* log(process, `UDP request from ${datagram.peer.address}:${datagram.peer.port}`);
    process.sendTo(socket, encode(process.hostname), datagram.peer);
  }
}
