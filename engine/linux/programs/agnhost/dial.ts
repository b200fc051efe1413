import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { HttpProtocolError, httpRequest } from '../../http.ts';
import { decode } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { type GoResponse, httpError } from '../go/http-server.ts';
import { goError, log } from '../go/runtime.ts';
import { resolveHost } from '../resolve.ts';
import { askUdp } from './udp-server.ts';

const TIMEOUT_MS = 5000;
const MAX_TRIES = 1000;

/** netexec's `/dial`: asks another server as many times as told, and answers with all that it said. */
export function* dial(process: Process, form: (name: string) => string): Task<GoResponse> {
  const [host, protocol, port, request, tries] = ['host', 'protocol', 'port', 'request', 'tries'].map(form) as [
    string,
    string,
    string,
    string,
    string,
  ];
  yield* log(process, `GET /dial?host=${host}&protocol=${protocol}&port=${port}&request=${request}&tries=${tries}`);
  if (tries !== '' && !/^\d+$/.test(tries))
    return httpError(400, `tries parameter is invalid. strconv.Atoi: parsing ${JSON.stringify(tries)}: invalid syntax`);
  if (request === '') return httpError(400, 'request parameter not specified. <nil>');
  const kind = protocol.toLowerCase() || 'http';
  if (kind !== 'http' && kind !== 'udp') return httpError(400, `unsupported protocol. ${protocol}`);
  if (!/^\d{1,5}$/.test(port))
    return httpError(400, `host and/or port param are invalid. unknown port ${kind}/${port}`);
  const count = Math.min(tries === '' ? 1 : Number(tries), MAX_TRIES);
  return {
    *child(child) {
      const address = yield* resolveHost(child, host);
      if (address === undefined)
        return httpError(400, `host and/or port param are invalid. lookup ${host}: no such host`);
      const responses: string[] = [];
      const errors: string[] = [];
      for (let i = 0; i < count; i++) {
        try {
          responses.push(
            kind === 'udp'
              ? yield* askUdp(child, address, Number(port), request, TIMEOUT_MS)
              : yield* get(child, address, Number(port), request),
          );
        } catch (error) {
          errors.push(describe(error, kind, `${address}:${port}`, request));
        }
      }
      const output = { ...(responses.length > 0 && { responses }), ...(errors.length > 0 && { errors }) };
      return { body: JSON.stringify(output) };
    },
  };
}

function* get(process: Process, host: string, port: number, request: string): Task<string> {
  const answer = yield* httpRequest(process, { host, port, path: `/${request}`, timeoutMs: TIMEOUT_MS });
  return decode(answer.body);
}

function describe(error: unknown, kind: 'http' | 'udp', target: string, request: string): string {
  if (error instanceof HttpProtocolError) return `Get "http://${target}/${request}": ${error.message}`;
  if (kind === 'udp') return `reading from udp connection failed. err:'${goError(`read udp ${target}`, error)}'`;
  if (error instanceof Errno && error.code === 'ETIMEDOUT')
    return `Get "http://${target}/${request}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`;
  return `Get "http://${target}/${request}": ${goError(`dial tcp ${target}: connect`, error)}`;
}
