import type { Task } from '../../../sim/index.ts';
import { print, printError } from '../../stdio.ts';
import type { Process, Program } from '../../syscalls.ts';
import { pi } from './pi.ts';

// Of the language Perl there is what one-liners print: statements `print LIST` and `sleep N` of strings, numbers and
// bignum's `bpi(N)`. All else is refused in a sentence. https://perldoc.perl.org/bignum

/** The most digits of pi that one may ask for: their cost grows with the square. */
const MOST_DIGITS = 20_000;
/** CPU that a digit of pi takes. */
const DIGIT_MS = 1.5;

const STATEMENT = /^(print|say|sleep)\b\s*(.*)$/s;
const ITEM = /^\s*(?:"((?:[^"\\$@]|\\.)*)"|'([^']*)'|(\d+(?:\.\d+)?)|bpi\(\s*(\d+)\s*\))\s*(?:,|\.(?!\d)|$)/;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '0': '\0' };

interface Options {
  readonly lineEnds: boolean;
  readonly bignum: boolean;
}

export const perl: Program = function* (process) {
  const words = process.argv.slice(1);
  let script: string | undefined;
  let lineEnds = false;
  let bignum = false;
  while (script === undefined && words[0]?.startsWith('-')) {
    const word = words.shift()!;
    if (word === '-v') {
      yield* print(process, 'This is perl 5, version 34, subversion 0 (v5.34.0) built for x86_64-linux-gnu\n');
      return 0;
    }
    const [, module, letters = ''] = /^-(?:M(.*)|([lweE]+))$/.exec(word) ?? [];
    if (module !== undefined) {
      if (!/^(bignum|bigint)(=bpi)?$/.test(module)) return yield* refuse(process, `the module ${module}`);
      bignum = true;
      continue;
    }
    if (letters === '') return yield* refuse(process, `the option ${word}`);
    lineEnds ||= letters.includes('l');
    if (/e/i.test(letters)) script = words.shift();
  }
  if (script === undefined) return yield* refuse(process, 'programs other than those after -e');
  for (const statement of script.split(/;\s*(?=print|say|sleep|$)/)) {
    if (statement.trim() === '') continue;
    const exitCode = yield* carryOut(process, statement.trim(), { lineEnds, bignum });
    if (exitCode !== 0) return exitCode;
  }
  return 0;
};

function* carryOut(process: Process, statement: string, { lineEnds, bignum }: Options): Task<number> {
  const [, verb, list = ''] = STATEMENT.exec(statement) ?? [];
  if (verb === undefined) return yield* refuse(process, statement);
  const values: string[] = [];
  let rest = /^bpi\(|^[^(]/.test(list) ? list : list.replace(/^\((.*)\)$/s, '$1');
  while (rest.trim() !== '') {
    const item = ITEM.exec(rest);
    if (item === null) return yield* refuse(process, rest.trim());
    const [whole, double, single, number, digits] = item;
    rest = rest.slice(whole.length);
    if (digits === undefined) {
      values.push(double?.replace(/\\(.)/gs, (_, letter: string) => ESCAPES[letter] ?? letter) ?? single ?? number!);
      continue;
    }
    if (!bignum) {
      yield* printError(process, 'Undefined subroutine &main::bpi called at -e line 1.\n');
      return 255;
    }
    if (Number(digits) < 1 || Number(digits) > MOST_DIGITS) return yield* refuse(process, `bpi(${digits})`);
    yield* process.computeFor(Number(digits) * DIGIT_MS);
    values.push(pi(Number(digits)));
  }
  if (verb === 'sleep') yield* process.sleep(Number(values[0] ?? 0) * 1000);
  else yield* print(process, `${values.join('')}${lineEnds || verb === 'say' ? '\n' : ''}`);
  return 0;
}

function* refuse(process: Process, what: string): Task<number> {
  yield* printError(
    process,
    `perl: ${what} is not part of this simulation: only print, say and sleep of texts, numbers and bpi(N)\n`,
  );
  return 255;
}
