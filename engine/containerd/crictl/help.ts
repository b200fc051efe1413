import { type CliFlag, HELP_FLAG } from './flags.ts';
import type { Command } from './line.ts';

/** What `crictl ps --help` says, in the form of github.com/urfave/cli. */
export function commandHelp({ name, usage, operands, flags = [] }: Command): string {
  const line = `crictl ${name}${flags.length > 0 ? ' [command options]' : ''}${operands === undefined ? '' : ` ${operands}`}`;
  return `NAME:\n   crictl ${name} - ${usage}\n\nUSAGE:\n   ${line}\n\nOPTIONS:\n${flagLines(flags)}`;
}

/** What `crictl` alone says. */
export function programHelp(version: string, commands: readonly Command[], flags: readonly CliFlag[]): string {
  const names = commands.map(({ name, aliases = [] }) => [name, ...aliases].join(', '));
  const width = Math.max(...names.map((name) => name.length));
  const lines = commands.map(({ usage }, index) => `   ${names[index]!.padEnd(width)}  ${usage}\n`);
  return `NAME:
   crictl - client for CRI

USAGE:
   crictl [global options] command [command options]

VERSION:
   ${version}

COMMANDS:
${lines.join('')}
GLOBAL OPTIONS:
${flagLines(flags)}`;
}

function flagLines(own: readonly CliFlag[]): string {
  const flags = [...own, HELP_FLAG];
  const heads = flags.map(({ name, alias, takes }) => {
    const value = takes === undefined ? '' : ' value';
    return [`--${name}`, ...(alias === undefined ? [] : [`-${alias}`])].map((each) => each + value).join(', ');
  });
  const width = Math.max(0, ...heads.map((head) => head.length));
  return flags
    .map(({ usage, takes }, index) => {
      const otherwise = takes === undefined && index < own.length ? ' (default: false)' : '';
      return `   ${heads[index]!.padEnd(width)}  ${usage}${otherwise}\n`;
    })
    .join('');
}
