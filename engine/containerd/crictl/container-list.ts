import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus, PodSandboxStatus } from '../cri.ts';
import { CallError, callCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { listedContainer } from './inspected.ts';
import { type Command, find, HELP, hasLabels, type Identified, newest, shownList } from './line.ts';
import { ago, pattern, shortId, table } from './table.ts';

/** The flags by which containers are chosen. */
export const CONTAINER_FILTERS = `
  all|a Show all containers
  image=string Filter by container image
  label=list Filter by key=value label
  last|n=int Show last n recently created containers (includes all states). Set 0 for unlimited.
  latest|l Show the most recently created container (includes all states)
  name=string Filter by container name regular expression pattern
  namespace=string Filter by pod namespace regular expression pattern
  pod|p=string Filter by pod id
  state|s=string Filter by container state`;

const STATES = ['created', 'running', 'exited', 'unknown'];

/** The containers that a command line asks for, the newest first: those that run, unless told. @throws CallError */
export function* chooseContainers(process: Process, line: Line): Task<readonly ContainerStatus[]> {
  const { flags } = line;
  const state = flags.get('state')?.toLowerCase();
  if (state !== undefined && !STATES.includes(state))
    throw new CallError('--state should be one of created, running, exited or unknown');
  const containers = yield* callCri<ContainerStatus[]>(process, 'listContainers');
  const sandboxes = yield* callCri<PodSandboxStatus[]>(process, 'listPodSandboxes');
  const namespaceOf = ({ podSandboxId }: ContainerStatus) =>
    sandboxes.find(({ id }) => id === podSandboxId)?.metadata.namespace ?? '';
  const image = yield* imageId(process, flags.get('image'));
  const wantsAnyState = flags.has('latest') || Number(flags.get('last') ?? 0) > 0;
  const isInState = (word: string) =>
    wantsAnyState || (state === undefined ? flags.has('all') || word === 'running' : word === state);
  const chosen = containers
    .filter((each) => isInState(stateName(each.state).toLowerCase()))
    .filter(({ id }) => id.startsWith(flags.get('id') ?? ''))
    .filter(({ metadata }) => pattern(flags.get('name')).test(metadata.name))
    .filter(({ podSandboxId }) => podSandboxId.startsWith(flags.get('pod') ?? ''))
    .filter((each) => pattern(flags.get('namespace')).test(namespaceOf(each)))
    .filter(({ labels }) => hasLabels(line, labels))
    .filter(({ imageRef }) => image === undefined || imageRef.endsWith(image));
  return newest(line, chosen);
}

function* imageId(process: Process, name: string | undefined): Task<string | undefined> {
  return name === undefined ? undefined : (yield* find<Identified>(process, 'listImages', name, 'image')).id;
}

/** `CONTAINER_RUNNING` is `Running`. */
export function stateName(state: string): string {
  const word = state.slice(state.indexOf('_') + 1).toLowerCase();
  return word === 'notready' ? 'NotReady' : word.charAt(0).toUpperCase() + word.slice(1);
}

function* list(process: Process, line: Line): Task<string | typeof HELP> {
  const { flags, args } = line;
  if (args.length > 0) return HELP;
  const chosen = yield* chooseContainers(process, line);
  const output = shownList(line, chosen, { containers: chosen.map(listedContainer) });
  if (output !== undefined) return output;
  const sandboxes = yield* callCri<PodSandboxStatus[]>(process, 'listPodSandboxes');
  const id = (text: string) => (flags.has('no-trunc') ? text : shortId(text));
  const rows = chosen.map(({ id: own, image, imageRef, createdAtMs, state, metadata, podSandboxId }) => {
    const pod = sandboxes.find((each) => each.id === podSandboxId)?.metadata;
    return [
      id(own),
      flags.has('resolve-image-path') ? image : id(imageRef.slice(imageRef.indexOf('@') + 1)),
      ago(process.now() - createdAtMs),
      stateName(state),
      metadata.name,
      String(metadata.attempt),
      id(podSandboxId),
      pod?.name ?? 'unknown',
      pod?.namespace ?? 'unknown',
    ];
  });
  return table(['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], rows);
}

export const PS: Command = {
  name: 'ps',
  usage: 'List containers',
  flags: cliFlags(`${CONTAINER_FILTERS}
    id=string Filter by container id
    no-trunc Show output without truncating the ID
    output|o=string Output format, One of: json|yaml|table
    quiet|q Only display container IDs
    resolve-image-path|r Show image path instead of image id
    verbose|v Show verbose information for containers`),
  run: list,
};
