import { findCommand, suggestions } from '../kubectl/command.ts';
import { FlagError, parseFlags } from '../kubectl/flag-parser.ts';
import { Streams } from '../kubectl/streams.ts';
import { Errno } from '../linux/errno.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Task } from '../sim/index.ts';
import type { HelmCommand } from './command.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';
import { HelmError, isFailure } from './helm-error.ts';
import { helpText, usageLine } from './help.ts';
import { root } from './root.ts';
import { type HelmOptions, HelmRun } from './run.ts';

/** helm as a program for a machine's `/usr/local/bin/helm`. */
export function createHelm(options: HelmOptions): Program {
  return function* helm(process) {
    const streams = new Streams(process);
    let exitCode: number;
    try {
      exitCode = yield* runCommand(process, streams, options);
    } catch (error) {
      if (!isFailure(error)) throw error;
      streams.err(`Error: ${error.message}\n`);
      exitCode = 1;
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

function* runCommand(process: Process, streams: Streams, options: HelmOptions): Task<number> {
  const words = process.argv.slice(1);
  const { command, path, rest } = findCommand<HelmCommand>(root, words, GLOBAL_FLAGS);
  if (path === 'helm help') {
    const topic = findCommand<HelmCommand>(root, rest, GLOBAL_FLAGS);
    streams.out(helpText(topic.command, topic.path));
    return 0;
  }
  const line = parsed(command, rest);
  if (line.flags.bool('help')) {
    streams.out(helpText(command, path));
    return 0;
  }
  if (command.run === undefined) {
    const [unknown] = line.args;
    if (unknown !== undefined) throw unknownCommand(command, path, unknown);
    streams.out(helpText(command, path));
    return 0;
  }
  checkArguments(command, path, line.args);
  return yield* command.run(new HelmRun(process, streams, options, line));
}

function parsed(command: HelmCommand, rest: readonly string[]) {
  try {
    return parseFlags(rest, [...(command.flags ?? []), ...GLOBAL_FLAGS]);
  } catch (error) {
    throw error instanceof FlagError ? new HelmError(error.message) : error;
  }
}

function unknownCommand(command: HelmCommand, path: string, unknown: string): HelmError {
  const similar = suggestions(command, unknown);
  const meant = similar.length === 0 ? '' : `\n\nDid you mean this?\n${similar.map((name) => `\t${name}\n`).join('')}`;
  return new HelmError(
    `unknown command ${JSON.stringify(unknown)} for ${JSON.stringify(path)}${meant}\nRun '${path} --help' for usage.`,
  );
}

/** As helm's own `require` package says it. */
function checkArguments(command: HelmCommand, path: string, args: readonly string[]): void {
  const { least = 0, most = Number.POSITIVE_INFINITY } = command;
  if (args.length >= least && args.length <= most) return;
  const plural = (count: number) => (count === 1 ? 'argument' : 'arguments');
  const usage = `\n\nUsage:  ${usageLine(command, path)}`;
  const shown = JSON.stringify(path);
  if (most === 0) throw new HelmError(`${shown} accepts no arguments${usage}`);
  if (least === most) throw new HelmError(`${shown} requires ${least} ${plural(least)}${usage}`);
  if (args.length < least) throw new HelmError(`${shown} requires at least ${least} ${plural(least)}${usage}`);
  throw new HelmError(`${shown} accepts at most ${most} ${plural(most)}${usage}`);
}
