import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import { readLineBytewise } from '../builtins/read-line.ts';
import { expandWords } from '../expand/word.ts';
import type { Shell } from '../shell.ts';
import type { Command, List } from '../syntax/tree.ts';

/** `select name in words`: a menu on standard error, an answer on standard input, until the input ends. */
export function* runSelect(
  shell: Shell,
  command: Extract<Command, { kind: 'select' }>,
  loopBody: (shell: Shell, body: List) => Task<boolean>,
): Task<number> {
  const words = command.words === undefined ? shell.positional : yield* expandWords(shell, command.words);
  let status = 0;
  let menu = true;
  for (;;) {
    if (menu) yield* printError(shell.process, words.map((word, at) => `${at + 1}) ${word}\n`).join(''));
    yield* printError(shell.process, shell.variables.value('PS3') ?? '#? ');
    const answer = yield* readLineBytewise(shell.process, 0);
    if (answer === undefined) {
      yield* printError(shell.process, '\n');
      break;
    }
    const reply = answer.text.trim();
    menu = reply === '';
    if (menu) continue;
    shell.variables.set('REPLY', reply);
    shell.variables.set(command.name, /^\d+$/.test(reply) ? (words[Number(reply) - 1] ?? '') : '');
    const more = yield* loopBody(shell, command.body);
    status = shell.status;
    if (!more) break;
  }
  shell.status = status;
  return status;
}
