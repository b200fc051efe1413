import { encode } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus, ImageStatus, PodSandboxStatus } from '../cri.ts';
import { create, run, runp, start } from './create.ts';
import { CallError, callCri } from './cri-client.ts';
import { inspectedContainer, inspectedImage, inspectedSandbox } from './inspected.ts';
import { type Command, find, type Identified, json, type Line, requireArgument } from './line.ts';
import { logs } from './logs.ts';
import { attach, exec } from './sessions.ts';
import { ago, humanSize, shortId, table } from './table.ts';
import { imageFsInfo, stats, statsp } from './usage.ts';

/** Flags that take a value, by command. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  ps: ['name', 'pod', 'p', 'state', 's', 'label', 'image', 'output', 'o', 'last', 'n'],
  pods: ['name', 'namespace', 'state', 's', 'label', 'output', 'o', 'last', 'n'],
  images: ['output', 'o'],
  stop: ['timeout', 't'],
  logs: ['tail', 'since'],
  exec: ['timeout'],
  stats: ['id', 'name', 'output', 'o'],
  statsp: ['id', 'output', 'o'],
  inspect: ['output', 'o'],
  inspectp: ['output', 'o'],
  inspecti: ['output', 'o'],
  runp: ['runtime', 'r'],
  run: ['runtime', 'r'],
};

/** What is there in the real one, and not here. */
const ELSEWHERE = ['update', 'port-forward', 'events', 'checkpoint', 'config'];

const COMMANDS: Readonly<Record<string, Command>> = {
  ps: listContainers,
  pods: listPods,
  images: listImages,
  image: listImages,
  img: listImages,
  inspect: (process, line) => inspect(process, line, 'listContainers', 'container', inspectedContainer),
  inspectp: (process, line) => inspect(process, line, 'listPodSandboxes', 'pod sandbox', inspectedSandbox),
  inspecti: (process, line) => inspect(process, line, 'listImages', 'image', inspectedImage),
  logs,
  exec,
  attach,
  runp,
  create,
  start,
  run,
  stop: (process, line) =>
    each(
      process,
      line,
      'listContainers',
      'stopContainer',
      Number(line.flags.get('timeout') ?? line.flags.get('t') ?? 0),
    ),
  rm: removeContainers,
  stopp: (process, line) => each(process, line, 'listPodSandboxes', 'stopPodSandbox', undefined, 'Stopped sandbox '),
  rmp: (process, line) => each(process, line, 'listPodSandboxes', 'removePodSandbox', undefined, 'Removed sandbox '),
  rmi: removeImages,
  pull,
  stats,
  statsp,
  imagefsinfo: imageFsInfo,
  info,
  version,
  ...Object.fromEntries(ELSEWHERE.map((name) => [name, () => refuse(name)])),
};

/**
 * `crictl`: what the container runtime of this machine has, past Kubernetes.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/
 */
export const crictl: Program = function* (process) {
  const [name = 'help', ...words] = process.argv.slice(1);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) {
    if (name === 'help' || name === '--help' || name === '-h') {
      yield* process.write(1, encode(`crictl: client for CRI\n\nCommands: ${Object.keys(COMMANDS).join(', ')}\n`));
      return 0;
    }
    yield* process.write(2, encode(`No help topic for '${name}'\n`));
    return 3;
  }
  try {
    const result = yield* command(process, parse(words, VALUES[name] ?? []));
    if (typeof result === 'number') return result;
    yield* process.write(1, encode(result));
    return 0;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    yield* process.write(2, encode(`FATA[0000] ${error.message}\n`));
    return 1;
  }
};

function parse(words: readonly string[], valued: readonly string[]): Line {
  const flags = new Map<string, string>();
  const args: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const match = /^--?([a-z][a-z-]*)(?:=(.*))?$/s.exec(word);
    if (match === null || args.length > 0) args.push(word);
    else if (isGroup(word)) for (const letter of word.slice(1)) flags.set(letter, 'true');
    else if (match[2] !== undefined) flags.set(match[1]!, match[2]);
    else if (valued.includes(match[1]!)) flags.set(match[1]!, words[++i] ?? '');
    else flags.set(match[1]!, 'true');
  }
  return { flags, args };
}

