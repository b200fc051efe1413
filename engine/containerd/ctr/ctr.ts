import { encode } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { ContainerStatus, ImageStatus, PodSandboxStatus } from '../cri.ts';
import { CallError, callCri } from '../crictl/cri-client.ts';

/** Where CRI keeps everything that belongs to Pods. */
const KUBERNETES = 'k8s.io';

interface Line {
  readonly namespace: string;
  /** Only names. */
  readonly quiet: boolean;
  readonly words: readonly string[];
}

type Command = (process: Process, line: Line) => Task<string>;

/** By the noun's names, then by verb. */
const NOUNS: readonly (readonly [names: readonly string[], verbs: Readonly<Record<string, Command>>])[] = [
  [['namespaces', 'namespace', 'ns'], { ls: listNamespaces, list: listNamespaces }],
  [['containers', 'container', 'c'], { ls: listContainers, list: listContainers, info: containerInfo }],
  [['tasks', 'task', 't'], { ls: listTasks, list: listTasks, ps: listProcesses }],
  [['images', 'image', 'i'], { ls: listImages, list: listImages }],
];

/**
 * `ctr`: containerd's own view of what it has, which knows of namespaces and of no Pods. Without `-n k8s.io` it looks into the
 * namespace `default`, where nothing is. It only looks: what would change something, and snapshots, are not there.
 * https://github.com/containerd/containerd/blob/main/docs/man/ctr.8.md
 */
export const ctr: Program = function* (process) {
  const line = parse(process);
  const [noun = '', verb = '', ...rest] = line.words;
  const verbs = NOUNS.find(([names]) => names.includes(noun))?.[1];
  if (noun === '' || noun === 'help') {
    yield* process.write(1, encode(`ctr: containerd CLI\n\nCommands: version, ${nounsText()}\n`));
    return 0;
  }
  const command =
    noun === 'version' ? version : verbs !== undefined && Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  try {
    if (command === undefined) throw new CallError(`"${[noun, verb].join(' ').trim()}" is not part of this simulation`);
    yield* process.write(1, encode(yield* command(process, { ...line, words: rest })));
    return 0;
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    yield* process.write(2, encode(`ctr: ${error.message}\n`));
    return 1;
  }
};

function nounsText(): string {
  return NOUNS.map(([names, verbs]) => `${names.join('|')} (${Object.keys(verbs).join(', ')})`).join(', ');
}

function parse({ argv, env }: Process): Line {
  const words: string[] = [];
  let namespace = env['CONTAINERD_NAMESPACE'] ?? 'default';
  let quiet = false;
  for (let at = 1; at < argv.length; at++) {
    const word = argv[at]!;
    const match = /^--?(n|namespace|q|quiet)(?:=(.*))?$/.exec(word);
    if (match === null) words.push(word);
    else if (match[1]!.startsWith('q')) quiet = true;
    else namespace = match[2] ?? argv[++at] ?? '';
  }
  return { namespace, quiet, words };
}

function* version(process: Process): Task<string> {
  const { runtimeVersion } = yield* callCri<{ readonly runtimeVersion: string }>(process, 'version');
  const text = `  Version:  ${runtimeVersion}\n`;
  return `Client:\n${text}\nServer:\n${text}`;
}

function* listNamespaces(process: Process, { quiet }: Line): Task<string> {
  yield* callCri(process, 'version');
  const names = ['default', KUBERNETES];
  return quiet
    ? lines(names)
    : table(
        1,
        ['NAME', 'LABELS'],
        names.map((name) => [name, '']),
      );
}

interface Everything {
  readonly sandboxes: readonly PodSandboxStatus[];
  readonly containers: readonly ContainerStatus[];
}

/** What the namespace has: to containerd a sandbox is a container like any other. */
function* everything(process: Process, { namespace }: Line): Task<Everything> {
  const sandboxes = yield* callCri<readonly PodSandboxStatus[]>(process, 'listPodSandboxes');
  const containers = yield* callCri<readonly ContainerStatus[]>(process, 'listContainers');
  return namespace === KUBERNETES ? { sandboxes, containers } : { sandboxes: [], containers: [] };
}

