import { parse } from 'yaml';
import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { CRI_SOCKET } from '../cri-socket.ts';
import { CallError, unreachable } from './cri-client.ts';
import type { Line } from './flags.ts';

const CONFIG = '/etc/crictl.yaml';

/**
 * Makes sure that somebody listens at the endpoint that the command line, the environment or the file name, in this order.
 * Whoever does is the machine's one runtime.
 *
 * @throws CallError
 */
export function* checkEndpoint(process: Process, { flags }: Line): Task<void> {
  const endpoint =
    flags.get('runtime-endpoint') ??
    process.env['CONTAINER_RUNTIME_ENDPOINT'] ??
    endpointIn(process, flags.get('config') ?? process.env['CRI_CONFIG_FILE']) ??
    `unix://${CRI_SOCKET}`;
  const path = endpoint.replace(/^unix:\/\//, '');
  if (!path.startsWith('/'))
    throw new CallError(`validate service connection: endpoint ${JSON.stringify(endpoint)}: protocol not supported`);
  try {
    process.close(yield* process.connectUnix(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw unreachable(path, error);
  }
}

/** What the configuration names; its usual file need not be there. @throws CallError */
function endpointIn(process: Process, named: string | undefined): string | undefined {
  const path = named ?? CONFIG;
  try {
    const file: unknown = parse(process.readText(path));
    const endpoint = (file as Readonly<Record<string, unknown>> | null)?.['runtime-endpoint'];
    return typeof endpoint === 'string' && endpoint !== '' ? endpoint : undefined;
  } catch (error) {
    if (error instanceof Errno && named === undefined) return undefined;
    const [problem = ''] = (error as Error).message.split('\n');
    const why = error instanceof Errno ? `open ${path}: ${problem.toLowerCase()}` : `unmarshal YAML: ${problem}`;
    throw new CallError(`get config: load config file: ${why}`);
  }
}
