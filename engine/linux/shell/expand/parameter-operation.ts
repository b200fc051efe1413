import type { Task } from '../../../sim/index.ts';
import { ShellFault } from '../control.ts';
import { quoteForShell } from '../quote.ts';
import { patternOf, type Shell } from '../shell.ts';
import type { ParameterOperation } from '../syntax/tree.ts';
import type { Variable } from '../variables.ts';
import type { WordExpansions } from './expansions.ts';
import { charactersOf, type Pattern } from './pattern.ts';

type Transformation = Extract<ParameterOperation, { kind: 'remove' | 'replace' | 'case' | 'transform' }>;

/** Applies `${x#…}`, `${x/…}`, `${x^}` and the like to each value. */
export function* applyToEach(
  shell: Shell,
  operation: ParameterOperation,
  values: readonly string[],
  expansions: WordExpansions,
  variable: Variable | undefined,
): Task<string[]> {
  const { kind } = operation as Transformation;
  if (kind === 'transform')
    return values.map((value) =>
      transform(value, (operation as Transformation & { kind: 'transform' }).operator, variable),
    );
  if (operation.kind === 'case') {
    const text = operation.pattern === undefined ? '?' : yield* expansions.pattern(shell, operation.pattern);
    const pattern = patternOf(shell, text === '' ? '?' : text);
    return values.map((value) => changeCase(value, operation.operator, pattern));
  }
  if (operation.kind === 'remove') {
    const pattern = patternOf(shell, yield* expansions.pattern(shell, operation.pattern));
    return values.map((value) => remove(value, operation.operator, pattern));
  }
  if (operation.kind !== 'replace') throw new TypeError(`not a transformation: ${operation.kind}`);
  const text = yield* expansions.pattern(shell, operation.pattern);
  const replacement = yield* expansions.text(shell, operation.replacement);
  if (text === '') return [...values];
  return values.map((value) => replace(value, operation.operator, patternOf(shell, text), replacement));
}

function remove(value: string, operator: string, pattern: Pattern): string {
  if (pattern.literal !== undefined) {
    if (operator.startsWith('#'))
      return value.startsWith(pattern.literal) ? value.slice(pattern.literal.length) : value;
    return value.endsWith(pattern.literal) ? value.slice(0, value.length - pattern.literal.length) : value;
  }
  const characters = charactersOf(value);
  if (operator.startsWith('#')) {
    const length = pattern.lengthAt(characters, 0, operator === '##');
    return length <= 0 ? value : joined(characters.slice(length));
  }
  const starts = Array.from({ length: characters.length + 1 }, (_, at) => at);
  if (operator === '%') starts.reverse();
  for (const at of starts) {
    const tail = joined(characters.slice(at));
    if (pattern.matches(tail)) return joined(characters.slice(0, at));
  }
  return value;
}

function joined(characters: string | readonly string[]): string {
  return typeof characters === 'string' ? characters : characters.join('');
}

function replace(value: string, operator: string, pattern: Pattern, replacement: string): string {
  if (pattern.literal !== undefined && pattern.literal !== '' && (operator === '/' || operator === '//')) {
    if (operator === '//') return value.split(pattern.literal).join(replacement);
    const at = value.indexOf(pattern.literal);
    return at < 0 ? value : value.slice(0, at) + replacement + value.slice(at + pattern.literal.length);
  }
  const characters = charactersOf(value);
  if (operator === '/%') {
    for (let at = 0; at <= characters.length; at++) {
      if (pattern.matches(joined(characters.slice(at)))) return joined(characters.slice(0, at)) + replacement;
    }
    return value;
  }
  let result = '';
  let at = 0;
  while (at < characters.length || (at === 0 && characters.length === 0)) {
    const length = pattern.lengthAt(characters, at, true);
    if (length > 0 || (length === 0 && characters.length === 0)) {
      result += replacement;
      at += Math.max(1, length);
      if (operator !== '//') break;
    } else {
      if (operator === '/#') break;
      result += characters[at] ?? '';
      at += 1;
    }
  }
  return result + joined(characters.slice(at));
}

function changeCase(value: string, operator: string, pattern: Pattern): string {
  const upper = operator.startsWith('^');
  const all = operator.length === 2;
  let result = '';
  for (const [at, character] of [...value].entries()) {
    const change = (all || at === 0) && pattern.matches(character);
    result += change ? (upper ? character.toUpperCase() : character.toLowerCase()) : character;
  }
  return result;
}

function transform(value: string, operator: string, variable: Variable | undefined): string {
  switch (operator) {
    case 'Q':
      return quoteForShell(value, true);
    case 'U':
      return value.toUpperCase();
    case 'L':
      return value.toLowerCase();
    case 'u':
      return value.slice(0, 1).toUpperCase() + value.slice(1);
    case 'E':
    case 'P':
      return value;
    case 'a':
      return `${variable?.elements === undefined ? '' : 'a'}${variable?.entries === undefined ? '' : 'A'}${variable?.integer ? 'i' : ''}${variable?.readonly ? 'r' : ''}${variable?.exported ? 'x' : ''}`;
    default:
      throw new ShellFault(`${operator}: bad substitution`, 1, true);
  }
}
