import type { Task } from '../../../sim/index.ts';
import type { HttpServerRequest } from '../../http.ts';
import type { Process } from '../../syscalls.ts';
import { formValues, type GoResponse, httpError, serveGo } from '../go/http-server.ts';
import { log } from '../go/runtime.ts';
import { burn } from '../stress.ts';
import type { Command } from './command.ts';

const MEBIBYTE = 1024 * 1024;

/** Uses as much CPU and memory as it is told to, for as long: what autoscaling is tried with. */
export const resourceConsumer: Command = {
  use: 'resource-consumer',
  short: 'Starts a HTTP server that consumes CPU and memory on request',
  args: 0,
  flags: { port: { type: 'int', default: 8080, usage: 'Port number.' } },
  *run(process, flags) {
    return yield* serveGo(process, flags.number('port'), (request) => route(process, request));
  },
};

function* route(process: Process, request: HttpServerRequest): Task<GoResponse> {
  if (request.method !== 'POST') return httpError(400, 'incorrect method: use POST');
  const form = formValues(request);
  const number = (name: string) => (/^\d{1,9}$/.test(form(name)) ? Number(form(name)) : undefined);
  const seconds = number('durationSec');
  switch (request.path) {
    case '/ConsumeCPU': {
      const millicores = number('millicores');
      if (millicores === undefined || seconds === undefined)
        return httpError(400, 'incorrect function argument: millicores, durationSec');
      yield* log(process, `ConsumeCPU millicores: ${millicores}, durationSec: ${seconds}`);
      process.fork((child) => burn(child, millicores, seconds * 1000));
      return { body: `ConsumeCPU\n${millicores} millicores\n${seconds} durationSec\n` };
    }
    case '/ConsumeMem': {
      const megabytes = number('megabytes');
      if (megabytes === undefined || seconds === undefined)
        return httpError(400, 'incorrect function argument: megabytes, durationSec');
      yield* log(process, `ConsumeMem megabytes: ${megabytes}, durationSec: ${seconds}`);
      process.fork(function* (child) {
        child.setMemory(megabytes * MEBIBYTE);
        yield* child.sleep(seconds * 1000);
        return 0;
      });
      return { body: `ConsumeMem\n${megabytes} megabytes\n${seconds} durationSec\n` };
    }
    default:
      return httpError(404, `unknown function: ${request.path}`);
  }
}
