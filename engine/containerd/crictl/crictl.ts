import { print, printError } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { PS } from './container-list.ts';
import { RM, STOP } from './containers.ts';
import { MAKERS } from './create.ts';
import { CallError } from './cri-client.ts';
import { checkEndpoint } from './endpoint.ts';
import { cliFlags, type Line, readLine, UsageError } from './flags.ts';
import { commandHelp, programHelp } from './help.ts';
import { IMAGES, PULL, RMI } from './images.ts';
import { INSPECTORS } from './inspect.ts';
import { type Command, HELP } from './line.ts';
import { LOGS } from './logs.ts';
import { INFO, VERSION } from './runtime-status.ts';
import { PODS, RMP, STOPP } from './sandboxes.ts';
import { ATTACH, EXEC } from './sessions.ts';
import { IMAGEFSINFO, STATS, STATSP } from './usage.ts';

const RELEASE = 'v1.36.0';

/** What is there in the real one, and not here. */
const ELSEWHERE = [
  'checkpoint',
  'completion',
  'config',
  'events',
  'metricsp',
  'port-forward',
  'update',
  'update-runtime-config',
];

const COMMANDS: readonly Command[] = [
  ...[ATTACH, EXEC, IMAGEFSINFO, IMAGES, INFO, LOGS, PODS, PS, PULL, RM, RMI, RMP, STATS, STATSP, STOP, STOPP, VERSION],
  ...INSPECTORS,
  ...MAKERS,
].toSorted((a, b) => (a.name < b.name ? -1 : 1));

const FLAGS = cliFlags(`
  config|c=string Location of the client config file
  debug|D Enable debug mode
  image-endpoint|i=string Endpoint of CRI image manager service (default: uses 'runtime-endpoint' setting)
  runtime-endpoint|r=string Endpoint of CRI container runtime service
  timeout|t=duration Timeout of connecting to the server in seconds
  version|v print the version`);

/**
 * `crictl`: what the container runtime of this machine has, past Kubernetes.
 * https://kubernetes.io/docs/tasks/debug/debug-cluster/crictl/
 */
export const crictl: Program = function* (process) {
  try {
    const global = readLine(process.argv.slice(1), FLAGS);
    const [name = 'help', ...words] = global.args;
    if (global.flags.has('version')) return yield* say(process, `crictl version ${RELEASE}\n`);
    if (global.flags.has('help') || name === 'help' || name === 'h') return yield* help(process, words[0]);
    const command = commandOf(name);
    if (command !== undefined) return yield* run(process, global, command, words);
    if (ELSEWHERE.includes(name)) throw new CallError(`${name} is not supported by this simulation`);
    return yield* noTopic(process, name);
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    if (error instanceof UsageError) yield* say(process, `Incorrect Usage: ${error.message}\n\n${overview()}`);
    return yield* failed(process, error);
  }
};

function* run(process: Process, global: Line, command: Command, words: readonly string[]): Task<number> {
  try {
    const line = readLine(words, command.flags ?? []);
    if (line.flags.has('help')) return yield* say(process, commandHelp(command));
    yield* checkEndpoint(process, global);
    const result = yield* command.run(process, line);
    if (typeof result === 'number') return result;
    return yield* say(process, result === HELP ? commandHelp(command) : result);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    yield* say(process, `Incorrect Usage: ${error.message}\n\n${commandHelp(command)}`);
    return yield* failed(process, error);
  }
}

function* help(process: Process, name: string | undefined): Task<number> {
  const command = name === undefined ? undefined : commandOf(name);
  if (name !== undefined && command === undefined) return yield* noTopic(process, name);
  return yield* say(process, command === undefined ? overview() : commandHelp(command));
}

function overview(): string {
  return programHelp(RELEASE, COMMANDS, FLAGS);
}

function commandOf(word: string): Command | undefined {
  return COMMANDS.find(({ name, aliases = [] }) => name === word || aliases.includes(word));
}

function* say(process: Process, text: string): Task<number> {
  yield* print(process, text);
  return 0;
}

function* failed(process: Process, { message }: CallError): Task<number> {
  yield* printError(process, `FATA[0000] ${message}\n`);
  return 1;
}

function* noTopic(process: Process, name: string): Task<number> {
  yield* printError(process, `No help topic for '${name}'\n`);
  return 3;
}
