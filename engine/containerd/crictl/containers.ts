import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus } from '../cri.ts';
import { CallError, callCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { type Command, find, HELP } from './line.ts';

/** The containers that are named, or all of them, under the names that they were given. @throws CallError */
function* named(process: Process, { flags, args }: Line): Task<readonly (readonly [string, ContainerStatus])[]> {
  if (flags.has('all')) {
    const all = yield* callCri<ContainerStatus[]>(process, 'listContainers');
    return all.map((each) => [each.id, each] as const);
  }
  const found: (readonly [string, ContainerStatus])[] = [];
  for (const id of args)
    found.push([id, yield* find<ContainerStatus>(process, 'listContainers', id, 'container')] as const);
  return found;
}

function* stop(process: Process, line: Line): Task<string> {
  const { flags, args } = line;
  if (flags.has('all') && args.length > 0) throw new CallError('cannot specify CONTAINER-ID(s) when using --all');
  if (!flags.has('all') && args.length === 0)
    throw new CallError('you must specify at least one CONTAINER-ID or use --all');
  let output = '';
  for (const [given, { id, state }] of yield* named(process, line)) {
    if (flags.has('all') && state !== 'CONTAINER_RUNNING') continue;
    yield* callCri(process, 'stopContainer', id, Number(flags.get('timeout') ?? 0));
    output += `${given}\n`;
  }
  return output === '' ? 'No running containers found.\n' : output;
}

export const STOP: Command = {
  name: 'stop',
  usage: 'Stop one or more running containers',
  operands: 'CONTAINER-ID [CONTAINER-ID...]',
  flags: cliFlags(`
    all|a Stop all running containers
    timeout|t=int Seconds to wait to kill the container after a graceful stop is requested`),
  run: stop,
};

function* remove(process: Process, line: Line): Task<string | typeof HELP> {
  const { flags, args } = line;
  if (args.length === 0 && !flags.has('all')) return HELP;
  let output = '';
  for (const [given, { id, state }] of yield* named(process, line)) {
    if (state === 'CONTAINER_RUNNING') {
      if (!flags.has('force'))
        throw new CallError(`container ${JSON.stringify(given)} is running, please stop it first`);
      yield* callCri(process, 'stopContainer', id, 0);
      output += `${given}\n`;
    }
    yield* callCri(process, 'removeContainer', id);
    output += `${given}\n`;
  }
  return output;
}

export const RM: Command = {
  name: 'rm',
  usage: 'Remove one or more containers',
  operands: 'CONTAINER-ID [CONTAINER-ID...]',
  flags: cliFlags(`
    all|a Remove all containers
    force|f Force removal of the container, disregarding if running
    keep-logs|k Preserve the container log file and its rotations`),
  run: remove,
};
