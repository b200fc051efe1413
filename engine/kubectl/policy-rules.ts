import type { PolicyRule } from '../api/kinds.ts';

/** A rule about one resource of one group, or one URL. */
interface Row {
  readonly group: string;
  readonly resource: string;
  readonly urls: readonly string[];
  readonly names: readonly string[];
  readonly verbs: string[];
}

/**
 * The rows of `describe role` and `auth can-i --list`: resource, URLs, names and verbs with tabs between. Rules are taken
 * apart into one a resource, those that differ only in their verbs become one, and all are sorted.
 * After kubernetes/kubernetes pkg/registry/rbac/validation/policy_compact.go and staging …/rbac/helpers.go.
 */
export function compactRules(rules: readonly PolicyRule[]): readonly string[] {
  const rows = new Map<string, Row>();
  for (const one of rules.flatMap(breakDown)) {
    // Only rules about resources are merged.
    const key = one.urls.length > 0 ? `url ${rows.size}` : JSON.stringify([one.group, one.resource, one.names]);
    const present = rows.get(key);
    if (present === undefined) rows.set(key, one);
    else present.verbs.push(...one.verbs);
  }
  return [...rows.values()]
    .map((row) => ({ row, order: goText(row) }))
    .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
    .map(({ row: { group, resource, urls, names, verbs } }) =>
      [qualified(resource, group), list(urls), list(names), list(verbs)].join('\t'),
    );
}

function list(words: readonly string[]): string {
  return `[${words.join(' ')}]`;
}

function breakDown({ apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [], verbs }: PolicyRule) {
  const names: readonly (readonly string[])[] = resourceNames.length === 0 ? [[]] : resourceNames.map((name) => [name]);
  const found: Row[] = [];
  for (const group of apiGroups) {
    for (const resource of resources) {
      for (const name of names) found.push({ group, resource, urls: [], names: name, verbs: [...verbs] });
    }
  }
  for (const url of nonResourceURLs) found.push({ group: '', resource: '', urls: [url], names: [], verbs: [...verbs] });
  return found;
}

/** `deployments.apps`, and a subresource stays behind the resource: `deployments.apps/scale`. */
function qualified(resource: string, group: string): string {
  if (group === '') return resource;
  const [plural, ...rest] = resource.split('/');
  return [`${plural}.${group}`, ...rest].join('/');
}

/** What the rules are sorted by: the text that Go's generated String method gives them. */
function goText({ group, resource, urls, names, verbs }: Row): string {
  const resources = resource === '' ? [] : [resource];
  const groups = resource === '' ? [] : [group];
  return `PolicyRule{Verbs:${list(verbs)},APIGroups:${list(groups)},Resources:${list(resources)},ResourceNames:${list(names)},NonResourceURLs:${list(urls)}}`;
}
