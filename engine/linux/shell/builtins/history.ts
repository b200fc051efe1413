import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { decode, print } from '../../stdio.ts';
import { expandHistory } from '../history/expansion.ts';
import { emptyMemory, HistoryError } from '../history/memory.ts';
import { complain } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import { type Builtin, textArguments } from './builtin.ts';

/** Lists earlier lines, or changes what is remembered. https://www.gnu.org/software/bash/manual/html_node/Bash-History-Builtins.html */
export const history: Builtin = {
  *run(shell, args) {
    const words = textArguments(args);
    const [option, ...rest] = words;
    const run = option === undefined ? undefined : (OPTIONS[option] ?? attached(option));
    if (run !== undefined && isBash(shell)) return yield* run(shell, rest);
    if (option?.startsWith('-')) return yield* refuse(shell, `${option}: invalid option\n${USAGE}`, 2);
    if (option !== undefined && !/^\d+$/.test(option))
      return yield* refuse(shell, `${option}: numeric argument required`);
    const first = Math.max(0, shell.history.length - Number(option ?? shell.history.length));
    const lines = shell.history.slice(first).map((line, at) => `${String(first + at + 1).padStart(5)}  ${line}\n`);
    yield* print(shell.process, lines.join(''));
    return 0;
  },
};

const USAGE = 'history: usage: history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]';

type Run = (shell: Shell, words: readonly string[]) => Task<number>;

const OPTIONS: Readonly<Record<string, Run>> = {
  *'-c'(shell) {
    shell.history.length = 0;
    return 0;
  },
  *'-d'(shell, [offset]) {
    if (offset === undefined) return yield* refuse(shell, `-d: option requires an argument\n${USAGE}`, 2);
    return yield* forget(shell, offset);
  },
  *'-p'(shell, words) {
    withdraw(shell);
    for (const word of words) {
      try {
        const context = { history: shell.history, memory: emptyMemory(), extglob: shell.shopts.has('extglob') };
        yield* print(shell.process, `${expandHistory(word, context).text}\n`);
      } catch (error) {
        if (!(error instanceof HistoryError)) throw error;
        return yield* refuse(shell, `${word}: history expansion failed`);
      }
    }
    return 0;
  },
  *'-s'(shell, words) {
    withdraw(shell);
    if (words.length > 0) shell.history.push(words.join(' '));
    return 0;
  },
  *'-w'(shell, [path = historyFile(shell)]) {
    return succeeds(() => shell.process.writeFile(path, shell.history.map((line) => `${line}\n`).join('')));
  },
  *'-r'(shell, [path = historyFile(shell)]) {
    return succeeds(() => {
      const lines = decode(shell.process.readFile(path)).split('\n');
      shell.history.push(...lines.filter((line) => line !== ''));
    });
  },
};

/** `-d5` */
function attached(option: string): Run | undefined {
  const offset = /^-d(.+)$/.exec(option)?.[1];
  return offset === undefined ? undefined : (shell) => forget(shell, offset);
}

/** @param offset a number, one counted from the end, or a range of them */
function* forget(shell: Shell, offset: string): Task<number> {
  const { history } = shell;
  const match = /^(-?\d+)(?:-(-?\d+))?$/.exec(offset);
  if (match === null) return yield* refuse(shell, `${offset}: history position out of range`);
  const place = (text: string) => (text.startsWith('-') ? history.length + Number(text) : Number(text) - 1);
  const first = place(match[1]!);
  const last = match[2] === undefined ? first : place(match[2]);
  if (first < 0 || last >= history.length || first > last)
    return yield* refuse(shell, `${offset}: history position out of range`);
  history.splice(first, last - first + 1);
  return 0;
}

/** `history -p` and `history -s` are not remembered themselves. */
function withdraw(shell: Shell): void {
  if (shell.interactive && /^\s*history\s+-[ps]/.test(shell.history.at(-1) ?? '')) shell.history.pop();
}

function historyFile(shell: Shell): string {
  return shell.variables.value('HISTFILE') ?? `${shell.variables.value('HOME') ?? ''}/.bash_history`;
}

/** What fails is not told, as bash does not tell it. */
function succeeds(run: () => void): number {
  try {
    run();
    return 0;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    return 1;
  }
}

function* refuse(shell: Shell, message: string, status = 1): Task<number> {
  yield* complain(shell, message, 'history');
  return status;
}
