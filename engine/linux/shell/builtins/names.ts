import type { Task } from '../../../sim/index.ts';
import { print } from '../../stdio.ts';
import { findProgram, searchPath, startProgram } from '../execute/program.ts';
import { complain } from '../messages.ts';
import { quoteForShell } from '../quote.ts';
import { isBash, type Shell } from '../shell.ts';
import { functionText } from '../syntax/function-text.ts';
import { type Builtin, parseOptions, textArguments } from './builtin.ts';

const RESERVED: ReadonlySet<string> = new Set(
  'if then else elif fi case esac for while until do done in function select time { } ! [['.split(' '),
);

type Meaning =
  | { readonly kind: 'alias'; readonly text: string }
  | { readonly kind: 'keyword' | 'function' | 'builtin' }
  | { readonly kind: 'file'; readonly path: string };

/** The builtins are handed in by their table: this file is a part of it. */
export function nameBuiltins(table: ReadonlyMap<string, Builtin>): Readonly<Record<string, Builtin>> {
  const meaning = (shell: Shell, name: string): Meaning | undefined => {
    const alias = shell.aliases.get(name);
    if (alias !== undefined) return { kind: 'alias', text: alias };
    if (RESERVED.has(name)) return { kind: 'keyword' };
    if (shell.functions.has(name)) return { kind: 'function' };
    if (table.has(name)) return { kind: 'builtin' };
    const path = name.includes('/')
      ? shell.process.access(name, 'execute')
        ? name
        : undefined
      : searchPath(shell, name);
    return path === undefined ? undefined : { kind: 'file', path };
  };

  const type: Builtin = {
    *run(shell, args) {
      const { flags, operands } = parseOptions(textArguments(args), 'tpaPf');
      let status = 0;
      for (const name of operands) {
        const found = meaning(shell, name);
        if (flags.has('t')) {
          if (found !== undefined) yield* print(shell.process, `${found.kind}\n`);
          else status = 1;
        } else if (flags.has('p') || flags.has('P')) {
          if (found?.kind === 'file') yield* print(shell.process, `${found.path}\n`);
          else if (found === undefined) status = 1;
        } else status = (yield* explain(shell, name, found, 'type')) || status;
      }
      return status;
    },
  };

  const command: Builtin = {
    *run(shell, args) {
      const { flags, operands } = parseOptions(textArguments(args), 'vVp');
      if (operands.length === 0) return 0;
      if (flags.has('V')) return yield* explain(shell, operands[0]!, meaning(shell, operands[0]!), 'command');
      if (flags.has('v')) return yield* locate(shell, isBash(shell) ? operands : operands.slice(0, 1), meaning);
      const builtin = table.get(operands[0]!);
      if (builtin === undefined) return yield* startProgram(shell, operands, []);
      const result = builtin.run(shell, operands.slice(1), operands[0]!);
      return typeof result === 'number' ? result : yield* result;
    },
  };

  const builtin: Builtin = {
    *run(shell, args) {
      const [name, ...rest] = textArguments(args);
      const found = name === undefined ? undefined : table.get(name);
      if (name === undefined) return 0;
      if (found === undefined) {
        yield* complain(shell, `${name}: not a shell builtin`, 'builtin');
        return 1;
      }
      const result = found.run(shell, rest, name);
      return typeof result === 'number' ? result : yield* result;
    },
  };
  return { type, command, builtin };
}

function* locate(
  shell: Shell,
  names: readonly string[],
  meaning: (shell: Shell, name: string) => Meaning | undefined,
): Task<number> {
  let status = isBash(shell) ? 1 : 0;
  for (const name of names) {
    const found = meaning(shell, name);
    if (found === undefined) {
      if (!isBash(shell)) status = 127;
      continue;
    }
    if (isBash(shell)) status = 0;
    const text = found.kind === 'alias' ? `alias ${name}='${found.text}'` : found.kind === 'file' ? found.path : name;
    yield* print(shell.process, `${text}\n`);
  }
  return status;
}

function* explain(shell: Shell, name: string, found: Meaning | undefined, builtin: string): Task<number> {
  const bash = isBash(shell);
  if (found === undefined) {
    if (bash) yield* complain(shell, `${name}: not found`, builtin);
    else yield* print(shell.process, `${name}: not found\n`);
    return bash ? 1 : 127;
  }
  const texts: Record<Exclude<Meaning['kind'], 'alias' | 'file'>, string> = {
    keyword: bash ? 'a shell keyword' : 'a shell keyword',
    function: bash ? 'a function' : shell.dialect === 'dash' ? 'a shell function' : 'a function',
    builtin: bash || !SPECIAL.has(name) ? 'a shell builtin' : 'a special shell builtin',
  };
  const text =
    found.kind === 'alias'
      ? bash
        ? `aliased to \`${found.text}'`
        : `an alias for ${found.text}`
      : found.kind === 'file'
        ? found.path
        : texts[found.kind];
  const source = bash && found.kind === 'function' ? shell.functions.get(name)?.source : undefined;
  yield* print(shell.process, `${name} is ${text}\n${source === undefined ? '' : functionText(name, source)}`);
  return 0;
}

const SPECIAL: ReadonlySet<string> = new Set(
  'break : . continue eval exec exit export readonly return set shift times trap unset'.split(' '),
);

export const hash: Builtin = {
  *run(shell, args) {
    const { flags, operands } = parseOptions(textArguments(args), 'r');
    if (flags.has('r')) shell.locations.paths.clear();
    let status = 0;
    for (const name of operands) {
      if (findProgram(shell, name) !== undefined) continue;
      yield* complain(shell, `${name}: not found`, 'hash');
      status = 1;
    }
    if (operands.length === 0 && !flags.has('r')) {
      for (const path of shell.locations.paths.values()) yield* print(shell.process, `${path}\n`);
    }
    return status;
  },
};

export const alias: Builtin = {
  *run(shell, args) {
    const words = textArguments(args);
    const show = (name: string, text: string) =>
      `${isBash(shell) ? 'alias ' : ''}${name}=${quoteForShell(text, true)}\n`;
    if (words.length === 0) {
      for (const [name, text] of [...shell.aliases].sort()) yield* print(shell.process, show(name, text));
      return 0;
    }
    let status = 0;
    for (const word of words) {
      if (typeof word !== 'string') continue;
      const equals = word.indexOf('=');
      if (equals > 0) shell.aliases.set(word.slice(0, equals), word.slice(equals + 1));
      else {
        const text = shell.aliases.get(word);
        if (text === undefined) {
          yield* complain(shell, `${word}${isBash(shell) ? ': not found' : ' not found'}`, 'alias');
          status = 1;
        } else yield* print(shell.process, show(word, text));
      }
    }
    return status;
  },
};

export const unalias: Builtin = {
  *run(shell, args) {
    const words = textArguments(args);
    if (words[0] === '-a') {
      shell.aliases.clear();
      return 0;
    }
    let status = 0;
    for (const word of words) {
      if (shell.aliases.delete(word)) continue;
      yield* complain(shell, `${word}: not found`, 'unalias');
      status = 1;
    }
    return status;
  },
};
