import { FlagError, type FlagSpecs, parseFlags } from '../../linux/programs/go/flags.ts';
import { print, printError } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import { CERTS } from './certs.ts';
import { type Command, KubeadmError, type KubeadmSurroundings, notHere } from './command.ts';
import { CONFIG } from './config.ts';
import { GLOBAL_FLAGS, helpText } from './help.ts';
import { INIT } from './init.ts';
import { KUBECONFIG } from './init-kubeconfigs.ts';
import { JOIN } from './join.ts';
import { RESET } from './reset.ts';
import { TOKEN } from './token.ts';
import { UPGRADE } from './upgrade/commands.ts';
import { VERSION } from './version.ts';

const KUBEADM: Command = {
  name: 'kubeadm',
  short: 'kubeadm: easily bootstrap a secure Kubernetes cluster',
  long: `    ┌──────────────────────────────────────────────────────────┐
    │ KUBEADM                                                  │
    │ Easily bootstrap a secure Kubernetes cluster             │
    │                                                          │
    │ Please give us feedback at:                              │
    │ https://github.com/kubernetes/kubeadm/issues             │
    └──────────────────────────────────────────────────────────┘

Example usage:

    Add a node to a cluster that is there:

    on its control plane:     kubeadm token create --print-join-command
    on the node that joins:   the command that this prints`,
  commands: [CERTS, CONFIG, INIT, JOIN, KUBECONFIG, RESET, TOKEN, UPGRADE, VERSION],
};

/**
 * `kubeadm`, which makes machines the nodes of a cluster.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/
 */
export function createKubeadm(surroundings: KubeadmSurroundings): Program {
  return function* (process) {
    try {
      const { path, command, words } = commandOf(process.argv.slice(1));
      if (isHelp(words) || (isBranch(command) && words.every((word) => word.startsWith('-')))) {
        yield* print(process, helpText(path, command));
        // A word that only leads to others is no command, unless it is the program itself.
        return isHelp(words) || path.length === 1 ? 0 : 1;
      }
      yield* run(process, surroundings, path, command, words);
      return 0;
    } catch (error) {
      const { message, exitCode } = asKubeadmError(error);
      yield* printError(
        process,
        `error: ${message}\nTo see the stack trace of this error execute with --v=5 or higher\n`,
      );
      return exitCode;
    }
  };
}

function* run(
  process: Process,
  surroundings: KubeadmSurroundings,
  path: readonly string[],
  command: Command,
  words: readonly string[],
) {
  const title = path.join(' ');
  if (command.missing !== undefined) throw notHere(command.missing);
  if (command.run === undefined) {
    const unknown = words.find((word) => !word.startsWith('-'));
    throw new KubeadmError(
      path.length === 1
        ? `unknown command ${JSON.stringify(unknown)} for "kubeadm"`
        : `invalid subcommand: ${JSON.stringify(unknown)}`,
    );
  }
  const flags = parseFlags(words, flagsOf(command));
  const { args } = flags;
  const { maxArgs = 0 } = command;
  if (args.length > maxArgs) {
    throw new KubeadmError(
      maxArgs === 0
        ? `unknown command ${JSON.stringify(args[0])} for ${JSON.stringify(title)}`
        : `accepts at most ${maxArgs} arg(s), received ${args.length}`,
    );
  }
  if (flags.bool('dry-run') && command.dryRun !== true) throw notHere('--dry-run');
  yield* command.run({ process, flags, args, surroundings });
}

function flagsOf(command: Command): FlagSpecs {
  return { ...GLOBAL_FLAGS, ...command.flags };
}

/** Whether a command does nothing but lead to others. */
function isBranch({ run: does, missing }: Command): boolean {
  return does === undefined && missing === undefined;
}

function isHelp(words: readonly string[]): boolean {
  return words.includes('--help') || words.includes('-h');
}

interface Found {
  /** `kubeadm token create` */
  readonly path: readonly string[];
  readonly command: Command;
  /** What is left of the line. */
  readonly words: readonly string[];
}

/** Follows the words down the tree: `kubeadm -v 5 token create` is `kubeadm token create -v 5`. */
function commandOf(line: readonly string[]): Found {
  const words = line[0] === 'help' ? [...line.slice(1), '--help'] : line;
  let command = KUBEADM;
  const path = ['kubeadm'];
  const rest: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const next = command.commands?.find(({ name }) => name === word);
    if (next !== undefined) {
      command = next;
      path.push(word);
    } else if (command.commands !== undefined && takesNext(word)) rest.push(word, ...words.slice(++index, index + 1));
    else rest.push(word);
  }
  return { path, command, words: rest };
}

function takesNext(word: string): boolean {
  return /^(-v|--v|--kubeconfig|--rootfs)$/.test(word);
}

function asKubeadmError(error: unknown): KubeadmError {
  if (error instanceof KubeadmError) return error;
  if (error instanceof FlagError) return new KubeadmError(error.message);
  throw error;
}
