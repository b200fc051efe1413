import type { Task } from '../../../sim/index.ts';
import { ShellFault } from '../control.ts';
import { isBash, type Shell } from '../shell.ts';
import type { ParameterSegment, Word } from '../syntax/tree.ts';
import { arithmeticValue, calculateText } from './arithmetic.ts';
import type { WordExpansions } from './expansions.ts';
import { applyToEach } from './parameter-operation.ts';
import { charactersOf } from './pattern.ts';

/** One text, several fields (`$@`), or the word of `${x:-word}`, which is expanded in its own place. */
export type ParameterValue = string | readonly string[] | { readonly operand: Word };

export function* expandParameter(
  shell: Shell,
  segment: ParameterSegment,
  expansions: WordExpansions,
): Task<ParameterValue> {
  const { operation } = segment;
  // The plain `$x` that most of them are.
  if (operation === undefined && segment.index === undefined && !segment.length && !segment.indirect) {
    const values = lookUp(shell, segment.name, undefined);
    if (values === undefined) return unset(shell, segment);
    return typeof values === 'string' ? values : fields(shell, values, segment.name === '@', segment.quoted);
  }
  if (operation?.kind === 'bad') {
    const message = isBash(shell) || shell.dialect === 'dash' ? 'bad substitution' : 'syntax error: bad substitution';
    throw new ShellFault(
      isBash(shell)
        ? `${segment.source}: ${message}`
        : `${message === 'bad substitution' ? 'Bad substitution' : message}`,
      isBash(shell) ? 1 : 2,
      isBash(shell),
    );
  }
  if (operation?.kind === 'names') {
    const names = shell.variables.names().filter((name) => name.startsWith(segment.name));
    return fields(shell, names, operation.operator === '@', segment.quoted);
  }
  const all = segment.index?.literal ?? (segment.index === undefined ? undefined : starOf(segment.index));
  const every = all === '@' || all === '*';
  if (segment.indirect && every) return fields(shell, shell.variables.keys(segment.name), all === '@', segment.quoted);

  let name = segment.name;
  let key = segment.index === undefined || every ? undefined : yield* keyText(shell, name, segment.index, expansions);
  let values: string | readonly string[] | undefined = every ? shell.variables.values(name) : lookUp(shell, name, key);
  let asList = name === '@' || all === '@';
  const reference = segment.indirect ? shell.variables.referenceOf(name) : undefined;
  if (reference !== undefined) return reference;
  if (segment.indirect) {
    ({ name, key } = splitReference(typeof values === 'string' ? values : ''));
    asList = name === '@' || key === '@';
    values = key === '@' || key === '*' ? shell.variables.values(name) : lookUp(shell, name, key);
  }
  if (segment.length) return lengthOf(shell, segment, values);
  if (operation === undefined) {
    if (values === undefined) return unset(shell, segment);
    return typeof values === 'string' ? values : fields(shell, values, asList, segment.quoted);
  }
  if (operation.kind === 'default')
    return yield* withDefault(shell, segment, operation, values, asList, name, key, expansions);
  if (operation.kind === 'slice') {
    const offset = Number(yield* arithmeticValue(shell, operation.offset, expansions));
    const length =
      operation.length === undefined ? undefined : Number(yield* arithmeticValue(shell, operation.length, expansions));
    if (values === undefined) return unset(shell, segment);
    if (typeof values === 'string') return sliceText(values, offset, length, segment);
    return fields(shell, sliceList(shell, name, values, offset, length), asList, segment.quoted);
  }
  if (values === undefined) {
    if (operation.kind === 'transform') return '';
    return unset(shell, segment);
  }
  const list = typeof values === 'string' ? [values] : values;
  const results = yield* applyToEach(shell, operation, list, expansions, shell.variables.get(name));
  return typeof values === 'string' ? results[0]! : fields(shell, results, asList, segment.quoted);
}

/** `${a["@"]}` is not all of the array, `${a[@]}` is: only bare text counts. */
function starOf(index: Word): string | undefined {
  const only = index.segments.length === 1 ? index.segments[0] : undefined;
  return only?.kind === 'text' && !only.quoted ? only.text : undefined;
}

function fields(shell: Shell, values: readonly string[], asList: boolean, quoted: boolean): ParameterValue {
  if (asList || !quoted) return values;
  return values.join((shell.variables.value('IFS') ?? ' ').slice(0, 1));
}

/** The value of a parameter or element, all positional parameters, or undefined when it is not set. */
function lookUp(shell: Shell, name: string, key: string | undefined): string | readonly string[] | undefined {
  if (key !== undefined) return shell.variables.element(name, key);
  const first = name.charCodeAt(0);
  if (first > 57 || first === 36 || first < 48) {
    if (name.length === 1) {
      const special = specialParameter(shell, name);
      if (special !== null) return special;
    }
    return shell.variables.value(name);
  }
  return name === '0' ? shell.name : shell.positional[Number(name) - 1];
}

function specialParameter(shell: Shell, name: string): string | readonly string[] | undefined | null {
  switch (name) {
    case '@':
    case '*':
      return shell.positional;
    case '#':
      return String(shell.positional.length);
    case '?':
      return String(shell.status);
    case '$':
      return String(shell.shellPid);
    case '!':
      return shell.lastBackgroundPid === undefined ? undefined : String(shell.lastBackgroundPid);
    case '-':
      return optionLetters(shell);
    case '_':
      return shell.lastArgument;
    default:
      return null;
  }
}

