import { argumentError, type Directive, directiveError, type Property } from '../corefile.ts';
import { normalName, type Plugin, type Query, whenAnswered } from '../query.ts';

/** The new name, or undefined when the rule does not fit. All names are normal. */
interface NameRule {
  readonly rename: (name: string) => string | undefined;
  /** The answers bear the name that was asked for. */
  readonly restoresAnswers: boolean;
  readonly continues: boolean;
}

const KINDS = ['exact', 'prefix', 'suffix', 'substring', 'regex'];

/**
 * One `rewrite` line; rules about anything but names are refused. Throws CorefileError.
 * https://coredns.io/plugins/rewrite/
 */
export function rewriteRules(directive: Directive): readonly NameRule[] {
  const lines =
    directive.args.length > 0 ? [{ ...directive, name: directive.args[0]!, args: directive.args.slice(1) }] : [];
  return [...lines, ...directive.properties].map((line) => ruleOf(directive, line));
}

function ruleOf(directive: Directive, line: Property): NameRule {
  const words = [line.name, ...line.args];
  const mode = words[0] === 'stop' || words[0] === 'continue' ? words.shift()! : 'stop';
  if (words[0] !== 'name') {
    throw directiveError(
      directive,
      `invalid rule type "${words[0] ?? ''}": this simulated CoreDNS rewrites names only`,
      line,
    );
  }
  words.shift();
  const kind = KINDS.includes(words[0] ?? '') ? words.shift()! : 'exact';
  const [from, to, ...answer] = words;
  if (from === undefined || to === undefined) throw argumentError(directive, line);
  return {
    rename: renaming(directive, line, kind, from, to),
    restoresAnswers: kind === 'exact' || (answer[0] === 'answer' && answer[1] === 'auto'),
    continues: mode === 'continue',
  };
}

function renaming(directive: Directive, line: Property, kind: string, from: string, to: string): NameRule['rename'] {
  const [old, fresh] = [normalName(from), normalName(to)];
  switch (kind) {
    case 'exact':
      return (name) => (name === old ? fresh : undefined);
    case 'prefix':
      return (name) => (name.startsWith(from.toLowerCase()) ? to.toLowerCase() + name.slice(from.length) : undefined);
    case 'suffix':
      return (name) => (name.endsWith(old) ? name.slice(0, name.length - old.length) + fresh : undefined);
    case 'substring':
      return (name) => (name.includes(old) ? name.replace(old, fresh) : undefined);
    default:
      return regexRenaming(directive, line, from, to);
  }
}

/** Expressions see the name with its final dot, as CoreDNS has it. */
function regexRenaming(directive: Directive, line: Property, pattern: string, to: string): NameRule['rename'] {
  let expression: RegExp;
  try {
    expression = new RegExp(pattern);
  } catch {
    throw directiveError(directive, `invalid regex pattern in a name rule: ${pattern}`, line);
  }
  return (name) => {
    const match = expression.exec(`${name}.`);
    if (match === null) return undefined;
    return normalName(to.replace(/\{(\d+)\}/g, (_, group: string) => match[Number(group)] ?? ''));
  };
}

/** Asks for another name in the place of the one asked for. */
export function rewritePlugin(rules: readonly NameRule[]): Plugin {
  return (next) => (query) => {
    const renamed = applied(rules, query);
    if (renamed === undefined) return next(query);
    const { name, restores } = renamed;
    return whenAnswered(next({ ...query, name }), (reply) => {
      if (!restores) return reply;
      const answers = reply.answers.map((record) =>
        normalName(record.name) === name ? { ...record, name: query.name } : record,
      );
      return { ...reply, answers };
    });
  };
}

function applied(rules: readonly NameRule[], query: Query): { name: string; restores: boolean } | undefined {
  let name = normalName(query.name);
  let restores: boolean | undefined;
  for (const rule of rules) {
    const renamed = rule.rename(name);
    if (renamed === undefined) continue;
    name = renamed;
    restores = (restores ?? true) && rule.restoresAnswers;
    if (!rule.continues) break;
  }
  return restores === undefined ? undefined : { name, restores };
}
