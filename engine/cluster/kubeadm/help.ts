import { formatGoDuration } from '../../linux/programs/go/duration.ts';
import type { FlagSpecs } from '../../linux/programs/go/flags.ts';
import type { Command } from './command.ts';

export const GLOBAL_FLAGS: FlagSpecs = {
  help: { type: 'bool', default: false, short: 'h', usage: 'help for this command' },
  kubeconfig: {
    type: 'string',
    default: '/etc/kubernetes/admin.conf',
    usage: 'The kubeconfig file to use when talking to the cluster.',
  },
  'dry-run': { type: 'bool', default: false, usage: 'Whether to enable dry-run mode or not' },
  v: { type: 'int', default: 0, usage: 'number for the log level verbosity' },
};

/** What `--help` says of a command, in the form of cobra. */
export function helpText(path: readonly string[], command: Command): string {
  const { long, short, operands, commands = [], flags = {} } = command;
  const title = path.join(' ');
  const usage = [
    ...(command.run === undefined ? [] : [`  ${title}${operands === undefined ? '' : ` ${operands}`} [flags]`]),
    ...(commands.length === 0 ? [] : [`  ${title} [command]`]),
  ];
  const width = Math.max(11, ...commands.map(({ name }) => name.length));
  const parts = [
    `${(long ?? short).trimEnd()}\n`,
    `Usage:\n${usage.join('\n')}\n`,
    ...(commands.length === 0
      ? []
      : [
          `Available Commands:\n${commands.map(({ name, short: what }) => `  ${name.padEnd(width)} ${what}\n`).join('')}`,
        ]),
    ...(Object.keys(flags).length === 0 ? [] : [`Flags:\n${flagLines(flags)}`]),
    `Global Flags:\n${flagLines(GLOBAL_FLAGS)}`,
    ...(commands.length === 0 ? [] : [`Use "${title} [command] --help" for more information about a command.\n`]),
  ];
  return parts.join('\n');
}

function flagLines(specs: FlagSpecs): string {
  const lines = Object.entries(specs).map(([name, { type, short }]) => {
    const letter = short === undefined ? '    ' : `-${short}, `;
    return [`  ${letter}--${name}${type === 'bool' ? '' : ` ${type}`}`, specs[name]!] as const;
  });
  const width = Math.max(...lines.map(([left]) => left.length)) + 3;
  return lines.map(([left, spec]) => `${left.padEnd(width)}${spec.usage}${defaultOf(spec)}\n`).join('');
}

function defaultOf({ type, default: value }: FlagSpecs[string]): string {
  if (value === '' || value === false || value === 0) return '';
  return ` (default ${type === 'duration' ? formatGoDuration(Number(value)) : JSON.stringify(value)})`;
}
