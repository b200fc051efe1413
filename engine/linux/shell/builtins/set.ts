import type { Task } from '../../../sim/index.ts';
import { print } from '../../stdio.ts';
import { ShellExit } from '../control.ts';
import { complain } from '../messages.ts';
import { quoteForShell } from '../quote.ts';
import { isBash, type Shell, type ShellOptions } from '../shell.ts';
import { type Builtin, textArguments } from './builtin.ts';

const LETTERS: Readonly<Record<string, keyof ShellOptions>> = {
  a: 'allexport',
  C: 'noclobber',
  e: 'errexit',
  f: 'noglob',
  H: 'histexpand',
  m: 'monitor',
  n: 'noexec',
  u: 'nounset',
  v: 'verbose',
  x: 'xtrace',
};

/** Options that exist and change nothing here. */
const ACCEPTED: ReadonlySet<string> = new Set(['h', 'B', 'b', 'E', 'T', 'P', 'k', 'p', 't']);
const ACCEPTED_NAMES: ReadonlySet<string> = new Set([
  'vi',
  'emacs',
  'posix',
  'hashall',
  'braceexpand',
  'history',
  'functrace',
  'errtrace',
  'physical',
  'notify',
  'nolog',
]);

/** Sets one option by letter; false for an unknown one. */
export function setLetter(options: ShellOptions, letter: string, on: boolean): boolean {
  const name = LETTERS[letter];
  if (name === undefined) return ACCEPTED.has(letter);
  options[name] = on;
  return true;
}

export function setNamed(options: ShellOptions, name: string, on: boolean): boolean {
  if (!(name in options)) return ACCEPTED_NAMES.has(name);
  options[name as keyof ShellOptions] = on;
  return true;
}

export const set: Builtin = {
  special: true,
  *run(shell, args) {
    const words = textArguments(args);
    if (words.length === 0) {
      yield* print(shell.process, listing(shell));
      return 0;
    }
    for (let at = 0; at < words.length; at++) {
      const word = words[at]!;
      if (word === '--' || word === '-') {
        if (word === '--' || at + 1 < words.length) shell.positional = words.slice(at + 1);
        return 0;
      }
      if (!/^[-+]./.test(word)) {
        shell.positional = words.slice(at);
        return 0;
      }
      const on = word.startsWith('-');
      for (const letter of word.slice(1)) {
        if (letter === 'o') {
          const name = words[at + 1];
          if (name === undefined) {
            yield* print(shell.process, optionListing(shell, on));
            return 0;
          }
          at += 1;
          const known = shell.dialect !== 'dash' || name !== 'pipefail';
          if (!known || !setNamed(shell.options, name, on)) return yield* invalid(shell, `-o ${name}`, name);
        } else if (!setLetter(shell.options, letter, on))
          return yield* invalid(shell, `${word[0]}${letter}`, undefined);
      }
    }
    return 0;
  },
};

function* invalid(shell: Shell, option: string, name: string | undefined): Task<number> {
  if (isBash(shell)) {
    yield* complain(shell, name === undefined ? `${option}: invalid option` : `${name}: invalid option name`, 'set');
    return 2;
  }
  yield* complain(shell, `${shell.dialect === 'dash' ? 'Illegal' : 'illegal'} option ${option}`, 'set');
  if (!shell.interactive) throw new ShellExit(2);
  return 2;
}

function listing(shell: Shell): string {
  let text = '';
  for (const name of shell.variables.names()) {
    const variable = shell.variables.get(name)!;
    if (variable.elements !== undefined || variable.entries !== undefined) {
      const pairs = shell.variables
        .keys(name)
        .map((key) => `[${key}]=${JSON.stringify(shell.variables.element(name, key))}`);
      text += `${name}=(${pairs.join(' ')})\n`;
    } else if (variable.value !== undefined) text += `${name}=${quoteForShell(variable.value, !isBash(shell))}\n`;
  }
  return text;
}

function optionListing(shell: Shell, readable: boolean): string {
  const options = Object.entries(shell.options)
    .filter(([name]) => name !== 'histexpand' || isBash(shell))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (!readable) return options.map(([name, on]) => `set ${on ? '-' : '+'}o ${name}\n`).join('');
  const head = isBash(shell) ? '' : 'Current option settings\n';
  const tab = isBash(shell) ? '\t' : '';
  return (
    head + options.map(([name, on]) => `${name.padEnd(isBash(shell) ? 15 : 16)}${tab}${on ? 'on' : 'off'}\n`).join('')
  );
}

export const shift: Builtin = {
  special: true,
  *run(shell, args) {
    const text = textArguments(args)[0] ?? '1';
    const count = Number(text);
    if (!/^\d+$/.test(text)) {
      yield* complain(shell, isBash(shell) ? `${text}: numeric argument required` : `Illegal number: ${text}`, 'shift');
      return isBash(shell) ? 1 : 2;
    }
    if (count > shell.positional.length) {
      if (isBash(shell)) return 1;
      if (shell.dialect === 'ash') return 1;
      yield* complain(shell, "can't shift that many", 'shift');
      throw new ShellExit(2);
    }
    shell.positional = shell.positional.slice(count);
    return 0;
  },
};

const SHOPTS = [
  'autocd',
  'dotglob',
  'expand_aliases',
  'extglob',
  'failglob',
  'globstar',
  'lastpipe',
  'nocaseglob',
  'nullglob',
];

export const shopt: Builtin = {
  *run(shell, args) {
    const words = textArguments(args);
    const names = words.filter((word) => !word.startsWith('-'));
    const unknown = names.find((name) => !SHOPTS.includes(name) && !/^[a-z_0-9]+$/.test(name));
    if (unknown !== undefined) {
      yield* complain(shell, `${unknown}: invalid shell option name`, 'shopt');
      return 1;
    }
    if (words.includes('-s')) shell.shopts = shell.shopts.union(new Set(names));
    else if (words.includes('-u')) shell.shopts = shell.shopts.difference(new Set(names));
    else if (!words.includes('-q')) {
      const shown = names.length > 0 ? names : SHOPTS;
      yield* print(
        shell.process,
        shown.map((name) => `${name.padEnd(15)}\t${shell.shopts.has(name) ? 'on' : 'off'}\n`).join(''),
      );
    }
    return words.includes('-s') || words.includes('-u') || names.every((name) => shell.shopts.has(name)) ? 0 : 1;
  },
};
