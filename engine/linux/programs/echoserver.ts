import { type HttpServerRequest, serveHttp } from '../http.ts';
import { decode } from '../stdio.ts';
import type { Process, Program } from '../syscalls.ts';

const PORT = 8080;

/**
 * registry.k8s.io/echoserver: an nginx that tells a request back, and from where it came.
 * https://kubernetes.io/docs/tutorials/services/source-ip/
 */
export const echoserver: Program = function* (process) {
  const listener = process.listen(PORT);
  yield* serveHttp(process, listener, (request) => ({
    headers: { Server: 'echoserver', 'Content-Type': 'text/plain' },
    body: echo(process, request),
  }));
  return 0;
};

function echo(process: Process, request: HttpServerRequest): string {
  const { headers } = request;
  const body = decode(request.body);
  const host = (headers['host'] ?? process.hostname).replace(/:\d+$/, '');
  const sections: readonly (readonly [string, readonly string[]])[] = [
    ['Pod Information', podLines(process)],
    ['Server values', ['server_version=nginx: 1.13.3 - lua: 10008']],
    [
      'Request Information',
      [
        `client_address=${request.peer.address}`,
        `method=${request.method}`,
        `real path=${request.target}`,
        `query=${request.query}`,
        `request_version=${request.version}`,
        'request_scheme=http',
        `request_uri=http://${host}:${PORT}${request.target}`,
      ],
    ],
    [
      'Request Headers',
      Object.entries(headers)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
    ],
  ];
  const text = sections.map(([title, lines]) => `${title}:\n${lines.map((line) => `\t${line}\n`).join('')}\n`).join('');
  const last = body === '' ? '\t-no body in request-\n\n' : `${body}\n`;
  return `\n\nHostname: ${process.hostname}\n\n${text}Request Body:\n${last}`;
}

/** What the Pod was told of itself by environment variables. */
function podLines({ env }: Process): readonly string[] {
  if (env['POD_NAME'] === undefined) return ['-no pod information available-'];
  const known = {
    'node name': 'NODE_NAME',
    'pod name': 'POD_NAME',
    'pod namespace': 'POD_NAMESPACE',
    'pod IP': 'POD_IP',
  };
  return Object.entries(known).map(([label, name]) => `${label}:\t${env[name] ?? ''}`);
}
