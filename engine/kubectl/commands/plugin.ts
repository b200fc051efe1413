import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';
import type { Streams } from '../streams.ts';

// https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/

const PREFIX = 'kubectl-';

const list: Command = {
  name: 'list',
  summary: "List all visible plugin executables on a user's PATH",
  usage: 'plugin list [flags]',
  operand: 'none',
  flags: [{ name: 'name-only', type: 'bool', help: 'Only the names, without the directories' }],
  *run({ args, flags, process, streams, usageError }) {
    if (args.length > 0) throw usageError(`unexpected arguments: [${args.join(' ')}]`);
    const plugins = visiblePlugins(process, streams);
    if (plugins.length === 0) throw new CommandError('unable to find any kubectl plugins in your PATH');
    streams.out('The following compatible plugins are available:\n\n');
    const seen = new Map<string, string>();
    let overshadowed = 0;
    for (const { directory, name } of plugins) {
      const path = `${directory}/${name}`;
      streams.out(`${flags.bool('name-only') ? name : path}\n`);
      const before = seen.get(name);
      if (before !== undefined) {
        streams.err(`  - warning: ${path} is overshadowed by a similarly named plugin: ${before}\n`);
        overshadowed += 1;
      }
      seen.set(name, before ?? path);
    }
    if (overshadowed === 0) return 0;
    const warnings = overshadowed === 1 ? 'one plugin warning was' : `${overshadowed} plugin warnings were`;
    throw new CommandError(`${warnings} found`);
  },
};

export const plugin: Command = {
  name: 'plugin',
  summary: 'Provides utilities for interacting with plugins',
  section: 'Other Commands',
  usage: 'plugin [flags]',
  subcommands: [list],
};

function searchPath({ env }: Process): readonly string[] {
  return [...new Set((env['PATH'] ?? '').split(':').filter((directory) => directory.trim() !== ''))];
}

function visiblePlugins(process: Process, streams: Streams): readonly { directory: string; name: string }[] {
  return searchPath(process)
    .filter((directory) => isReadable(process, streams, directory))
    .flatMap((directory) =>
      process
        .readdir(directory)
        .filter(({ name, type }) => name.startsWith(PREFIX) && type !== 'directory')
        .filter(({ name }) => process.access(`${directory}/${name}`, 'execute'))
        .map(({ name }) => ({ directory, name })),
    );
}

function isReadable(process: Process, streams: Streams, directory: string): boolean {
  if (process.access(directory, 'exists')) return true;
  streams.err(
    `Unable to read directory ${JSON.stringify(directory)} from your PATH: open ${directory}: no such file or directory. Skipping...\n`,
  );
  return false;
}

/**
 * Runs the plugin that words ask for: `kubectl a b c` is `kubectl-a-b` with the argument `c`, if there is one, the
 * longest name first. Undefined when there is none.
 */
export function* runPlugin(process: Process, words: readonly string[]): Task<number | undefined> {
  const flag = words.findIndex((word) => word.startsWith('-'));
  const names = flag < 0 ? words : words.slice(0, flag);
  for (let length = names.length; length > 0; length--) {
    const program =
      PREFIX +
      names
        .slice(0, length)
        .map((name) => name.replaceAll('-', '_'))
        .join('-');
    if (program.includes('/')) continue;
    const directory = searchPath(process).find((one) => process.access(`${one}/${program}`, 'execute'));
    if (directory !== undefined)
      return yield* process.exec(`${directory}/${program}`, [program, ...words.slice(length)]);
  }
  return undefined;
}
