import type { PolicyRule } from '../../../api/kinds.ts';
import type { Access } from '../access.ts';

/** A rule, and through which binding it came to somebody. */
export interface GrantedRule {
  readonly rule: PolicyRule;
  readonly grant: string;
}

/** What is found out once about a verb and a resource. */
interface Grants {
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
  readonly #answers = new Map<string, Grants>();

  constructor(rules: readonly GrantedRule[]) {
    this.rules = rules;
  }

  /** The grant that allows an access, or undefined. */
  find(access: Access): string | undefined {
    if (this.rules.length === 0) return undefined;
    if (access.path !== '') return this.#findPath(access);
    const { verb, group, resource, subresource, name } = access;
    const question = `${verb} ${group}/${resource}/${subresource}`;
    let answer = this.#answers.get(question);
    if (answer === undefined) {
      if (this.#answers.size >= MAX_REMEMBERED) this.#answers.clear();
      answer = this.#workOut(access);
      this.#answers.set(question, answer);
    }
    return answer.any ?? (name === '' ? undefined : answer.named.get(name));
  }

  #workOut(access: Access): Grants {
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