function optionLetters(shell: Shell): string {
  const { options } = shell;
  let letters = isBash(shell) ? 'h' : '';
  if (options.allexport) letters = `a${letters}`;
  if (options.errexit) letters = `e${letters}`;
  if (options.noglob) letters = `f${letters}`;
  if (shell.interactive) letters += 'i';
  if (options.monitor) letters += 'm';
  if (options.nounset) letters += 'u';
  if (options.verbose) letters += 'v';
  if (options.xtrace) letters += 'x';
  if (isBash(shell)) letters += 'B';
  if (options.noclobber) letters += 'C';
  if (options.histexpand) letters += 'H';
  if (shell.mode === 'command' && isBash(shell)) letters += 'c';
  if (shell.mode === 'stdin' || shell.mode === 'interactive') letters += 's';
  return letters;
}

function* keyText(shell: Shell, name: string, index: Word, expansions: WordExpansions): Task<string> {
  const text = yield* expansions.text(shell, index);
  if (shell.variables.get(name)?.entries !== undefined) return text;
  return calculateText(shell, text).toString();
}

function unset(shell: Shell, segment: ParameterSegment): string {
  if (!shell.options.nounset || segment.name === '@' || segment.name === '*') return '';
  const name = segment.index === undefined ? segment.name : segment.source.replace(/^\$\{|\}$/g, '');
  if (isBash(shell))
    throw new ShellFault(`${/^\d/.test(name) ? '$' : ''}${name}: unbound variable`, fatalStatus(shell));
  throw new ShellFault(`${name}: parameter not set`, 2);
}

/** What bash exits with over an unset variable: 127 from `-c`, else 1. */
function fatalStatus(shell: Shell): number {
  return shell.mode === 'command' && !shell.isSubshell ? 127 : 1;
}

function lengthOf(shell: Shell, segment: ParameterSegment, values: string | readonly string[] | undefined): string {
  if (values === undefined) {
    unset(shell, segment);
    return '0';
  }
  if (typeof values === 'string') return String(charactersOf(values).length);
  if (isBash(shell)) return String(values.length);
  // POSIX leaves `${#*}` open: to dash and ash it is the length of what `$*` is.
  return String(charactersOf(values.join((shell.variables.value('IFS') ?? ' ').slice(0, 1))).length);
}

/** `name` or `name[key]`, as the value of a `${!reference}`. */
function splitReference(reference: string): { name: string; key: string | undefined } {
  const match = /^([^[]*)\[(.*)\]$/.exec(reference);
  return match === null ? { name: reference, key: undefined } : { name: match[1]!, key: match[2]! };
}

function* withDefault(
  shell: Shell,
  segment: ParameterSegment,
  operation: { readonly operator: string; readonly operand: Word },
  values: string | readonly string[] | undefined,
  asList: boolean,
  name: string,
  key: string | undefined,
  expansions: WordExpansions,
): Task<ParameterValue> {
  const empty =
    values === undefined ||
    (typeof values === 'string' ? values === '' : values.length === 0 || (values.length === 1 && values[0] === ''));
  const isUnset = values === undefined || (typeof values !== 'string' && values.length === 0);
  const missing = operation.operator.startsWith(':') ? empty : isUnset;
  const action = operation.operator.at(-1);
  if (action === '+') return missing ? '' : { operand: operation.operand };
  if (!missing) return typeof values === 'string' ? values : fields(shell, values!, asList, segment.quoted);
  if (action === '-') return { operand: operation.operand };
  const text = yield* expansions.text(shell, operation.operand);
  if (action === '?') {
    const fallback =
      operation.operator.startsWith(':') && !isBash(shell)
        ? 'parameter not set or null'
        : isBash(shell)
          ? 'parameter null or not set'
          : 'parameter not set';
    throw new ShellFault(
      `${segment.name}: ${text === '' ? (isBash(shell) && operation.operator === '?' ? 'parameter not set' : fallback) : text}`,
      isBash(shell) ? fatalStatus(shell) : 2,
    );
  }
  if (!/^[A-Za-z_]/.test(name)) throw new ShellFault(`$${name}: cannot assign in this way`, isBash(shell) ? 1 : 2);
  if (key === undefined) shell.variables.set(name, text);
  else shell.variables.setElement(name, key, text);
  return text;
}

function sliceText(value: string, offset: number, length: number | undefined, segment: ParameterSegment): string {
  const characters = charactersOf(value);
  const from = offset < 0 ? characters.length + offset : offset;
  if (from < 0 || from > characters.length) return '';
  let to = characters.length;
  if (length !== undefined) to = length < 0 ? characters.length + length : from + length;
  if (to < from)
    throw new ShellFault(`${segment.source.split(':').at(-1)?.replace(/\}$/, '')}: substring expression < 0`, 1, true);
  const slice = characters.slice(from, to);
  return typeof slice === 'string' ? slice : slice.join('');
}

function sliceList(
  shell: Shell,
  name: string,
  values: readonly string[],
  offset: number,
  length: number | undefined,
): string[] {
  // `${@:0}` begins with $0.
  const list = name === '@' || name === '*' ? [shell.name, ...values] : values;
  const from = offset < 0 ? list.length + offset : offset;
  if (from < 0) return [];
  return list.slice(from, length === undefined ? undefined : from + Math.max(0, length));
}