/** Short flags in one word, as in `ps -aq`. No long flag has so few letters. */
function isGroup(word: string): boolean {
  return /^-[afqv]{2,}$/.test(word);
}

function* refuse(name: string): Task<string> {
  throw new CallError(`${name} is not supported by this simulation`);
}

function* listContainers(process: Process, { flags }: Line): Task<string> {
  const containers = yield* callCri<ContainerStatus[]>(process, 'listContainers');
  const sandboxes = yield* callCri<PodSandboxStatus[]>(process, 'listPodSandboxes');
  const wanted = flags.get('state') ?? flags.get('s');
  const all = flags.has('all') || flags.has('a') || wanted !== undefined;
  const name = flags.get('name');
  const pod = flags.get('pod') ?? flags.get('p');
  const chosen = containers
    .filter(({ state }) => all || state === 'CONTAINER_RUNNING')
    .filter(({ state }) => wanted === undefined || stateName(state).toLowerCase() === wanted.toLowerCase())
    .filter(({ metadata }) => name === undefined || new RegExp(name).test(metadata.name))
    .filter(({ podSandboxId }) => pod === undefined || podSandboxId.startsWith(pod))
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  if (flags.has('quiet') || flags.has('q')) return chosen.map(({ id }) => `${id}\n`).join('');
  if (isJson(flags)) return json({ containers: chosen });
  const rows = chosen.map(({ id, imageRef, createdAtMs, state, metadata, podSandboxId }) => {
    const sandbox = sandboxes.find((each) => each.id === podSandboxId);
    const digest = imageRef.slice(imageRef.indexOf('@') + 1);
    const of = sandbox?.metadata;
    return [
      shortId(id),
      shortId(digest),
      ago(process.now() - createdAtMs),
      stateName(state),
      metadata.name,
      String(metadata.attempt),
      shortId(podSandboxId),
      of?.name ?? 'unknown',
      of?.namespace ?? 'unknown',
    ];
  });
  return table(['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], rows);
}

/** `CONTAINER_RUNNING` is `Running`. */
function stateName(state: string): string {
  const word = state.slice(state.indexOf('_') + 1).toLowerCase();
  return word === 'notready' ? 'NotReady' : word.charAt(0).toUpperCase() + word.slice(1);
}

function* listPods(process: Process, { flags }: Line): Task<string> {
  const sandboxes = yield* callCri<PodSandboxStatus[]>(process, 'listPodSandboxes');
  const name = flags.get('name');
  const namespace = flags.get('namespace');
  const wanted = flags.get('state') ?? flags.get('s');
  const chosen = sandboxes
    .filter(({ metadata }) => name === undefined || new RegExp(name).test(metadata.name))
    .filter(({ metadata }) => namespace === undefined || metadata.namespace === namespace)
    .filter(({ state }) => wanted === undefined || stateName(state).toLowerCase() === wanted.toLowerCase())
    .sort((a, b) => b.createdAtMs - a.createdAtMs);
  if (flags.has('quiet') || flags.has('q')) return chosen.map(({ id }) => `${id}\n`).join('');
  if (isJson(flags)) return json({ items: chosen });
  const rows = chosen.map(({ id, createdAtMs, state, metadata }) => [
    shortId(id),
    ago(process.now() - createdAtMs),
    stateName(state),
    metadata.name,
    metadata.namespace,
    String(metadata.attempt),
    '(default)',
  ]);
  return table(['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], rows);
}

function* listImages(process: Process, { flags }: Line): Task<string> {
  const images = yield* callCri<ImageStatus[]>(process, 'listImages');
  if (flags.has('quiet') || flags.has('q')) return images.map(({ id }) => `${id}\n`).join('');
  if (isJson(flags)) return json({ images });
  const rows = images.flatMap(({ id, repoTags, repoDigests, sizeBytes }) => {
    const names =
      repoTags.length > 0 ? repoTags.map(splitTag) : [[repoDigests[0]?.split('@')[0] ?? '<none>', '<none>']];
    return names.map(([image = '', tag = '']) => [image, tag, shortId(id), humanSize(sizeBytes)]);
  });
  rows.sort((a, b) => (a[0]! < b[0]! ? -1 : 1));
  return table(['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], rows);
}

function splitTag(reference: string): string[] {
  const colon = reference.lastIndexOf(':');
  return [reference.slice(0, colon), reference.slice(colon + 1)];
}

function isJson(flags: ReadonlyMap<string, string>): boolean {
  return (flags.get('output') ?? flags.get('o')) === 'json';
}

function* inspect<Status extends Identified>(
  process: Process,
  line: Line,
  list: string,
  noun: string,
  shown: (status: Status) => object,
): Task<string> {
  requireArgument(line);
  let output = '';
  for (const id of line.args) output += json(shown(yield* find<Status>(process, list, id, noun)));
  return output;
}

function* each(process: Process, line: Line, list: string, method: string, argument?: number, said = ''): Task<string> {
  requireArgument(line);
  let output = '';
  const noun = list === 'listContainers' ? 'container' : 'sandbox';
  for (const given of line.args) {
    const { id } = yield* find<Identified>(process, list, given, noun);
    yield* callCri(process, method, id, ...(argument === undefined ? [] : [argument]));
    output += `${said}${said === '' ? given : id}\n`;
  }
  return output;
}

function* removeContainers(process: Process, line: Line): Task<string> {
  requireArgument(line);
  let output = '';
  for (const given of line.args) {
    const { id, state } = yield* find<ContainerStatus>(process, 'listContainers', given, 'container');
    if (state === 'CONTAINER_RUNNING' && !line.flags.has('force') && !line.flags.has('f')) {
      throw new CallError(`container "${given}" is running, please stop it first`);
    }
    yield* callCri(process, 'removeContainer', id);
    output += `${given}\n`;
  }
  return output;
}

function* removeImages(process: Process, line: Line): Task<string> {
  let output = '';
  const prune = line.flags.has('prune') || line.flags.has('q');
  const containers = prune ? yield* callCri<ContainerStatus[]>(process, 'listContainers') : [];
  const all = yield* callCri<ImageStatus[]>(process, 'listImages');
  const unused = all.filter(
    ({ id, pinned }) => pinned !== true && !containers.some(({ imageRef }) => imageRef.endsWith(id)),
  );
  const ids = prune ? unused.map(({ id }) => id) : [requireArgument(line), ...line.args.slice(1)];
  for (const given of ids) {
    const { id, repoTags } = yield* find<ImageStatus>(process, 'listImages', given, 'image');
    yield* callCri(process, 'removeImage', id);
    output += `Deleted: ${repoTags[0] ?? id}\n`;
  }
  return output;
}

function* pull(process: Process, line: Line): Task<string> {
  const reference = yield* callCri<string>(process, 'pullImage', requireArgument(line));
  return `Image is up to date for ${reference.slice(reference.indexOf('@') + 1)}\n`;
}

function* info(process: Process): Task<string> {
  const { runtimeReady, networkReady, message } = yield* callCri<{
    readonly runtimeReady: boolean;
    readonly networkReady: boolean;
    readonly message: string;
  }>(process, 'status');
  const conditions = [
    { message: '', reason: '', status: runtimeReady, type: 'RuntimeReady' },
    { message, reason: networkReady ? '' : 'NetworkPluginNotReady', status: networkReady, type: 'NetworkReady' },
  ];
  return json({ status: { conditions } });
}

function* version(process: Process): Task<string> {
  const { runtimeName, runtimeVersion } = yield* callCri<{
    readonly runtimeName: string;
    readonly runtimeVersion: string;
  }>(process, 'version');
  return `Version:  0.1.0\nRuntimeName:  ${runtimeName}\nRuntimeVersion:  ${runtimeVersion}\nRuntimeApiVersion:  v1\n`;
}
