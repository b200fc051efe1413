import { print } from '../../stdio.ts';
import { complain } from '../messages.ts';
import { quoteForShell } from '../quote.ts';
import { isBash } from '../shell.ts';
import { SHELL_CONDITIONS, signalNamed } from '../traps.ts';
import { type Builtin, textArguments } from './builtin.ts';

export const trap: Builtin = {
  special: true,
  *run(shell, args) {
    let words = textArguments(args);
    if (words[0] === '--') words = words.slice(1);
    if (words.length === 0 || words[0] === '-p') {
      const prefix = isBash(shell) ? 'SIG' : '';
      const lines = [...shell.traps].map(
        ([name, action]) =>
          `trap -- ${quoteForShell(action, true)} ${SHELL_CONDITIONS.has(name) ? name : prefix + name}\n`,
      );
      yield* print(shell.process, lines.join(''));
      return 0;
    }
    // `trap INT` and `trap 2` reset, as `trap - INT` does.
    const single = words.length === 1 || /^\d+$/.test(words[0]!);
    const action = single ? '-' : words[0]!;
    let status = 0;
    for (const word of single ? words : words.slice(1)) {
      const signal = signalNamed(word);
      if (signal === undefined) {
        if (SHELL_CONDITIONS.has(word) && isBash(shell)) {
          if (action === '-') shell.traps.delete(word);
          else shell.traps.set(word, action);
          continue;
        }
        yield* complain(
          shell,
          isBash(shell)
            ? `${word}: invalid signal specification`
            : shell.dialect === 'dash'
              ? `${word}: bad trap`
              : `${word}: invalid signal specification`,
          'trap',
        );
        status = 1;
        continue;
      }
      if (action === '-') shell.traps.delete(signal);
      else shell.traps.set(signal, action);
      if (signal === 'EXIT' || signal === 'KILL' || signal === 'STOP') continue;
      const idle = shell.interactive && signal === 'INT' ? 'catch' : 'default';
      shell.process.setSignalAction(signal, action === '-' ? idle : action === '' ? 'ignore' : 'catch');
    }
    return status;
  },
};
