import { complain } from '../messages.ts';
import type { Completer, Shell } from '../shell.ts';
import { type Builtin, parseOptions, textArguments } from './builtin.ts';

/** What the script of `kubectl completion bash` calls the function that completes its words. */
const STARTER = /^__start_(.+)$/;

/**
 * Says whose words Tab offers after a command. `-F` takes the functions that programs' own scripts define, which this shell has
 * built in; functions of the learner's own are not called.
 * https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion-Builtins.html
 */
export const complete: Builtin = {
  *run(shell, args) {
    const { values, operands, bad } = parseOptions(textArguments(args), 'o:F:W:');
    if (bad !== undefined || operands.length === 0) {
      yield* complain(shell, 'only -F function, -W words and -o option before names are simulated', 'complete');
      return 2;
    }
    const completer = completerOf(shell, values);
    if (completer === undefined) {
      yield* complain(shell, 'only functions of programs, such as __start_kubectl, complete words here', 'complete');
      return 1;
    }
    shell.completers = { ...shell.completers, ...Object.fromEntries(operands.map((name) => [name, completer])) };
    return 0;
  },
};

function completerOf({ completers }: Shell, options: ReadonlyMap<string, string>): Completer | undefined {
  const words = options.get('W')?.split(/\s+/);
  if (words !== undefined) return () => words;
  const program = STARTER.exec(options.get('F') ?? '')?.[1];
  return program !== undefined && Object.hasOwn(completers, program) ? completers[program] : undefined;
}
