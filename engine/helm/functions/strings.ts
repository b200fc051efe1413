import { CallProblem, fn, MANY, type TemplateFunction } from '../../kubectl/output/template/functions.ts';
import { listOf, shown, textOf, wholeOf } from './arguments.ts';

const capitalized = (word: string) => word.slice(0, 1).toUpperCase() + word.slice(1);
const words = (value: string) => value.split(/[\s_-]+|(?<=[a-z0-9])(?=[A-Z])/).filter((word) => word !== '');
const indented = (value: string, width: number) =>
  value
    .split('\n')
    .map((line) => ' '.repeat(width) + line)
    .join('\n');

/** Characters that a set of them may take off an end. */
function trimmed(value: string, set: string, ends: 'both' | 'left' | 'right'): string {
  const characters = [...value];
  let from = 0;
  let to = characters.length;
  while (ends !== 'right' && from < to && set.includes(characters[from]!)) from += 1;
  while (ends !== 'left' && to > from && set.includes(characters[to - 1]!)) to -= 1;
  return characters.slice(from, to).join('');
}

/** Positive: the beginning; negative: the end. */
function truncated(length: number, value: string): string {
  if (length < 0 && value.length + length > 0) return value.slice(length);
  return length >= 0 ? value.slice(0, length) : value;
}

function expression(pattern: unknown): RegExp {
  try {
    return new RegExp(
      textOf(pattern).replace(/^\(\?([ims]+)\)/, ''),
      `g${/^\(\?([ims]+)\)/.exec(String(pattern))?.[1] ?? ''}`,
    );
  } catch {
    throw new CallProblem(`error parsing regexp: \`${String(pattern)}\``);
  }
}

/** Go writes groups as `${1}` in replacements. */
const replacement = (text: unknown) => textOf(text).replace(/\$\{(\w+)\}/g, '$$$1');

function joined(separator: unknown, value: unknown): string {
  return (Array.isArray(value) ? value : [value])
    .filter((item) => item !== null && item !== undefined)
    .map(shown)
    .join(textOf(separator));
}

function plural(one: unknown, many: unknown, count: unknown): unknown {
  return wholeOf(count) === 1 ? one : many;
}

