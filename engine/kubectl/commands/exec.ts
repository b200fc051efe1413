import type { Pod } from '../../api/kinds.ts';
import type { ApiResponse } from '../../api/request.ts';
import { pods } from '../../api/resources.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import type { FlagSpec } from '../flag.ts';
import type { Invocation } from '../invocation.ts';
import { readManifests } from '../manifest-files.ts';
import { containerNames, defaultContainer, podsOf } from '../pods-of.ts';
import { checkNotCompleted, checkTerminal, runSession, type SessionOptions } from '../remote-terminal.ts';
import { locate } from '../resource-finder.ts';

export const RUNNING_TIMEOUT_FLAG: FlagSpec = {
  name: 'pod-running-timeout',
  type: 'duration',
  default: '1m0s',
  help: 'How long to wait for a Pod that runs',
};

export const exec: Command = {
  name: 'exec',
  summary: 'Execute a command in a container',
  section: 'Troubleshooting and Debugging Commands',
  usage: 'exec (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]',
  examples: ['kubectl exec web -- date', 'kubectl exec -it web -c sidecar -- sh'],
  operand: 'pod',
  flags: [
    { name: 'stdin', short: 'i', type: 'bool', help: 'Hand standard input to the command' },
    { name: 'tty', short: 't', type: 'bool', help: 'Give the command a terminal' },
    { name: 'container', short: 'c', type: 'string', help: 'The container' },
    { name: 'quiet', short: 'q', type: 'bool', help: 'Print only what the command prints' },
    { name: 'filename', short: 'f', type: 'stringSlice', help: 'The manifest of the object to go into' },
    RUNNING_TIMEOUT_FLAG,
  ],
  *run(invocation) {
    const { flags, args, argsBeforeDash } = invocation;
    checkRunningTimeout(invocation);
    const named = yield* namedByFile(invocation);
    const target = named ?? (argsBeforeDash === 0 ? undefined : args[0]);
    if (target === undefined) throw new CommandError('pod, type/name or --filename must be specified');
    const command = argsBeforeDash < 0 ? [] : args.slice(argsBeforeDash);
    if (argsBeforeDash < 0 && args.length > 1) {
      throw invocation.usageError('exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead');
    }
    if (command.length === 0) throw new CommandError('you must specify at least one command for the container');
    const [pod] = podsOf(invocation, target);
    if (pod === undefined) throw new CommandError('timed out waiting for the condition');
    checkNotCompleted(pod, 'exec into');
    const container = chooseContainer(invocation, pod, flags.bool('quiet'));
    const options = checkTerminal(invocation, { stdin: flags.bool('stdin'), tty: flags.bool('tty') });
    const response = yield* openExec(invocation, pod, container, command, options);
    const exitCode = yield* runSession(invocation, response, options);
    if (exitCode === 0) return 0;
    throw new CommandError(`command terminated with exit code ${exitCode}`, { exitCode, verbatim: true });
  },
};

/** @throws CommandError for a time that is none */
export function checkRunningTimeout(invocation: Invocation): void {
  if (invocation.flags.duration('pod-running-timeout') > 0) return;
  throw invocation.usageError('--pod-running-timeout must be higher than zero');
}

/** What `-f` stands for, as TYPE/NAME. */
function* namedByFile(invocation: Invocation): Task<string | undefined> {
  const { flags, args, argsBeforeDash } = invocation;
  if (flags.list('filename').length === 0) return undefined;
  if (argsBeforeDash > 0 || (argsBeforeDash < 0 && args.length > 0))
    throw new CommandError('resource/name arguments cannot be provided when a path is specified');
  const { objects, errors } = yield* readManifests(invocation.process, invocation.streams, flags);
  throwCollected(errors);
  const { resource, name } = locate(invocation, objects[0]!);
  return `${resource.plural}/${name}`;
}

export function chooseContainer(invocation: Invocation, pod: Pod, quiet: boolean): string {
  const named = invocation.flags.string('container');
  if (named === '') return defaultContainer(invocation, pod, quiet);
  if (containerNames(pod).includes(named)) return named;
  throw new CommandError(`container ${named} not found in pod ${pod.metadata.name}`);
}

function* openExec(
  invocation: Invocation,
  pod: Pod,
  container: string,
  command: readonly string[],
  { stdin, tty }: SessionOptions,
): Task<ApiResponse> {
  const request = {
    method: 'GET',
    path: invocation.path(pods, pod.metadata.namespace, pod.metadata.name, 'exec'),
    query: {
      command,
      container,
      stdout: 'true',
      ...(stdin ? { stdin: 'true' } : {}),
      // A terminal has one output only.
      ...(tty ? { tty: 'true' } : { stderr: 'true' }),
    },
  } as const;
  return yield* invocation.patiently(() => invocation.client.request(request));
}
