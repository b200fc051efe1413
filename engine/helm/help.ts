import type { FlagSpec } from '../kubectl/flag.ts';
import type { HelmCommand } from './command.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

/** The help of a command, laid out as cobra does. */
export function helpText(command: HelmCommand, path: string): string {
  const parts = [command.help ?? command.summary, usageText(command, path)];
  if (command.aliases !== undefined && command.aliases.length > 0) {
    parts.push(`Aliases:\n  ${[command.name, ...command.aliases].join(', ')}`);
  }
  if (command.examples !== undefined)
    parts.push(`Examples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`);
  const subcommands = (command.subcommands ?? []).filter(({ hidden }) => hidden !== true);
  if (subcommands.length > 0) {
    const width = Math.max(11, ...subcommands.map(({ name }) => name.length));
    const lines = subcommands.map(({ name, summary }) => `  ${name.padEnd(width)} ${summary}`);
    parts.push(`Available Commands:\n${lines.join('\n')}`);
  }
  const own = flagLines(command.flags ?? []);
  const global = flagLines(GLOBAL_FLAGS);
  if (path === 'helm') parts.push(`Flags:\n${global}`);
  else parts.push(...(own === '' ? [] : [`Flags:\n${own}`]), `Global Flags:\n${global}`);
  if (subcommands.length > 0) parts.push(`Use "${path} [command] --help" for more information about a command.`);
  return `${parts.join('\n\n')}\n`;
}

function usageText(command: HelmCommand, path: string): string {
  const line = command.subcommands === undefined ? usageLine(command, path) : `${path} [command]`;
  return `Usage:\n  ${line}`;
}

/** `helm install [NAME] [CHART] [flags]`. */
export function usageLine({ usage }: HelmCommand, path: string): string {
  return `${path}${usage === undefined ? '' : ` ${usage}`} [flags]`;
}

function flagLines(flags: readonly FlagSpec[]): string {
  const shown = flags.filter(({ hidden }) => hidden !== true).sort((a, b) => (a.name < b.name ? -1 : 1));
  const heads = shown.map(({ name, short, type }) => {
    const kind = type === 'bool' ? '' : ` ${type === 'stringSlice' ? 'strings' : type}`;
    return `  ${short === undefined ? '    ' : `-${short}, `}--${name}${kind}`;
  });
  const width = Math.max(...heads.map(({ length }) => length), 0);
  return shown
    .map(({ help, default: byDefault }, index) => {
      const suffix = byDefault === undefined || byDefault === '0' ? '' : ` (default ${byDefault})`;
      return `${heads[index]!.padEnd(width)}   ${help}${suffix}`;
    })
    .join('\n');
}
