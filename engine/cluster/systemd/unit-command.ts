import { Errno } from '../../linux/errno.ts';
import { decode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { LoadedUnit, UnitCommand } from './service-unit.ts';
import { splitWords } from './unit-files.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin';

/**
 * The command line of a unit with its variables filled in: `$NAME` becomes words, `${NAME}` a part of one.
 * https://man7.org/linux/man-pages/man5/systemd.service.5.html#COMMAND_LINES
 *
 * @throws Errno for a file of variables that has to be there
 */
export function unitCommand(root: Process, unit: LoadedUnit): UnitCommand {
  const environment: Record<string, string> = { PATH, LANG: 'C.UTF-8', ...unit.environment };
  for (const entry of unit.environmentFiles) Object.assign(environment, variablesOf(root, entry));
  const argv = splitWords((unit.command ?? '').replace(/^[@:+!|-]+/, '')).flatMap((word) => {
    const [, alone] = /^\$(\w+)$/.exec(word) ?? [];
    if (alone !== undefined) return splitWords(environment[alone] ?? '');
    return [word.replace(/\$\{(\w+)\}/g, (_, name: string) => environment[name] ?? '').replaceAll('$$', '$')];
  });
  const [program = '', ...rest] = argv;
  return { argv: [found(root, program), ...rest], environment };
}

function found(root: Process, program: string): string {
  if (program.startsWith('/')) return program;
  const directory = PATH.split(':').find((each) => root.access(`${each}/${program}`, 'execute'));
  return directory === undefined ? program : `${directory}/${program}`;
}

function variablesOf(root: Process, entry: string): Readonly<Record<string, string>> {
  const isOptional = entry.startsWith('-');
  try {
    const lines = decode(root.readFile(isOptional ? entry.slice(1) : entry)).split('\n');
    const assignments = lines.map((line) => /^\s*(\w+)=(.*?)\s*$/.exec(line)).filter((match) => match !== null);
    return Object.fromEntries(assignments.map(([, name, value]) => [name!, unquoted(value!)]));
  } catch (error) {
    if (error instanceof Errno && isOptional) return {};
    throw error;
  }
}

function unquoted(value: string): string {
  const [, quote, inner] = /^(["'])(.*)\1$/.exec(value) ?? [];
  return quote === undefined ? value : inner!;
}
