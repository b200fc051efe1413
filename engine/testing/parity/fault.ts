import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { ConnectionError, NoAnswerError, type Transport } from '../../client/transport.ts';

/** A way in which a server is down, slow or lying. */
export interface Fault {
  /** The requests that meet it, as `GET /api/v1/namespaces/default/pods?limit=500`; all others are answered well. */
  readonly on: RegExp;
  readonly answer: FaultyAnswer;
}

export type FaultyAnswer =
  /** This answer, whatever was asked; JSON unless `headers` say otherwise. */
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }
  /** No answer: for ever, or with the connection closed before it or in its middle. */
  | 'hang'
  | 'hang up'
  | 'cut';

/** @throws Error for a name that the scenario has no fault for */
export function faultNamed(faults: Readonly<Record<string, Fault>>, name: string): Fault | undefined {
  if (name === 'sound') return undefined;
  const fault = faults[name];
  if (fault === undefined) throw new Error(`no such fault: ${name}`);
  return fault;
}

const JSON_TYPE = { 'content-type': 'application/json' };
const HALF_AN_OBJECT = '{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"na';

/** The server with the fault, as the real kubectl meets it. */
export function makeFaulty(server: Server, current: () => Fault | undefined): void {
  const [sound] = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (message: IncomingMessage, response: ServerResponse) => {
    const fault = current();
    if (fault?.on.test(`${message.method} ${message.url}`) !== true) sound!(message, response);
    else if (fault.answer === 'hang up') message.socket.destroy();
    else if (fault.answer === 'cut') {
      response.writeHead(200, { ...JSON_TYPE, 'content-length': HALF_AN_OBJECT.length + 1 });
      response.write(HALF_AN_OBJECT, () => message.socket.end());
    } else if (fault.answer !== 'hang') {
      response.writeHead(fault.answer.status, { ...JSON_TYPE, ...fault.answer.headers }).end(fault.answer.body);
    }
  });
}

/** The same as ours meets it. */
export function faultyTransport(sound: Transport, current: () => Fault | undefined): Transport {
  return (request): ApiResponse => {
    const fault = current();
    if (fault?.on.test(`${request.method} ${request.path}${queryText(request)}`) !== true) return sound(request);
    if (fault.answer === 'hang') throw new NoAnswerError();
    if (fault.answer === 'hang up') throw new ConnectionError('EOF');
    if (fault.answer === 'cut') throw new ConnectionError('unexpected EOF');
    const { status, headers, body } = fault.answer;
    return { status, headers: { ...JSON_TYPE, ...headers }, body };
  };
}

function queryText({ query = {} }: ApiRequest): string {
  const text = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}
