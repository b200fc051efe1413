import { placeOf } from './directive-table.ts';
import { ConfigError, type Directive } from './directives.ts';
import { variableName } from './maps.ts';
import { patternOf } from './pattern.ts';
import type { Settings } from './settings.ts';
import type { Reading, Template } from './template.ts';

/** What the rewrite module does with a request, in order: https://nginx.org/en/docs/http/ngx_http_rewrite_module.html */
export type Rule =
  | { readonly kind: 'set'; readonly name: string; readonly value: Template }
  | { readonly kind: 'break' }
  | { readonly kind: 'return'; readonly status: number; readonly text: Template | undefined }
  | Rewrite
  | If;

export interface Rewrite {
  readonly kind: 'rewrite';
  readonly pattern: RegExp;
  readonly replacement: Template;
  readonly flag: 'last' | 'break' | 'redirect' | 'permanent' | undefined;
  /** A replacement that ends with `?` drops the arguments there were. */
  readonly dropsArgs: boolean;
}

interface If {
  readonly kind: 'if';
  readonly condition: Condition;
  readonly rules: readonly Rule[];
  /** What holds instead when the condition does; a server has none. */
  readonly settings: Settings | undefined;
}

export type Condition =
  | { readonly kind: 'true'; readonly subject: Template }
  | { readonly kind: 'equal'; readonly subject: Template; readonly value: Template; readonly negated: boolean }
  | { readonly kind: 'match'; readonly subject: Template; readonly pattern: RegExp; readonly negated: boolean }
  | { readonly kind: 'file'; readonly path: Template; readonly test: 'f' | 'd' | 'e' | 'x'; readonly negated: boolean };

/** @param settingsIn what a block inside a location says. Throws ConfigError. */
export function rulesOf(
  directives: readonly Directive[],
  reading: Reading,
  settingsIn: ((block: readonly Directive[]) => Settings) | undefined,
): readonly Rule[] {
  const rules: Rule[] = [];
  for (const directive of directives) {
    const place = placeOf(directive);
    const { name, args, block } = directive;
    if (name === 'set') {
      const target = variableName(args[0]!, place);
      reading.defined.add(target);
      rules.push({ kind: 'set', name: target, value: reading.template(args[1]!, place) });
    } else if (name === 'break') rules.push({ kind: 'break' });
    else if (name === 'return') rules.push(returnOf(directive, reading));
    else if (name === 'rewrite') rules.push(rewriteOf(directive, reading));
    else if (name === 'if') {
      rules.push({
        kind: 'if',
        condition: conditionOf(directive, reading),
        rules: rulesOf(block!, reading, settingsIn),
        settings: settingsIn?.(block!),
      });
    }
  }
  return rules;
}

const URL = /^(https?:\/\/|\$scheme)/;

function returnOf(directive: Directive, reading: Reading): Rule {
  const [first = '', second] = directive.args;
  const place = placeOf(directive);
  if (/^\d{1,3}$/.test(first))
    return {
      kind: 'return',
      status: Number(first),
      text: second === undefined ? undefined : reading.template(second, place),
    };
  if (second !== undefined || !URL.test(first)) throw new ConfigError(`invalid return code "${first}" in ${place}`);
  return { kind: 'return', status: 302, text: reading.template(first, place) };
}

function rewriteOf(directive: Directive, reading: Reading): Rule {
  const [source = '', replacement = '', flag] = directive.args;
  const place = placeOf(directive);
  if (flag !== undefined && !['last', 'break', 'redirect', 'permanent'].includes(flag))
    throw new ConfigError(`invalid parameter "${flag}" in ${place}`);
  const dropsArgs = replacement.endsWith('?');
  return {
    kind: 'rewrite',
    pattern: reading.pattern(patternOf(source, false, place)),
    replacement: reading.template(dropsArgs ? replacement.slice(0, -1) : replacement, place),
    flag: (flag ?? (URL.test(replacement) ? 'redirect' : undefined)) as Rewrite['flag'],
    dropsArgs,
  };
}

function conditionOf(directive: Directive, reading: Reading): Condition {
  const place = placeOf(directive);
  const words = [...directive.args];
  const refuse = (what: string): never => {
    throw new ConfigError(`invalid condition "${what}" in ${place}`);
  };
  if (!words[0]!.startsWith('(') || !words.at(-1)!.endsWith(')')) refuse(words[0]!);
  words[0] = words[0]!.slice(1);
  words[words.length - 1] = words.at(-1)!.slice(0, -1);
  const [subject = '', operator, value] = words.filter((word, at) => word !== '' || (at === 2 && words.length === 3));
  const file = /^(!?)-([fdex])$/.exec(subject);
  if (file !== null && operator !== undefined)
    return {
      kind: 'file',
      path: reading.template(operator, place),
      test: file[2] as 'f',
      negated: file[1] === '!',
    };
  if (!subject.startsWith('$')) refuse(subject);
  const template = reading.template(subject, place);
  if (operator === undefined) return { kind: 'true', subject: template };
  const negated = operator.startsWith('!');
  if (operator === '=' || operator === '!=')
    return { kind: 'equal', subject: template, value: reading.template(value ?? '', place), negated };
  if (!/^!?~\*?$/.test(operator) || value === undefined)
    throw new ConfigError(`unexpected "${operator}" in condition in ${place}`);
  const pattern = reading.pattern(patternOf(value, operator.endsWith('*'), place));
  return { kind: 'match', subject: template, pattern, negated };
}
