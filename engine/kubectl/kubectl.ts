import { ConnectionError } from '../client/transport.ts';
import { Errno } from '../linux/errno.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import { type Command, findCommand, suggestions } from './command.ts';
import { CommandError, CommandErrors, errorText, isExpected } from './command-error.ts';
import { runPlugin } from './commands/plugin.ts';
import { FlagError, parseFlags } from './flag-parser.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import { helpText } from './help.ts';
import { Invocation, type KubectlOptions } from './invocation.ts';
import { applyPreferences, preferOptions } from './preferences.ts';
import { root } from './root.ts';
import { Streams } from './streams.ts';

/** kubectl as a program for a machine's `/usr/local/bin/kubectl`. */
export function createKubectl(options: KubectlOptions): Program {
  return function* kubectl(process) {
    const streams = new Streams(process, options.manifestAt);
    let exitCode: number;
    try {
      exitCode = yield* runCommand(process, streams, options);
    } catch (error) {
      if (!isExpected(error) && !(error instanceof ConnectionError)) throw error;
      streams.err(error instanceof Errno ? `error: ${error.message.toLowerCase()}\n` : errorText(error));
      exitCode = exitCodeOf(error);
    }
    try {
      yield* streams.flush();
    } catch (error) {
      // Whoever read the output has gone.
      if (!(error instanceof Errno && error.code === 'EPIPE')) throw error;
    }
    return exitCode;
  };
}

function exitCodeOf(error: Error): number {
  if (error instanceof CommandError) return error.exitCode;
  return error instanceof CommandErrors ? 1 : 1;
}

function* runCommand(process: Process, streams: Streams, options: KubectlOptions): Task<number> {
  const preferred = applyPreferences(process, streams, root, process.argv.slice(1));
  const found = findCommand(root, preferred.words, GLOBAL_FLAGS);
  const { command, path } = found;
  const helpAsked = path === 'kubectl help';
  if (command === root && !found.rest[0]?.startsWith('-')) {
    return (yield* runPlugin(process, found.rest)) ?? rootOnly(streams, found.rest);
  }
  const line = parseLine(command, path, found.rest);
  for (const { name, deprecated } of command.flags ?? []) {
    if (deprecated !== undefined && line.flags.changed(name)) {
      streams.err(`Flag --${name} has been deprecated, ${deprecated}\n`);
    }
  }
  preferOptions(line.flags, preferred.options);
  if (line.flags.bool('help')) {
    streams.out(helpText(command, path));
    return 0;
  }
  if (command === root) return rootOnly(streams, line.args);
  if (helpAsked) return help(streams, line.args);
  if (command.run === undefined) {
    const [unknown] = line.args;
    if (unknown !== undefined) throw usageError(path, `unknown command ${JSON.stringify(line.args.join(' '))}`);
    streams.out(helpText(command, path));
    return 1;
  }
  const missing = (command.requiredFlags ?? []).filter((name) => !line.flags.changed(name));
  if (missing.length > 0) {
    throw new CommandError(`required flag(s) ${missing.map((name) => `"${name}"`).join(', ')} not set`);
  }
  const invocation = new Invocation(process, streams, options, path, line);
  const exitCode = yield* runAndWait(command.run(invocation), invocation);
  if (invocation.warnings > 0 && line.flags.bool('warnings-as-errors')) {
    const { warnings } = invocation;
    throw new CommandError(`${warnings} warning${warnings === 1 ? '' : 's'} received`);
  }
  return exitCode;
}

/** What a command does, and what it would have waited for meanwhile. */
function* runAndWait(running: Task<number>, invocation: Invocation): Task<number> {
  try {
    return yield* running;
  } catch (error) {
    yield* invocation.payWaits();
    throw error;
  }
}

function parseLine(command: Command, path: string, rest: readonly string[]) {
  try {
    return parseFlags(rest, [...(command.flags ?? []), ...GLOBAL_FLAGS.filter(({ name }) => !hasFlag(command, name))]);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    throw new CommandError(`${error.message}\nSee '${path} --help' for usage.`);
  }
}

function hasFlag(command: Command, name: string): boolean {
  return command.flags?.some((flag) => flag.name === name) ?? false;
}

function usageError(path: string, message: string): CommandError {
  return new CommandError(`${message}\nSee '${path} -h' for help and examples`);
}

function rootOnly(streams: Streams, args: readonly string[]): number {
  const [unknown] = args;
  if (unknown === undefined) {
    streams.out(helpText(root, root.name));
    return 0;
  }
  const similar = suggestions(root, unknown);
  const meant = similar.length === 0 ? '' : `\n\nDid you mean this?\n${similar.map((name) => `\t${name}\n`).join('')}`;
  throw new CommandError(`unknown command ${JSON.stringify(unknown)} for "kubectl"${meant}`);
}

function help(streams: Streams, topic: readonly string[]): number {
  const found = findCommand(root, topic, GLOBAL_FLAGS);
  const text = helpText(found.command, found.path);
  if (found.command === root && topic.length > 0) {
    streams.err(`Unknown help topic [\`${topic.join('` `')}\`]\n${text}`);
  } else streams.out(text);
  return 0;
}
