import type { PolicyRule } from '../../../api/kinds.ts';

/** Words, `core` standing for the group without a name. Sorted, as the real server stores its own rules. */
function words(text: string): string[] {
  return text
    .split(' ')
    .map((word) => (word === 'core' ? '' : word))
    .sort();
}

/** `rule('get list', 'core apps', 'pods deployments')`, with names where only some objects are meant. */
export function rule(verbs: string, groups: string, resources: string, names?: string): PolicyRule {
  const resourceNames = names === undefined ? {} : { resourceNames: words(names) };
  return { apiGroups: words(groups), ...resourceNames, resources: words(resources), verbs: words(verbs) };
}

/** A rule for paths that are no resources. */
export function paths(verbs: string, urls: string): PolicyRule {
  return { nonResourceURLs: words(urls), verbs: words(verbs) };
}

export const READ = 'get list watch';
export const WRITE = 'create update patch delete deletecollection';
export const EVENTS = rule('create update patch', 'core events.k8s.io', 'events');
