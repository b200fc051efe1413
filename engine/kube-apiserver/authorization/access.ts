import type { UserInfo } from '../../api/request.ts';

/** What somebody wants to do: to a resource, or (where `path` is not empty) to a path that is none. */
export interface Access {
  readonly user: UserInfo;
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  /** Empty for cluster-scoped objects and for requests across all namespaces. */
  readonly namespace: string;
  /** Empty for a collection. */
  readonly name: string;
  readonly path: string;
  /** The field selector of a list, a watch or a deletion of a collection. */
  readonly fieldSelector?: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Why, in the words of the authorizer that decided; may be empty. */
  readonly reason: string;
}

/** What a user may do, as far as it can be listed. */
export interface AccessRules {
  readonly resourceRules: readonly ResourceRule[];
  readonly nonResourceRules: readonly {
    readonly verbs: readonly string[];
    readonly nonResourceURLs: readonly string[];
  }[];
  /** Whether there may be more that cannot be listed, and why. */
  readonly incomplete: boolean;
  readonly evaluationError?: string;
}

interface ResourceRule {
  readonly verbs: readonly string[];
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authorization/ */
export interface Authorizer {
  authorize(access: Access): Decision;
  rulesFor(user: UserInfo, namespace: string): AccessRules;
  close(): void;
}

export const NO_OPINION: Decision = { allowed: false, reason: '' };

/** `User "jane" cannot list resource "pods" in API group "" in the namespace "default"`, after ForbiddenMessage in k8s.io/apiserver. */
export function refusalOf(access: Access, reason: string): string {
  const { user, verb, group, resource, subresource, namespace, path } = access;
  const who = `User ${JSON.stringify(user.username)} cannot ${verb}`;
  const because = reason === '' ? '' : `: ${reason}`;
  if (path !== '') return `${who} path ${JSON.stringify(path)}${because}`;
  const what = subresource === '' ? resource : `${resource}/${subresource}`;
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  return `${who} resource ${JSON.stringify(what)} in API group ${JSON.stringify(group)} ${where}${because}`;
}
