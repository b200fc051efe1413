import { print } from '../stdio.ts';
import { parseFlags } from './go/flags.ts';
import { formValues, serveGo } from './go/http-server.ts';
import { goProgram, log } from './go/runtime.ts';

/** traefik/whoami: tells about itself and about the request. https://github.com/traefik/whoami */
export const whoamiServer = goProgram(function* (process, args) {
  const flags = parseFlags(args, {
    port: { type: 'string', default: process.env['WHOAMI_PORT_NUMBER'] ?? '80', usage: 'give me a port number' },
    name: { type: 'string', default: process.env['WHOAMI_NAME'] ?? '', usage: 'give me a name' },
    verbose: { type: 'bool', default: false, usage: 'Enable verbose logging' },
    cert: { type: 'string', default: '', usage: 'give me a certificate' },
    key: { type: 'string', default: '', usage: 'give me a key' },
    cacert: { type: 'string', default: '', usage: 'give me a CA chain' },
  });
  if (flags.string('cert') !== '') {
    yield* print(process, 'TLS is not part of this simulation\n');
    return 1;
  }
  const port = Number(flags.string('port'));
  yield* log(process, `Starting up on port ${port}`);
  let healthStatus = 200;
  return yield* serveGo(process, port, (request) => {
    const addresses = process.networkInterfaces().flatMap((each) => each.addresses.map(({ address }) => address));
    const name = flags.string('name');
    const header = Object.entries(request.headers).map(([key, value]) => [canonical(key), value] as const);
    if (request.path === '/health') {
      if (request.method === 'POST') healthStatus = Number(new TextDecoder().decode(request.body)) || healthStatus;
      return { status: healthStatus };
    }
    if (request.path === '/api') {
      const headers = Object.fromEntries(header.map(([key, value]) => [key, [value]]));
      const about = {
        hostname: process.hostname,
        ip: addresses,
        headers,
        url: request.target,
        host: request.headers['host'] ?? '',
        method: request.method,
        ...(name !== '' && { name }),
        remoteAddr: `${request.peer.address}:${request.peer.port}`,
      };
      return { headers: { 'Content-Type': 'application/json' }, body: `${JSON.stringify(about)}\n` };
    }
    const lines = [
      ...(name === '' ? [] : [`Name: ${name}`]),
      `Hostname: ${process.hostname}`,
      ...addresses.map((address) => `IP: ${address}`),
      `RemoteAddr: ${request.peer.address}:${request.peer.port}`,
      `${request.method} ${request.target} HTTP/${request.version}`,
      `Host: ${request.headers['host'] ?? ''}`,
      ...header
        .filter(([key]) => key !== 'Host')
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${key}: ${value}`),
    ];
    const response = { body: `${lines.join('\n')}\n\n` };
    const waitMs = /^(\d+)(ms|s)$/.exec(formValues(request)('wait'));
    if (waitMs === null) return response;
    return {
      *child(child) {
        yield* child.sleep(Number(waitMs[1]) * (waitMs[2] === 's' ? 1000 : 1));
        return response;
      },
    };
  });
});

/** `user-agent` as Go writes it: `User-Agent`. */
function canonical(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => dash + letter.toUpperCase());
}
