import type { UserInfo } from '../../../api/request.ts';

const PREFIX = 'system:node:';
const GROUP = 'system:nodes';

/** The node that a user is, or undefined: https://kubernetes.io/docs/reference/access-authn-authz/node/#authorization-of-kubelets */
export function nodeOf({ username, groups }: UserInfo): string | undefined {
  return username.startsWith(PREFIX) && groups.includes(GROUP) ? username.slice(PREFIX.length) : undefined;
}