/** What sprig has for strings. https://masterminds.github.io/sprig/strings.html */
export const STRINGS: Readonly<Record<string, TemplateFunction>> = {
  quote: fn(0, MANY, (args) => quotedWith(args, (text) => JSON.stringify(text))),
  squote: fn(0, MANY, (args) => quotedWith(args, (text) => `'${text}'`)),
  cat: fn(0, MANY, (args) =>
    args
      .filter((arg) => arg !== null && arg !== undefined)
      .map(shown)
      .join(' '),
  ),
  indent: fn(2, 2, ([width, value]) => indented(textOf(value), wholeOf(width))),
  nindent: fn(2, 2, ([width, value]) => `\n${indented(textOf(value), wholeOf(width))}`),
  trim: fn(1, 1, ([value]) => textOf(value).trim()),
  trimAll: fn(2, 2, ([set, value]) => trimmed(textOf(value), textOf(set), 'both')),
  trimPrefix: fn(2, 2, ([prefix, value]) =>
    textOf(value).startsWith(textOf(prefix)) ? textOf(value).slice(textOf(prefix).length) : value,
  ),
  trimSuffix: fn(2, 2, ([suffix, value]) =>
    suffix !== '' && textOf(value).endsWith(textOf(suffix)) ? textOf(value).slice(0, -textOf(suffix).length) : value,
  ),
  trunc: fn(2, 2, ([length, value]) => truncated(wholeOf(length), textOf(value))),
  abbrev: fn(2, 2, ([width, value]) =>
    textOf(value).length > wholeOf(width) && wholeOf(width) >= 4
      ? `${textOf(value).slice(0, wholeOf(width) - 3)}...`
      : value,
  ),
  lower: fn(1, 1, ([value]) => textOf(value).toLowerCase()),
  upper: fn(1, 1, ([value]) => textOf(value).toUpperCase()),
  title: fn(1, 1, ([value]) => textOf(value).replace(/\S+/g, capitalized)),
  untitle: fn(1, 1, ([value]) =>
    textOf(value).replace(/\S+/g, (word) => word.slice(0, 1).toLowerCase() + word.slice(1)),
  ),
  snakecase: fn(1, 1, ([value]) => words(textOf(value)).join('_').toLowerCase()),
  kebabcase: fn(1, 1, ([value]) => words(textOf(value)).join('-').toLowerCase()),
  camelcase: fn(1, 1, ([value]) => words(textOf(value)).map(capitalized).join('')),
  initials: fn(1, 1, ([value]) =>
    textOf(value)
      .split(/\s+/)
      .map((word) => word.slice(0, 1))
      .join(''),
  ),
  nospace: fn(1, 1, ([value]) => textOf(value).replace(/\s/g, '')),
  repeat: fn(2, 2, ([count, value]) => textOf(value).repeat(Math.min(10_000, Math.max(0, wholeOf(count))))),
  substr: fn(3, 3, ([from, to, value]) =>
    wholeOf(to) < 0
      ? textOf(value).slice(Math.max(0, wholeOf(from)))
      : textOf(value).slice(Math.max(0, wholeOf(from)), wholeOf(to)),
  ),
  replace: fn(3, 3, ([old, fresh, value]) => textOf(value).replaceAll(textOf(old), () => textOf(fresh))),
  contains: fn(2, 2, ([part, value]) => textOf(value).includes(textOf(part))),
  hasPrefix: fn(2, 2, ([prefix, value]) => textOf(value).startsWith(textOf(prefix))),
  hasSuffix: fn(2, 2, ([suffix, value]) => textOf(value).endsWith(textOf(suffix))),
  join: fn(2, 2, ([separator, value]) => joined(separator, value)),
  splitList: fn(2, 2, ([separator, value]) => textOf(value).split(textOf(separator))),
  split: fn(2, 2, ([separator, value]) =>
    Object.fromEntries(
      textOf(value)
        .split(textOf(separator))
        .map((part, index) => [`_${index}`, part]),
    ),
  ),
  splitn: fn(3, 3, ([separator, count, value]) => {
    const parts = textOf(value).split(textOf(separator));
    const last = parts.slice(wholeOf(count) - 1).join(textOf(separator));
    const kept = parts.length <= wholeOf(count) ? parts : [...parts.slice(0, wholeOf(count) - 1), last];
    return Object.fromEntries(kept.map((part, index) => [`_${index}`, part]));
  }),
  sortAlpha: fn(1, 1, ([value]) => (Array.isArray(value) ? value : [value]).map(shown).sort()),
  toString: fn(1, 1, ([value]) => shown(value)),
  toStrings: fn(1, 1, ([value]) => listOf(value).map(shown)),
  plural: fn(3, 3, ([one, many, count]) => plural(one, many, count)),
  wrap: fn(2, 2, ([width, value]) =>
    textOf(value)
      .replace(new RegExp(`(.{1,${wholeOf(width)}})(\\s|$)`, 'g'), '$1\n')
      .trimEnd(),
  ),
  regexMatch: fn(2, 2, ([pattern, value]) => expression(pattern).test(textOf(value))),
  regexFind: fn(2, 2, ([pattern, value]) => expression(pattern).exec(textOf(value))?.[0] ?? ''),
  regexFindAll: fn(3, 3, ([pattern, value, count]) => {
    const found = textOf(value).match(expression(pattern)) ?? [];
    return wholeOf(count) < 0 ? [...found] : found.slice(0, wholeOf(count));
  }),
  regexReplaceAll: fn(3, 3, ([pattern, value, by]) => textOf(value).replace(expression(pattern), replacement(by))),
  regexReplaceAllLiteral: fn(3, 3, ([pattern, value, by]) =>
    textOf(value).replace(expression(pattern), () => textOf(by)),
  ),
  regexSplit: fn(3, 3, ([pattern, value]) => textOf(value).split(expression(pattern))),
  regexQuoteMeta: fn(1, 1, ([value]) => textOf(value).replace(/[\\.+*?()|[\]{}^$]/g, '\\$&')),
};

function quotedWith(args: readonly unknown[], quote: (text: string) => string): string {
  return args
    .filter((arg) => arg !== null && arg !== undefined)
    .map((arg) => quote(shown(arg)))
    .join(' ');
}
