import type { Task } from '../../../sim/index.ts';
import { print } from '../../stdio.ts';
import { complain } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import { type Builtin, parseOptions, textArguments } from './builtin.ts';
import { echoText } from './echo.ts';
import { printfText } from './printf.ts';
import { ASH_TEST_WORDS, BASH_TEST_WORDS, DASH_TEST_WORDS, evaluateTestArguments, TestFault } from './test.ts';

export const echo: Builtin = {
  *run(shell, args) {
    yield* print(shell.process, echoText(textArguments(args), shell.dialect === 'dash'));
    return 0;
  },
};

export const printf: Builtin = {
  *run(shell, args) {
    let words = textArguments(args);
    let variable: string | undefined;
    if (words[0] === '-v' && isBash(shell)) {
      const options = parseOptions(words, 'v:');
      variable = options.values.get('v');
      words = options.operands;
    } else if (words[0] === '--') words = words.slice(1);
    if (words.length === 0) {
      yield* complain(
        shell,
        isBash(shell) ? 'usage: printf [-v var] format [arguments]' : 'usage: printf format [arg ...]',
        'printf',
      );
      return 2;
    }
    const { text, warnings } = printfText(words[0]!, words.slice(1), isBash(shell) ? shell.process.now() : undefined);
    if (variable === undefined) yield* print(shell.process, text);
    else shell.variables.set(variable, text);
    for (const warning of warnings)
      yield* complain(
        shell,
        isBash(shell) ? warning : `invalid number '${warning.replace(/: invalid number$/, '')}'`,
        'printf',
      );
    return warnings.length === 0 ? 0 : 1;
  },
};

export const test: Builtin = {
  run(shell, args, name) {
    let words = textArguments(args);
    if (name === '[') {
      if (words.at(-1) !== ']') return complainTest(shell, isBash(shell) ? "missing `]'" : 'missing ]', name);
      words = words.slice(0, -1);
    }
    try {
      const dialect = isBash(shell) ? BASH_TEST_WORDS : shell.dialect === 'dash' ? DASH_TEST_WORDS : ASH_TEST_WORDS;
      return evaluateTestArguments(shell.process, words, dialect) ? 0 : 1;
    } catch (error) {
      if (error instanceof TestFault) return complainTest(shell, error.message, name);
      throw error;
    }
  },
};

function* complainTest(shell: Shell, message: string, name: string): Task<number> {
  // Busybox's test does not know that it is a builtin: it names itself only by the shell.
  yield* complain(shell, shell.dialect === 'ash' ? message : message, shell.dialect === 'ash' ? undefined : name);
  return 2;
}
