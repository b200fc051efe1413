import type { Pod } from '../../api/kinds.ts';
import { pods } from '../../api/resources.ts';
import { concatBytes } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { runLocally } from '../local-program.ts';
import { defaultContainer } from '../pods-of.ts';
import { openSession } from '../stream.ts';
import { chooseContainer } from './exec.ts';

export const cp: Command = {
  name: 'cp',
  summary: 'Copy files and directories to and from containers',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'cp <file-spec-src> <file-spec-dest>',
  help: 'Needs tar in the container.',
  examples: ['kubectl cp web:/etc/nginx/nginx.conf nginx.conf', 'kubectl cp site web:/usr/share/nginx/html -c nginx'],
  operand: 'pod',
  flags: [
    { name: 'container', short: 'c', type: 'string', help: 'The container' },
    { name: 'no-preserve', type: 'bool', help: "Keep neither the files' owners nor their permissions" },
    { name: 'retries', type: 'int', default: '0', help: 'Not needed here: nothing is lost on the way', hidden: true },
  ],
  *run(invocation) {
    const { args } = invocation;
    if (args.length !== 2) throw new CommandError('source and destination are required');
    const [source, destination] = [readSpec(args[0]!), readSpec(args[1]!)];
    if (source.pod !== '' && destination.pod !== '') {
      throw new CommandError('one of src or dest must be a local file specification');
    }
    if (source.path === '' || destination.path === '') throw new CommandError('filepath can not be empty');
    if (source.pod !== '') return yield* copyFromPod(invocation, source, destination.path);
    if (destination.pod !== '') return yield* copyToPod(invocation, source.path, destination);
    throw new CommandError('one of src or dest must be a remote file specification');
  },
};

/** `[[namespace/]pod:]path`; without a Pod it is a file of this machine. */
interface FileSpec {
  readonly namespace: string;
  readonly pod: string;
  readonly path: string;
}

function readSpec(text: string): FileSpec {
  const colon = text.indexOf(':');
  if (colon < 0) return { namespace: '', pod: '', path: text };
  if (colon === 0) throw new CommandError('filespec must match the canonical format: [[namespace/]pod:]file/path');
  const pieces = text.slice(0, colon).split('/');
  const path = text.slice(colon + 1);
  if (pieces.length === 1) return { namespace: '', pod: pieces[0]!, path };
  if (pieces.length === 2) return { namespace: pieces[0]!, pod: pieces[1]!, path };
  throw new CommandError('filespec must match the canonical format: [[namespace/]pod:]file/path');
}

function base(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? '';
}

/** A directory of this run for what is on its way, gone afterwards. */
function* withScratch<T>({ process }: Invocation, use: (directory: string) => Task<T>): Task<T> {
  const directory = `/tmp/kubectl-cp-${process.pid}`;
  process.mkdir(directory, 0o700);
  try {
    return yield* use(directory);
  } finally {
    yield* runLocally(process, ['rm', '-rf', directory]);
  }
}

function* copyFromPod(invocation: Invocation, source: FileSpec, destination: string): Task<number> {
  const { process } = invocation;
  return yield* withScratch(invocation, function* (scratch) {
    const archive: Uint8Array[] = [];
    try {
      yield* remote(invocation, source, ['tar', 'cf', '-', source.path], { onOutput: (chunk) => archive.push(chunk) });
    } catch (error) {
      // An archive with nothing in it is unpacked without complaint: tar has said why.
      if (!(error instanceof CommandError) || !error.message.startsWith('command terminated with exit code 1'))
        throw error;
      if (concatBytes(archive).every((byte) => byte === 0)) return 0;
    }
    process.writeFile(`${scratch}/archive`, concatBytes(archive));
    process.mkdir(`${scratch}/files`, 0o755);
    const status = yield* runLocally(process, ['tar', 'xf', `${scratch}/archive`, '-C', `${scratch}/files`]);
    const unpacked = `${scratch}/files/${source.path.replace(/^(\.?\/)+/, '').replace(/\/+$/, '')}`;
    if (status !== 0 || !process.access(unpacked, 'exists')) throw new CommandError('unexpected EOF');
    const isDirectory = process.access(destination, 'exists') && process.stat(destination).type === 'directory';
    const intoDirectory = isDirectory && process.stat(unpacked).type !== 'directory';
    const target = intoDirectory ? `${destination.replace(/\/+$/, '')}/${base(source.path)}` : destination;
    // The content of a directory goes into one that exists.
    const from = isDirectory && !intoDirectory ? `${unpacked}/.` : unpacked;
    return yield* runLocally(process, ['cp', '-r', from, target]);
  });
}

