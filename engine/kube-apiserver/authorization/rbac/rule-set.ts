import type { PolicyRule } from '../../../api/kinds.ts';
import type { Access } from '../access.ts';

/** A rule, and through which binding it came to somebody. */
export interface GrantedRule {
  readonly rule: PolicyRule;
  readonly grant: string;
}

/** What is found out once about a verb and a resource. */
interface Answer {
  readonly verb: string;
  readonly group: string;
  readonly subresource: string;
  /** The first grant for all names. */
  readonly any: string | undefined;
  /** Grants for single names. */
  readonly named: ReadonlyMap<string, string>;
}

/** Most verbs and resources that answers are kept for; more come only from somebody who tries names. */
const MAX_REMEMBERED = 2_000;

/** The rules that somebody has in one scope. Each question is worked out once; after that it is a look-up. */
export class RuleSet {
  readonly rules: readonly GrantedRule[];
  /** By resource; what somebody does with one are a few things, which are compared faster than written into a key. */
  readonly #answers = new Map<string, Answer[]>();
  #remembered = 0;

  constructor(rules: readonly GrantedRule[]) {
    this.rules = rules;
  }

  /** The grant that allows an access, or undefined. */
  find(access: Access): string | undefined {
    if (this.rules.length === 0) return undefined;
    if (access.path !== '') return this.#findPath(access);
    const { any, named } = this.#known(access) ?? this.#remember(access);
    return any ?? (access.name === '' ? undefined : named.get(access.name));
  }

  #known({ verb, group, resource, subresource }: Access): Answer | undefined {
    const answers = this.#answers.get(resource);
    if (answers === undefined) return undefined;
    for (const answer of answers) {
      if (answer.verb === verb && answer.subresource === subresource && answer.group === group) return answer;
    }
    return undefined;
  }

  #remember(access: Access): Answer {
    if (this.#remembered >= MAX_REMEMBERED) {
      this.#answers.clear();
      this.#remembered = 0;
    }
    const { verb, group, resource, subresource } = access;
    const answer = { verb, group, subresource, ...this.#workOut(access) };
    const others = this.#answers.get(resource);
    if (others === undefined) this.#answers.set(resource, [answer]);
    else others.push(answer);
    this.#remembered += 1;
    return answer;
  }

  #workOut(access: Access): Pick<Answer, 'any' | 'named'> {
    const named = new Map<string, string>();
    for (const { rule, grant } of this.rules) {
      if (!matchesResource(rule, access)) continue;
      const names = rule.resourceNames ?? [];
      if (names.length === 0) return { any: grant, named };
      for (const name of names) if (!named.has(name)) named.set(name, grant);
    }
    return { any: undefined, named };
  }

  #findPath({ verb, path }: Access): string | undefined {
    return this.rules.find(({ rule }) => matchesVerb(rule, verb) && matchesPath(rule, path))?.grant;
  }
}

function matchesVerb({ verbs = [] }: PolicyRule, verb: string): boolean {
  return verbs.includes('*') || verbs.includes(verb);
}

/** `*` is every resource with every subresource, `pods/*` is nothing, `*` + `/scale` that subresource of everything. */
function matchesResource(rule: PolicyRule, { verb, group, resource, subresource }: Access): boolean {
  if (!matchesVerb(rule, verb)) return false;
  const groups = rule.apiGroups ?? [];
  if (!groups.includes('*') && !groups.includes(group)) return false;
  const resources = rule.resources ?? [];
  if (resources.includes('*')) return true;
  if (subresource === '') return resources.includes(resource);
  return resources.includes(`${resource}/${subresource}`) || resources.includes(`*/${subresource}`);
}

function matchesPath({ nonResourceURLs = [] }: PolicyRule, path: string): boolean {
  return nonResourceURLs.some(
    (url) => url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.slice(0, -1))),
  );
}
