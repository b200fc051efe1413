import { type HttpServerRequest, type HttpServerResponse, serveHttp } from '../linux/http.ts';
import { flagValue } from '../linux/programs/go/runtime.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';

/** A component under way inside its process. */
export interface RunningComponent {
  stop(): void;
  /** What its health endpoint answers; healthy unless told. */
  healthy?(): boolean;
  /** A second port, and what it answers there. */
  readonly server?: { readonly port: number; answer(request: HttpServerRequest): HttpServerResponse };
}

export interface ComponentOptions {
  readonly healthAddress: string;
  readonly healthPort: number;
  /** Starts the component, after waiting for what it needs; undefined when that does not come. */
  readonly start: (process: Process) => RunningComponent | Task<RunningComponent | undefined>;
}

/**
 * A control-plane component as a program: it runs as long as its process does, answers its health checks over HTTP and
 * ends with exit code 0 on SIGTERM or SIGINT. (The real ones serve health over TLS; here it is plain HTTP.)
 */
export function componentProgram(options: ComponentOptions): Program {
  return function* (process): Task<number> {
    process.setSignalAction('TERM', 'catch');
    process.setSignalAction('INT', 'catch');
    const starting = options.start(process);
    const component = 'next' in starting ? yield* starting : starting;
    if (component === undefined) return 1;
    try {
      const fd = process.listen(options.healthPort, options.healthAddress);
      const { server } = component;
      const second = server === undefined ? [] : [process.listen(server.port, '0.0.0.0')];
      const answer = (request: HttpServerRequest) => {
        if (request.local.port === server?.port) return server.answer(request);
        const healthy = component.healthy?.() !== false;
        return { status: healthy ? 200 : 500, body: healthy ? 'ok' : 'unhealthy' };
      };
      yield* serveHttp(process, [fd, ...second], answer, { onSignals: () => 'stop' });
      return 0;
    } finally {
      component.stop();
    }
  };
}

/** The values of `--name=a,b` on a command line; undefined when the flag is not there. */
export function flagList(argv: readonly string[], name: string): readonly string[] | undefined {
  const value = flagValue(argv, name);
  if (value === undefined) return undefined;
  return value.split(',').filter((each) => each !== '');
}
