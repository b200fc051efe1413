import type { Task } from '../../../sim/index.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { serveGo } from '../go/http-server.ts';
import { log } from '../go/runtime.ts';
import type { Command } from './command.ts';

/** Serves the values of SERVE_PORT_<port> and the like. */
export const porter: Command = {
  use: 'porter',
  short: 'Serves requested data on ports specified in ENV variables',
  args: 0,
  flags: {
    'json-response': {
      type: 'bool',
      default: false,
      usage: 'Responds to requests with a json response that includes the default value with the http.Request Method',
    },
  },
  *run(process, flags) {
    const json = flags.bool('json-response');
    for (const [name, value] of Object.entries(process.env)) {
      const match = /^SERVE_(|TCP_|UDP_|TLS_|SCTP_)PORT_(\d{1,5})$/.exec(name);
      if (match === null) continue;
      const [, kind, port] = [match[0], match[1], Number(match[2])];
      if (kind === 'UDP_') process.fork((child) => serveUdp(child, port, value));
      else if (kind === '' || kind === 'TCP_') process.fork((child) => serveTcp(child, port, value, json));
      else yield* log(process, `server on port "${port}" failed: ${kind?.slice(0, -1)} is not part of this simulation`);
    }
    yield* process.sleep(Number.MAX_SAFE_INTEGER);
    return 0;
  },
};

function serveTcp(process: Process, port: number, value: string, json: boolean): Task<number> {
  return serveGo(process, port, ({ method }) =>
    json
      ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ Method: method, Body: value }) }
      : { body: value },
  );
}

function* serveUdp(process: Process, port: number, value: string): Task<number> {
  const socket = process.openDatagram(port);
  yield* log(process, `Started UDP server on port ${port}`);
  for (;;) {
    const datagram = yield* process.receiveFrom(socket);
    if (datagram !== undefined) process.sendTo(socket, encode(value), datagram.peer);
  }
}
