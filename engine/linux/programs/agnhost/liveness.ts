import { formatGoDuration } from '../go/duration.ts';
import { formValues, httpError, serveGo } from '../go/http-server.ts';
import type { Command } from './command.ts';

const HEALTHY_MS = 10_000;

export const liveness: Command = {
  use: 'liveness',
  short: 'Starts a server that is alive for 10 seconds',
  args: 0,
  *run(process) {
    const startedMs = process.now();
    return yield* serveGo(process, 8080, (request) => {
      const aliveMs = process.now() - startedMs;
      const form = formValues(request);
      switch (request.path) {
        case '/started':
          return { body: formatGoDuration(aliveMs) };
        case '/healthz':
          return aliveMs > HEALTHY_MS ? { status: 500, body: `error: ${aliveMs / 1000}` } : { body: 'ok' };
        case '/redirect':
          return { status: 302, headers: { Location: form('loc') } };
        case '/disconnect-headers':
          return {
            *child(child) {
              yield* child.compute();
              return undefined;
            },
          };
        case '/sleep-headers':
        case '/sleep-body':
        case '/slow-response': {
          const seconds = Number(form('time')) || 0;
          return {
            *child(child) {
              yield* child.sleep(seconds * 1000);
              return { status: Number(form('code')) || 500, body: `Slept for ${seconds} secs\n` };
            },
          };
        }
        default:
          return httpError(404, '404 page not found');
      }
    });
  },
};
