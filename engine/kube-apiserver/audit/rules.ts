import type { Access } from '../authorization/access.ts';
import type { GroupResources, Level, Policy, PolicyRule, Stage } from './policy.ts';

/** How much is written about a request, and when. */
export interface AuditDecision {
  readonly level: Level;
  readonly omitStages: readonly Stage[];
  readonly omitManagedFields: boolean;
}

/** What the rules are held against; `user` is missing where nobody could be made out. */
export type Audited = Omit<Access, 'user'> & { readonly user: Access['user'] | undefined };

/** The first rule that matches decides; without one nothing is written. */
export function decide(policy: Policy, audited: Audited): AuditDecision {
  const rule = policy.rules.find((each) => matches(each, audited));
  return {
    level: rule?.level ?? 'None',
    omitStages: [...(policy.omitStages ?? []), ...(rule?.omitStages ?? [])],
    omitManagedFields: rule?.omitManagedFields ?? policy.omitManagedFields ?? false,
  };
}

function matches(rule: PolicyRule, audited: Audited): boolean {
  const { user, verb } = audited;
  const { users = [], userGroups = [], verbs = [], namespaces = [], resources = [], nonResourceURLs = [] } = rule;
  if (users.length > 0 && !users.includes(user?.username ?? '')) return false;
  if (userGroups.length > 0 && user?.groups.some((group) => userGroups.includes(group)) !== true) return false;
  if (verbs.length > 0 && !verbs.includes(verb)) return false;
  const isResource = audited.path === '';
  if (namespaces.length > 0 || resources.length > 0) {
    if (!isResource || (namespaces.length > 0 && !namespaces.includes(audited.namespace))) return false;
    return resources.length === 0 || resources.some((each) => matchesResource(each, audited));
  }
  return nonResourceURLs.length === 0 || (!isResource && nonResourceURLs.some((url) => matchesPath(url, audited.path)));
}

/** A resource alone does not stand for its subresources. */
function matchesResource(
  { group = '', resources = [], resourceNames = [] }: GroupResources,
  audited: Audited,
): boolean {
  const { resource, subresource, name } = audited;
  if (group !== audited.group) return false;
  if (resources.length === 0) return true;
  if (resourceNames.length > 0 && !resourceNames.includes(name)) return false;
  const patterns = subresource === '' ? ['*', resource] : ['*', `${resource}/${subresource}`, `*/${subresource}`];
  return resources.some((each) => patterns.includes(each) || each === `${resource}/*`);
}

function matchesPath(pattern: string, path: string): boolean {
  return pattern === path || (pattern.endsWith('*') && path.startsWith(pattern.replace(/\*+$/, '')));
}
