import type { Command } from '../command.ts';
import { CommandError } from '../command-error.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

/**
 * The real command prints a script of some hundred lines that asks `kubectl __complete`. The workstation's bash completes
 * kubectl by itself, so the script for it has nothing to do; the other shells are not there.
 */
export const completion: Command = {
  name: 'completion',
  summary: 'Output shell completion code for the specified shell (bash, zsh, fish, or powershell)',
  section: 'Settings Commands',
  usage: 'completion SHELL',
  operand: 'none',
  *run(invocation) {
    const { args, streams } = invocation;
    const [shell] = args;
    if (shell === undefined) throw invocation.usageError('Shell not specified.');
    if (args.length > 1) throw invocation.usageError('Too many arguments. Expected only the shell type.');
    if (!SHELLS.includes(shell)) throw invocation.usageError(`Unsupported shell type ${JSON.stringify(shell)}.`);
    if (shell !== 'bash') throw new CommandError(`this machine has no ${shell}; its bash completes kubectl by itself`);
    streams.out('# bash completion for kubectl is built into this shell\n');
    return 0;
  },
};