function* pauseImage(process: Process): Task<string> {
  const images = yield* callCri<readonly ImageStatus[]>(process, 'listImages');
  return images.find(({ pinned }) => pinned === true)?.repoTags[0] ?? '-';
}

function* listContainers(process: Process, line: Line): Task<string> {
  const { sandboxes, containers } = yield* everything(process, line);
  const pause = yield* pauseImage(process);
  const rows = [...sandboxes.map(({ id }) => [id, pause]), ...containers.map(({ id, image }) => [id, image])].sort(
    byFirst,
  );
  if (line.quiet) return lines(rows.map(([id]) => id!));
  return table(
    4,
    ['CONTAINER', 'IMAGE', 'RUNTIME'],
    rows.map((row) => [...row, 'io.containerd.runc.v2']),
  );
}

/** What is known of one container, as far as it is the same here. */
function* containerInfo(process: Process, line: Line): Task<string> {
  const [id = ''] = line.words;
  if (id === '') throw new CallError('container id must be provided');
  const { sandboxes, containers } = yield* everything(process, line);
  const found = [...sandboxes, ...containers].find((one) => one.id === id);
  if (found === undefined) throw new CallError(`container "${id}" in namespace "${line.namespace}": not found`);
  const isSandbox = !('podSandboxId' in found);
  const info = {
    ID: id,
    Labels: { ...found.labels, 'io.cri-containerd.kind': isSandbox ? 'sandbox' : 'container' },
    Image: isSandbox ? yield* pauseImage(process) : found.image,
    Runtime: { Name: 'io.containerd.runc.v2' },
    Snapshotter: 'overlayfs',
    CreatedAt: new Date(found.createdAtMs).toISOString(),
    ...(isSandbox ? {} : { SandboxID: found.podSandboxId }),
  };
  return `${JSON.stringify(info, undefined, 4)}\n`;
}

/** A container that has ended has no task any more. */
function* listTasks(process: Process, line: Line): Task<string> {
  const { sandboxes, containers } = yield* everything(process, line);
  const rows = [...sandboxes, ...containers]
    .filter(({ state }) => state === 'SANDBOX_READY' || state === 'CONTAINER_RUNNING')
    .map(({ id, pid }) => [id, String(pid), 'RUNNING'])
    .sort(byFirst);
  return line.quiet ? lines(rows.map(([id]) => id!)) : table(4, ['TASK', 'PID', 'STATUS'], rows);
}

function* listProcesses(process: Process, line: Line): Task<string> {
  const [id = ''] = line.words;
  if (id === '') throw new CallError('container id must be provided');
  const { sandboxes, containers } = yield* everything(process, line);
  const pid = [...sandboxes, ...containers].find((one) => one.id === id)?.pid ?? 0;
  if (pid === 0) throw new CallError(`no running task found: task ${id} not found: not found`);
  return table(1, ['PID', 'INFO'], [[String(pid), '-']]);
}

function* listImages(process: Process, line: Line): Task<string> {
  const images = yield* callCri<readonly ImageStatus[]>(process, 'listImages');
  const rows = (line.namespace === KUBERNETES ? images : []).flatMap(({ id, repoTags, repoDigests, sizeBytes }) => {
    const digest = repoDigests[0]?.split('@')[1] ?? id;
    return [...repoTags, ...repoDigests, id].map((name) => [
      name,
      'application/vnd.oci.image.manifest.v1+json',
      digest,
      binarySize(sizeBytes),
      'linux/amd64',
      'io.cri-containerd.image=managed',
    ]);
  });
  rows.sort(byFirst);
  if (line.quiet) return lines(rows.map(([name]) => name!));
  return table(1, ['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'], rows);
}

function byFirst([a = '']: readonly string[], [b = '']: readonly string[]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function lines(names: readonly string[]): string {
  return names.map((name) => `${name}\n`).join('');
}

/** As Go's tabwriter aligns cells that all end with a tab. */
function table(padding: number, headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headers, ...rows];
  const widths = headers.map((_, column) => Math.max(...all.map((row) => row[column]!.length)) + padding);
  return lines(all.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)).join('')));
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB'];

/** `2.1 MiB`, after containerd's `progress.Bytes`. */
function binarySize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1)} ${UNITS[unit]}`;
}
