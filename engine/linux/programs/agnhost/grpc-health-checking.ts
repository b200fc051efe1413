import { GrpcError, HEALTH, implement, serveGrpc } from '../../grpc.ts';
import { formatGoDuration } from '../go/duration.ts';
import { httpError, serveGo } from '../go/http-server.ts';
import { fatal, goError, log } from '../go/runtime.ts';
import type { Command } from './command.ts';

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
    const health = implement(HEALTH, {
      Check: ({ service }) => {
        if (service !== flags.string('service')) throw new GrpcError('NotFound', 'unknown service');
        const late = delayMs >= 0 && process.now() - startedMs >= delayMs;
        return { status: unhealthy || late ? 'NOT_SERVING' : 'SERVING' };
      },
    });
    return yield* serveGrpc(process, listener, [health]);
  },
};
