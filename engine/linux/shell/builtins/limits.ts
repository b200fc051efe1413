import { print } from '../../stdio.ts';
import type { Process } from '../../syscalls.ts';
import { calculateText } from '../expand/arithmetic.ts';
import { complain } from '../messages.ts';
import { isBash } from '../shell.ts';
import { type Builtin, parseOptions, textArguments } from './builtin.ts';

export const umask: Builtin = {
  *run(shell, args) {
    const { flags, operands } = parseOptions(textArguments(args), 'S');
    const text = operands[0];
    if (text !== undefined) {
      const mask = maskOf(text, shell.process);
      if (mask === undefined) {
        yield* complain(shell, isBash(shell) ? `${text}: octal number out of range` : `illegal mode: ${text}`, 'umask');
        return 1;
      }
      shell.process.umask(mask);
      return 0;
    }
    const mask = shell.process.umask(0);
    shell.process.umask(mask);
    const letters = (bits: number) => `${bits & 4 ? '' : 'r'}${bits & 2 ? '' : 'w'}${bits & 1 ? '' : 'x'}`;
    const symbolic = `u=${letters(mask >> 6)},g=${letters(mask >> 3)},o=${letters(mask)}`;
    yield* print(shell.process, flags.has('S') ? `${symbolic}\n` : `${mask.toString(8).padStart(4, '0')}\n`);
    return 0;
  },
};

/** A mask in octal, or from the modes that it is to let through: `u=rwx,g=,o=`. */
function maskOf(text: string, process: Process): number | undefined {
  if (/^[0-7]{1,4}$/.test(text)) return Number.parseInt(text, 8);
  const before = process.umask(0);
  process.umask(before);
  let mode = ~before & 0o777;
  for (const clause of text.split(',')) {
    const [, who, operator, letters = ''] = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause) ?? [];
    if (who === undefined) return undefined;
    const classes = (who === '' || who.includes('a') ? 'ugo' : who).split('');
    const all = classes.reduce((bits, each) => bits | (7 << CLASS_SHIFTS[each]!), 0);
    const given = [...letters].reduce((bits, letter) => bits | MODE_BITS[letter]!, 0) & all;
    if (operator === '-') mode &= ~given;
    else mode = operator === '=' ? (mode & ~all) | given : mode | given;
  }
  return ~mode & 0o777;
}

const CLASS_SHIFTS: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 };
const MODE_BITS: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111 };

export const times: Builtin = {
  special: true,
  *run(shell) {
    const zero = isBash(shell)
      ? '0m0.000s 0m0.000s\n'
      : shell.dialect === 'dash'
        ? '0m0.000000s 0m0.000000s\n'
        : '0m0.00s 0m0.00s\n';
    yield* print(shell.process, zero + zero);
    return 0;
  },
};

/** Limits are the control group's business here: they are shown and may be set, but nothing comes of it. */
export const ulimit: Builtin = {
  *run(shell, args) {
    const { flags, operands } = parseOptions(textArguments(args), 'HSacdefilmnpqrstuvx');
    if (operands.length > 0) return 0;
    yield* print(
      shell.process,
      flags.has('n') ? '1048576\n' : flags.has('c') ? '0\n' : flags.has('s') ? '8192\n' : 'unlimited\n',
    );
    return 0;
  },
};

export const letCommand: Builtin = {
  *run(shell, args) {
    const words = textArguments(args);
    if (words.length === 0) {
      yield* complain(shell, 'expression expected', 'let');
      return 1;
    }
    let value = 0n;
    for (const word of words) value = calculateText(shell, word);
    return value === 0n ? 1 : 0;
  },
};
