import type { PolicyRule } from '../../../api/kinds.ts';
import type { UserInfo } from '../../../api/request.ts';
import type { EtcdClient, Watch } from '../../../etcd/index.ts';
import type { Lookup } from '../../admission/admission.ts';
import { storagePrefix } from '../../registry/storage-key.ts';
import type { Access, AccessRules, Authorizer, Decision } from '../access.ts';
import { BindingIndex } from './bindings.ts';
import { RuleSet } from './rule-set.ts';

/** What a user may do in one scope. */
interface ScopeRules {
  readonly set: RuleSet;
  readonly missing: readonly string[];
}

const KINDS = ['clusterroles', 'clusterrolebindings', 'roles', 'rolebindings'];
/** Most users that rules are kept for at a time. */
const MAX_USERS = 1_000;

/**
 * Role-based access control: https://kubernetes.io/docs/reference/access-authn-authz/rbac/. Bindings are found by their
 * subjects and rules are worked out once for each user; all of that is forgotten when a role or a binding changes.
 */
export class RbacAuthorizer implements Authorizer {
  readonly #lookup: Lookup;
  readonly #watches: readonly Watch[];
  /** By namespace; the cluster's under the empty name. */
  #indexes = new Map<string, BindingIndex>();
  /** By user and scope. Users that are the same object each time (components) are found without looking at them. */
  #known = new WeakMap<UserInfo, Map<string, ScopeRules>>();
  #byIdentity = new Map<string, Map<string, ScopeRules>>();

  constructor(etcd: EtcdClient, lookup: Lookup) {
    this.#lookup = lookup;
    const listener = { event: () => this.#forget(), cancelled: () => this.#forget() };
    this.#watches = KINDS.map((plural) => etcd.watch(storagePrefix({ plural }), etcd.revision + 1, listener));
  }

  authorize(access: Access): Decision {
    const { user, namespace } = access;
    const everywhere = this.#rulesOf(user, '');
    const grant = everywhere.set.find(access);
    if (grant !== undefined) return { allowed: true, reason: `RBAC: allowed by ${grant}` };
    if (namespace === '') return refusal(everywhere.missing);
    const here = this.#rulesOf(user, namespace);
    const local = here.set.find(access);
    if (local !== undefined) return { allowed: true, reason: `RBAC: allowed by ${local}` };
    return refusal([...everywhere.missing, ...here.missing]);
  }

  /** Every rule that a user has in a namespace, those of the whole cluster first. */
  policyRules(user: UserInfo, namespace: string): readonly PolicyRule[] {
    const scopes = namespace === '' ? [''] : ['', namespace];
    return scopes.flatMap((scope) => this.#rulesOf(user, scope).set.rules.map(({ rule }) => rule));
  }

  rulesFor(user: UserInfo, namespace: string): AccessRules {
    const rules = this.policyRules(user, namespace);
    const resources = rules.filter((rule) => (rule.resources?.length ?? 0) > 0);
    const paths = rules.filter((rule) => (rule.nonResourceURLs?.length ?? 0) > 0);
    return {
      resourceRules: resources.map((rule) => ({
        verbs: rule.verbs,
        apiGroups: rule.apiGroups ?? [],
        resources: rule.resources ?? [],
        ...((rule.resourceNames?.length ?? 0) > 0 ? { resourceNames: rule.resourceNames! } : {}),
      })),
      nonResourceRules: paths.map((rule) => ({ verbs: rule.verbs, nonResourceURLs: rule.nonResourceURLs ?? [] })),
      incomplete: false,
    };
  }

  close(): void {
    for (const watch of this.#watches) watch.cancel();
  }

  #forget(): void {
    if (this.#indexes.size === 0) return;
    this.#indexes = new Map();
    this.#known = new WeakMap();
    this.#byIdentity = new Map();
  }

  #rulesOf(user: UserInfo, scope: string): ScopeRules {
    let scopes = this.#known.get(user);
    if (scopes === undefined) {
      scopes = this.#scopesOf(user);
      this.#known.set(user, scopes);
    }
    let rules = scopes.get(scope);
    if (rules === undefined) {
      const { rules: granted, missing } = this.#index(scope).grantedTo(user);
      rules = { set: new RuleSet(granted), missing };
      scopes.set(scope, rules);
    }
    return rules;
  }

  #scopesOf({ username, groups }: UserInfo): Map<string, ScopeRules> {
    const identity = [username, ...groups].join('\0');
    let scopes = this.#byIdentity.get(identity);
    if (scopes !== undefined) return scopes;
    if (this.#byIdentity.size >= MAX_USERS) this.#byIdentity = new Map();
    scopes = new Map();
    this.#byIdentity.set(identity, scopes);
    return scopes;
  }

  #index(scope: string): BindingIndex {
    let index = this.#indexes.get(scope);
    if (index === undefined) {
      index = new BindingIndex(scope, this.#lookup);
      this.#indexes.set(scope, index);
    }
    return index;
  }
}

function refusal(missing: readonly string[]): Decision {
  if (missing.length === 0) return { allowed: false, reason: '' };
  const names = missing.length === 1 ? missing[0]! : `[${missing.join(', ')}]`;
  return { allowed: false, reason: `RBAC: ${names}` };
}
