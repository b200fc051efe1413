import type { PolicyRule } from '../../../api/kinds.ts';

/** A right that cannot be divided: one verb on one resource (of one name, if named), or on one path. */
interface Right {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string | undefined;
  readonly path: string;
}

/**
 * What of some rules is not held by who has the owner's rules, in the words of a refusal: one line for each resource.
 * Undefined when all is held. After k8s.io/component-helpers/auth/rbac/validation Covers.
 */
export function missingRights(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): string | undefined {
  const missing = wanted.flatMap(rightsOf).filter((right) => !owned.some((rule) => covers(rule, right)));
  return missing.length === 0 ? undefined : describe(missing);
}

function rightsOf(rule: PolicyRule): readonly Right[] {
  const names = (rule.resourceNames?.length ?? 0) === 0 ? [undefined] : rule.resourceNames!;
  return (rule.verbs ?? []).flatMap((verb) => [
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource) => names.map((name) => ({ verb, group, resource, name, path: '' }))),
    ),
    ...(rule.nonResourceURLs ?? []).map((path) => ({ verb, group: '', resource: '', name: undefined, path })),
  ]);
}

function covers(rule: PolicyRule, { verb, group, resource, name, path }: Right): boolean {
  if (!has(rule.verbs, verb)) return false;
  if (path !== '') return (rule.nonResourceURLs ?? []).some((url) => coversPath(url, path));
  if (!has(rule.apiGroups, group)) return false;
  const resources = rule.resources ?? [];
  const slash = resource.indexOf('/');
  const wild = slash >= 0 && resources.includes(`*${resource.slice(slash)}`);
  if (!has(resources, resource) && !wild) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || (name !== undefined && names.includes(name));
}

function has(list: readonly string[] | undefined, one: string): boolean {
  return list !== undefined && (list.includes('*') || list.includes(one));
}

function coversPath(url: string, path: string): boolean {
  if (url === path || url === '*') return true;
  return url.endsWith('*') && path.replace(/\*+$/, '').startsWith(url.slice(0, -1));
}

/** Rights to the same thing are one line with all their verbs; the lines are sorted. */
function describe(missing: readonly Right[]): string {
  const verbs = new Map<string, string[]>();
  for (const { verb, group, resource, name, path } of missing) {
    const what =
      path === ''
        ? `APIGroups:[${JSON.stringify(group)}], Resources:[${JSON.stringify(resource)}]` +
          (name === undefined ? '' : `, ResourceNames:[${JSON.stringify(name)}]`)
        : `NonResourceURLs:[${JSON.stringify(path)}]`;
    const others = verbs.get(what);
    if (others === undefined) verbs.set(what, [verb]);
    else if (!others.includes(verb)) others.push(verb);
  }
  return [...verbs]
    .map(([what, list]) => `{${what}, Verbs:[${list.map((verb) => JSON.stringify(verb)).join(' ')}]}`)
    .sort()
    .join('\n');
}
