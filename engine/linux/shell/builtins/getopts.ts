import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import { complain } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import { type Builtin, textArguments } from './builtin.ts';

export const getopts: Builtin = {
  *run(shell, args) {
    const [specification, variable, ...given] = textArguments(args);
    if (specification === undefined || variable === undefined) {
      yield* complain(shell, 'usage: getopts optstring name [arg ...]', 'getopts');
      return 2;
    }
    const list = given.length > 0 ? given : shell.positional;
    const silent = specification.startsWith(':');
    let offset = shell.getoptsOffset;
    // dash and ash count a word as soon as its first letter has been looked at.
    const early = isBash(shell) ? 0 : 1;
    let index = Math.max(1, (Number(shell.variables.value('OPTIND') ?? '1') || 1) - (offset > 0 ? early : 0));
    const word = list[index - 1];
    const done = offset === 0 && (word === undefined || !word.startsWith('-') || word === '-' || word === '--');
    if (done || word === undefined) {
      shell.getoptsOffset = 0;
      shell.variables.set('OPTIND', String(word === '--' ? index + 1 : index));
      shell.variables.set(variable, '?');
      shell.variables.unset('OPTARG');
      return 1;
    }
    if (offset === 0) offset = 1;
    const letter = word[offset]!;
    const at = letter === ':' ? -1 : specification.indexOf(letter);
    const takesValue = at >= 0 && specification[at + 1] === ':';
    offset += 1;
    let value: string | undefined;
    let result = letter;
    let message: string | undefined;
    if (at < 0) {
      result = '?';
      if (silent) value = letter;
      else message = isBash(shell) ? `illegal option -- ${letter}` : `Illegal option -${letter}`;
    } else if (takesValue) {
      if (offset < word.length) value = word.slice(offset);
      else if (index < list.length) {
        index += 1;
        value = list[index - 1]!;
      } else {
        result = silent ? ':' : '?';
        if (silent) value = letter;
        else message = isBash(shell) ? `option requires an argument -- ${letter}` : `No arg for -${letter} option`;
      }
      offset = word.length;
    }
    if (offset >= word.length) {
      index += 1;
      offset = 0;
    }
    shell.getoptsOffset = offset;
    shell.variables.set('OPTIND', String(index + (offset > 0 ? early : 0)));
    shell.variables.set(variable, result);
    if (value === undefined && isBash(shell)) shell.variables.unset('OPTARG');
    else if (value === undefined) shell.variables.set('OPTARG', '');
    else shell.variables.set('OPTARG', value);
    if (message !== undefined && shell.variables.value('OPTERR') !== '0') {
      if (isBash(shell)) yield* printGetoptsError(shell, message);
      else if (shell.dialect === 'dash') yield* printBare(shell, message);
      else yield* complain(shell, message.replace('Illegal', 'illegal'));
    }
    return 0;
  },
};

function* printGetoptsError(shell: Shell, message: string): Task<void> {
  yield* printError(shell.process, `${shell.name}: ${message}\n`);
}

function* printBare(shell: Shell, message: string): Task<void> {
  yield* printError(shell.process, `${message}\n`);
}
