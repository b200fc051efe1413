import { checkRequest, checkResponse, readCheckService, serveGrpc } from '../../grpc.ts';
import { formatGoDuration } from '../go/flags.ts';
import { httpError, serveGo } from '../go/http-server.ts';
import { fatal, goError, log } from '../go/runtime.ts';
import type { Command } from './command.ts';

const NOT_FOUND = 5;
const UNIMPLEMENTED = 12;

export const grpcHealthChecking: Command = {
  use: 'grpc-health-checking',
  short: 'Starts a simple grpc health checking endpoint',
  args: 0,
  flags: {
    port: { type: 'int', default: 5000, usage: 'Port number.' },
    'http-port': { type: 'int', default: 8080, usage: 'Port number for the /make-serving and /make-not-serving.' },
    'delay-unhealthy-sec': {
      type: 'int',
      default: -1,
      usage: 'Number of seconds to delay before start reporting NOT_SERVING, negative value indicates never.',
    },
    service: { type: 'string', default: '', usage: 'Service name to register the health check for.' },
  },
  *run(process, flags) {
    const startedMs = process.now();
    const delayMs = flags.number('delay-unhealthy-sec') * 1000;
    // Compared as they come over the wire, where long names are cut.
    const service = readCheckService(checkRequest(flags.string('service')));
    let unhealthy = false;
    const httpPort = flags.number('http-port');
    yield* log(process, `Http server starting to listen on :${httpPort}`);
    process.fork((child) =>
      serveGo(child, httpPort, function* (request) {
        if (request.path !== '/make-serving' && request.path !== '/make-not-serving')
          return httpError(404, '404 page not found');
        unhealthy = request.path === '/make-not-serving';
        yield* log(child, `Mark as ${unhealthy ? 'unhealthy' : 'healthy'}`);
        return { body: formatGoDuration(child.now() - startedMs) };
      }),
    );
    const port = flags.number('port');
    let listener: number;
    try {
      listener = process.listen(port);
    } catch (error) {
      return yield* fatal(
        process,
        `Error while starting the listening service ${goError(`listen tcp :${port}: bind`, error)}`,
      );
    }
    yield* log(process, `gRPC server starting to listen on :${port}`);
    return yield* serveGrpc(process, listener, (method, message) => {
      if (method !== '/grpc.health.v1.Health/Check') return { code: UNIMPLEMENTED, message: 'unimplemented' };
      if (readCheckService(message) !== service) return { code: NOT_FOUND, message: 'unknown service' };
      const late = delayMs >= 0 && process.now() - startedMs >= delayMs;
      return checkResponse(unhealthy || late ? 'NOT_SERVING' : 'SERVING');
    });
  },
};
