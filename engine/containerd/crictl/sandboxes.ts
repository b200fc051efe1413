import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { PodSandboxStatus } from '../cri.ts';
import { stateName } from './container-list.ts';
import { CallError, callCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { listedSandbox } from './inspected.ts';
import { type Command, find, HELP, hasLabels, newest, shownList } from './line.ts';
import { ago, pattern, shortId, table } from './table.ts';

/** The flags by which Pods are chosen. */
export const SANDBOX_FILTERS = `
  label=list Filter by key=value label
  last|n=int Show last n recently created pods. Set 0 for unlimited
  latest|l Show the most recently created pod
  name=string Filter by pod name regular expression pattern
  namespace=string Filter by pod namespace regular expression pattern
  state|s=string Filter by pod state`;

/** The Pods that a command line asks for, the newest first. @throws CallError */
export function* chooseSandboxes(process: Process, line: Line): Task<readonly PodSandboxStatus[]> {
  const { flags } = line;
  const state = flags.get('state')?.toLowerCase();
  if (state !== undefined && state !== 'ready' && state !== 'notready')
    throw new CallError('--state should be ready or notready');
  const chosen = (yield* callCri<PodSandboxStatus[]>(process, 'listPodSandboxes'))
    .filter((each) => state === undefined || stateName(each.state).toLowerCase() === state)
    .filter(({ id }) => id.startsWith(flags.get('id') ?? ''))
    .filter(({ metadata }) => pattern(flags.get('name')).test(metadata.name))
    .filter(({ metadata }) => pattern(flags.get('namespace')).test(metadata.namespace))
    .filter(({ labels }) => hasLabels(line, labels));
  return newest(line, chosen);
}

function* list(process: Process, line: Line): Task<string | typeof HELP> {
  const { flags, args } = line;
  if (args.length > 0) return HELP;
  const chosen = yield* chooseSandboxes(process, line);
  const output = shownList(line, chosen, { items: chosen.map(listedSandbox) });
  if (output !== undefined) return output;
  const rows = chosen.map(({ id, createdAtMs, state, metadata }) => [
    flags.has('no-trunc') ? id : shortId(id),
    ago(process.now() - createdAtMs),
    stateName(state),
    metadata.name,
    metadata.namespace,
    String(metadata.attempt),
    '(default)',
  ]);
  return table(['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], rows);
}

export const PODS: Command = {
  name: 'pods',
  usage: 'List pods',
  flags: cliFlags(`${SANDBOX_FILTERS}
    id=string Filter by pod id
    no-trunc Show output without truncating the ID
    output|o=string Output format, One of: json|yaml|table
    quiet|q list only pod IDs
    verbose|v show verbose info for pods`),
  run: list,
};

/** The Pods that are named, or all of them. @throws CallError */
function* named(process: Process, { flags, args }: Line): Task<readonly PodSandboxStatus[]> {
  if (flags.has('all')) return yield* callCri<PodSandboxStatus[]>(process, 'listPodSandboxes');
  const found: PodSandboxStatus[] = [];
  for (const id of args) found.push(yield* find<PodSandboxStatus>(process, 'listPodSandboxes', id, 'pod sandbox'));
  return found;
}

function* stop(process: Process, line: Line): Task<string> {
  if (line.args.length === 0 && !line.flags.has('all'))
    throw new CallError(`you must specify at least one POD-ID or use --all`);
  let output = '';
  for (const { id } of yield* named(process, line)) {
    yield* callCri(process, 'stopPodSandbox', id);
    output += `Stopped sandbox ${id}\n`;
  }
  return output;
}

export const STOPP: Command = {
  name: 'stopp',
  usage: 'Stop one or more running pods',
  operands: 'POD-ID [POD-ID...]',
  flags: cliFlags('all|a Stop all running pods'),
  run: stop,
};

function* remove(process: Process, line: Line): Task<string | typeof HELP> {
  const { flags, args } = line;
  if (args.length === 0 && !flags.has('all')) return HELP;
  let output = '';
  for (const { id, state } of yield* named(process, line)) {
    if (state === 'SANDBOX_READY') {
      if (!flags.has('force'))
        throw new CallError(`pod sandbox ${JSON.stringify(id)} is running, please stop it first`);
      yield* callCri(process, 'stopPodSandbox', id);
      output += `Stopped sandbox ${id}\n`;
    }
    yield* callCri(process, 'removePodSandbox', id);
    output += `Removed sandbox ${id}\n`;
  }
  return output;
}

export const RMP: Command = {
  name: 'rmp',
  usage: 'Remove one or more pods',
  operands: 'POD-ID [POD-ID...]',
  flags: cliFlags('all|a Remove all pods\nforce|f Force removal of the pod sandbox, disregarding if running'),
  run: remove,
};
