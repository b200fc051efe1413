import type { Command } from './command.ts';
import type { FlagSpec } from './flag.ts';
import { GLOBAL_FLAGS } from './global-flags.ts';

/** The help of a command. The prose is our own and short; names of flags and commands are the real ones. */
export function helpText(command: Command, path: string): string {
  const parts = [`${command.help ?? command.summary}.`];
  if (command.examples !== undefined)
    parts.push(`Examples:\n${command.examples.map((line) => `  ${line}`).join('\n')}`);
  parts.push(...subcommandSections(command));
  const flags = (command.flags ?? []).filter(({ hidden }) => hidden !== true);
  if (flags.length > 0) parts.push(`Options:\n${flags.map(flagText).join('\n')}`);
  if (path === 'kubectl') parts.push(`Options of every command:\n${globalOptionsText()}`);
  parts.push(`Usage:\n  ${command.usage === undefined ? `${path} [flags]` : `kubectl ${command.usage}`}`);
  if (command.subcommands !== undefined)
    parts.push(`Use "${path} <command> --help" for more information about a given command.`);
  return `${parts.join('\n\n')}\n`;
}

/** The flags that every command takes, a paragraph each. */
export function globalOptionsText(): string {
  return GLOBAL_FLAGS.filter(({ hidden }) => hidden !== true)
    .map(flagText)
    .join('\n\n');
}

function subcommandSections(command: Command): readonly string[] {
  const subcommands = (command.subcommands ?? []).filter(({ name }) => name !== 'help');
  const sections = [...new Set(subcommands.map(({ section }) => section ?? 'Available Commands'))];
  const width = Math.max(15, ...subcommands.map(({ name }) => name.length + 2));
  return sections.map((section) => {
    const members = subcommands.filter((sub) => (sub.section ?? 'Available Commands') === section);
    return `${section}:\n${members.map(({ name, summary }) => `  ${name.padEnd(width)} ${summary}`).join('\n')}`;
  });
}

function flagText(flag: FlagSpec): string {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  const byDefault = flag.type === 'bool' ? (flag.default ?? 'false') : `'${flag.default ?? ''}'`;
  return `    ${short}--${flag.name}=${byDefault}:\n\t${flag.help}`;
}
