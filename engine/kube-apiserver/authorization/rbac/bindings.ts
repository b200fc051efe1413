import type { ClusterRole, ClusterRoleBinding, PolicyRule, Role, RoleBinding } from '../../../api/kinds.ts';
import type { UserInfo } from '../../../api/request.ts';
import type { Lookup } from '../../admission/admission.ts';
import type { GrantedRule } from './rule-set.ts';

type Binding = RoleBinding | ClusterRoleBinding;
type Subject = NonNullable<Binding['subjects']>[number];
type RoleRef = Binding['roleRef'];

/** A binding and the subject of it that somebody is. */
interface BoundSubject {
  readonly binding: Binding;
  readonly subject: Subject;
}

/** What bindings give somebody in one scope, and which roles could not be found. */
export interface Granted {
  readonly rules: readonly GrantedRule[];
  readonly missing: readonly string[];
}

const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** The bindings of a scope (the cluster, or one namespace), found by subject. */
export class BindingIndex {
  readonly #bySubject = new Map<string, BoundSubject[]>();
  readonly #order = new Map<Binding, number>();
  readonly #namespace: string;
  readonly #lookup: Lookup;

  /** @param namespace where the bindings are; empty for those of the cluster. */
  constructor(namespace: string, lookup: Lookup) {
    this.#namespace = namespace;
    this.#lookup = lookup;
    const bindings = (
      namespace === '' ? lookup.all('clusterrolebindings') : lookup.all('rolebindings', namespace)
    ) as readonly Binding[];
    bindings.forEach((binding, position) => {
      this.#order.set(binding, position);
      for (const subject of binding.subjects ?? []) this.#add(subjectKey(subject, namespace), { binding, subject });
    });
  }

  /** The rules that a user has here, in the order of the bindings' names. */
  grantedTo({ username, groups }: UserInfo): Granted {
    const account = ACCOUNT.exec(username);
    const keys = [`User/${username}`, ...groups.map((group) => `Group/${group}`)];
    if (account !== null) keys.push(`ServiceAccount/${account[1]}/${account[2]}`);
    const bound = keys.flatMap((key) => this.#bySubject.get(key) ?? []);
    bound.sort((a, b) => this.#order.get(a.binding)! - this.#order.get(b.binding)!);
    const rules: GrantedRule[] = [];
    const missing: string[] = [];
    for (const { binding, subject } of bound) {
      const found = roleRules(binding.roleRef, this.#namespace, this.#lookup);
      if (found === undefined) missing.push(missingRole(binding.roleRef));
      else for (const rule of found) rules.push({ rule, grant: describeGrant(binding, subject, this.#namespace) });
    }
    return { rules, missing };
  }

  #add(key: string, bound: BoundSubject): void {
    const others = this.#bySubject.get(key);
    if (others === undefined) this.#bySubject.set(key, [bound]);
    else others.push(bound);
  }
}

function subjectKey({ kind, name, namespace }: Subject, home: string): string {
  return kind === 'ServiceAccount' ? `${kind}/${namespace ?? home}/${name}` : `${kind}/${name}`;
}

/** The rules of the role that a binding refers to; undefined when it is not there. */
export function roleRules(
  { kind, name }: RoleRef,
  namespace: string,
  lookup: Lookup,
): readonly PolicyRule[] | undefined {
  const role = (kind === 'ClusterRole' ? lookup('clusterroles', '', name) : lookup('roles', namespace, name)) as
    | Role
    | ClusterRole
    | undefined;
  return role && (role.rules ?? []);
}

function missingRole({ kind, name }: RoleRef): string {
  return `${kind.toLowerCase()}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`;
}

/** `ClusterRoleBinding "admins" of ClusterRole "cluster-admin" to Group "ops"` */
function describeGrant({ metadata, roleRef }: Binding, subject: Subject, namespace: string): string {
  const binding =
    namespace === ''
      ? `ClusterRoleBinding ${JSON.stringify(metadata.name)}`
      : `RoleBinding ${JSON.stringify(`${metadata.name}/${namespace}`)}`;
  const who = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? namespace}` : subject.name;
  return `${binding} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject.kind} ${JSON.stringify(who)}`;
}
