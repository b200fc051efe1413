import type { Task } from '../../../sim/index.ts';
import type { HttpServerRequest } from '../../http.ts';
import { encode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { makeOwnCertificate, RANDOM_BYTES } from '../../tls/own-certificate.ts';
import { randomBytes } from '../../tls/tls-client.ts';
import { serveGo } from '../go/http-server.ts';
import { log } from '../go/runtime.ts';
import type { ServerCertificate } from '../go/server-tls.ts';
import type { Command } from './command.ts';

const LIFETIME_MS = 100 * 365 * 24 * 3600 * 1000;

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
      else if (kind !== 'SCTP_')
        process.fork((child) => serveTcp(child, port, { value, json, overTls: kind === 'TLS_' }));
      else yield* log(process, `server on port "${port}" failed: SCTP is not part of this simulation`);
    }
    yield* process.sleep(Number.MAX_SAFE_INTEGER);
    return 0;
  },
};

interface Served {
  readonly value: string;
  readonly json: boolean;
  readonly overTls: boolean;
}

function* serveTcp(process: Process, port: number, { value, json, overTls }: Served): Task<number> {
  const answer = ({ method }: HttpServerRequest) =>
    json
      ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ Method: method, Body: value }) }
      : { body: value };
  return yield* serveGo(process, port, answer, overTls ? { tls: yield* certificateFor(process) } : {});
}

/** CERT_FILE and KEY_FILE, or a certificate for localhost: the image has one in files, here each server makes its own. */
function* certificateFor(process: Process): Task<ServerCertificate> {
  const { CERT_FILE: certificate, KEY_FILE: key } = process.env;
  if (certificate !== undefined && key !== undefined) return { certificate, key };
  const notBeforeMs = process.now();
  const made = makeOwnCertificate(
    {
      subject: [['O', 'Acme Co']],
      dnsNames: ['localhost'],
      isAuthority: true,
      notBeforeMs,
      notAfterMs: notBeforeMs + LIFETIME_MS,
    },
    yield* randomBytes(process, RANDOM_BYTES),
  );
  return { certificatePem: made.certificate, keyPem: made.key };
}

function* serveUdp(process: Process, port: number, value: string): Task<number> {
  const socket = process.openDatagram(port);
  yield* log(process, `Started UDP server on port ${port}`);
  for (;;) {
    const datagram = yield* process.receiveFrom(socket);
    if (datagram !== undefined) process.sendTo(socket, encode(value), datagram.peer);
  }
}