function* copyToPod(invocation: Invocation, source: string, destination: FileSpec): Task<number> {
  const { process, flags } = invocation;
  if (!process.access(source, 'exists')) throw new CommandError(`${source} doesn't exist in local filesystem`);
  let path = destination.path.replace(/(.)\/+$/, '$1');
  if (yield* isRemoteDirectory(invocation, destination, path)) path = `${path.replace(/\/$/, '')}/${base(source)}`;
  const slash = path.lastIndexOf('/');
  const [folder, name] = [path.slice(0, slash), path.slice(slash + 1)];
  return yield* withScratch(invocation, function* (scratch) {
    // What is packed bears the name that it is to have there.
    yield* runLocally(process, ['mkdir', `${scratch}/files`]);
    yield* runLocally(process, ['cp', '-r', source, `${scratch}/files/${name}`]);
    yield* runLocally(process, ['tar', 'cf', `${scratch}/archive`, '-C', `${scratch}/files`, name]);
    const options = flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : [];
    const command = ['tar', ...options, '-xmf', '-', ...(folder === '' ? [] : ['-C', folder])];
    yield* remote(invocation, destination, command, { input: process.readFile(`${scratch}/archive`) });
    return 0;
  });
}

function* isRemoteDirectory(invocation: Invocation, spec: FileSpec, path: string): Task<boolean> {
  try {
    yield* remote(invocation, spec, ['test', '-d', path], { quiet: true });
    return true;
  } catch (error) {
    if (error instanceof CommandError && error.exitCode !== 0) return false;
    throw error;
  }
}

interface RemoteOptions {
  readonly input?: Uint8Array;
  readonly onOutput?: (chunk: Uint8Array) => void;
  /** What it prints is nobody's business. */
  readonly quiet?: boolean;
}

/** Runs a command in the container. @throws CommandError with its exit code when that is not 0 */
function* remote(
  invocation: Invocation,
  { namespace, pod: name }: FileSpec,
  command: readonly string[],
  { input, onOutput, quiet = false }: RemoteOptions,
): Task<void> {
  const { process, streams } = invocation;
  const pod = invocation.get(pods, name, namespace || invocation.namespace) as unknown as Pod;
  // What is said while a container packs goes where kubectl's own output goes.
  const errorsTo = onOutput === undefined ? 2 : 1;
  const container = containerOf(invocation, pod, quiet, errorsTo);
  const request = {
    method: 'GET',
    path: invocation.path(pods, pod.metadata.namespace, name, 'exec'),
    query: { command, container, stdout: 'true', stderr: 'true', ...(input === undefined ? {} : { stdin: 'true' }) },
  } as const;
  const { session: start } = yield* invocation.patiently(() => invocation.client.request(request));
  yield* streams.flush();
  const session = openSession(start!);
  try {
    if (input !== undefined) {
      session.control.stdin(input);
      session.control.closeStdin();
    }
    for (;;) {
      const event = yield* session.receive();
      if (event === undefined) return;
      if (event.type === 'output' && event.fd === 1 && onOutput !== undefined) onOutput(event.chunk);
      else if (event.type === 'output' && !quiet)
        yield* process.write(event.fd === 2 ? errorsTo : event.fd, event.chunk);
      else if (event.type === 'exit') return checkEnd(event);
    }
  } finally {
    session.close();
  }
}

function checkEnd({ exitCode, message }: { readonly exitCode?: number; readonly message?: string }): void {
  if (exitCode === 0) return;
  if (exitCode === undefined) throw new CommandError(`Internal error occurred: ${message}`);
  throw new CommandError(`command terminated with exit code ${exitCode}`, { exitCode, verbatim: true });
}

function containerOf(invocation: Invocation, pod: Pod, quiet: boolean, saidOn: 1 | 2): string {
  return invocation.flags.string('container') === ''
    ? defaultContainer(invocation, pod, quiet, saidOn)
    : chooseContainer(invocation, pod, true);
}
