import type { PolicyRule } from '../../api/kinds.ts';
import type { UserInfo } from '../../api/request.ts';
import type { EtcdClient } from '../../etcd/index.ts';
import type { Lookup } from '../admission/admission.ts';
import type { Access, AccessRules, Authorizer, Decision } from './access.ts';
import { NodeAuthorizer } from './node/node-authorizer.ts';
import { NodeGraph } from './node/node-graph.ts';
import { RbacAuthorizer } from './rbac/rbac-authorizer.ts';

/** `--authorization-mode`: https://kubernetes.io/docs/reference/access-authn-authz/authorization/#authorization-modules */
export type AuthorizationMode = 'AlwaysAllow' | 'AlwaysDeny' | 'Node' | 'RBAC';

const MODES: readonly string[] = ['AlwaysAllow', 'AlwaysDeny', 'Node', 'RBAC'];
const MASTERS = 'system:masters';
const ALLOWED: Decision = { allowed: true, reason: '' };
const EVERYTHING: AccessRules = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};

/** What guards a server: who may do what, and (for the escalation check) by which rules. */
export interface Guard extends Authorizer {
  readonly policyRules: (user: UserInfo, namespace: string) => readonly PolicyRule[];
}

/** @throws Error for a mode that is none, in the words of the real command. */
export function authorizationModes(names: readonly string[]): readonly AuthorizationMode[] {
  const unknown = names.find((name) => !MODES.includes(name));
  if (unknown !== undefined) throw new Error(`authorization-mode ${JSON.stringify(unknown)} is not a valid mode`);
  return names as readonly AuthorizationMode[];
}

/** The authorizers of the modes, one after the other: the first that allows decides. */
export function createGuard(modes: readonly AuthorizationMode[], etcd: EtcdClient, lookup: Lookup): Guard {
  const rbac = new RbacAuthorizer(etcd, lookup);
  const authorizers = modes.map((mode): Authorizer => {
    if (mode === 'RBAC') return rbac;
    if (mode === 'Node') return new NodeAuthorizer(new NodeGraph(etcd, lookup));
    return constant(mode === 'AlwaysAllow');
  });
  return {
    authorize: (access) => (access.user.groups.includes(MASTERS) ? ALLOWED : askAll(authorizers, access)),
    rulesFor: (user, namespace) => rulesOfAll(authorizers, user, namespace),
    policyRules: (user, namespace) => rbac.policyRules(user, namespace),
    close() {
      if (!modes.includes('RBAC')) rbac.close();
      for (const authorizer of authorizers) authorizer.close();
    },
  };
}

function askAll(authorizers: readonly Authorizer[], access: Access): Decision {
  let reason = '';
  for (const authorizer of authorizers) {
    const decision = authorizer.authorize(access);
    if (decision.allowed) return decision;
    if (decision.reason !== '') reason += reason === '' ? decision.reason : `\n${decision.reason}`;
  }
  return { allowed: false, reason };
}

function rulesOfAll(authorizers: readonly Authorizer[], user: UserInfo, namespace: string): AccessRules {
  const all = authorizers.map((authorizer) => authorizer.rulesFor(user, namespace));
  const errors = all.map(({ evaluationError }) => evaluationError).filter((error) => error !== undefined);
  return {
    resourceRules: all.flatMap(({ resourceRules }) => resourceRules),
    nonResourceRules: all.flatMap(({ nonResourceRules }) => nonResourceRules),
    incomplete: all.some(({ incomplete }) => incomplete),
    ...(errors.length > 0 ? { evaluationError: errors.join('\n') } : {}),
  };
}

function constant(allowed: boolean): Authorizer {
  const decision = { allowed, reason: allowed ? '' : 'Everything is forbidden.' };
  const none = { resourceRules: [], nonResourceRules: [], incomplete: false };
  return { authorize: () => decision, rulesFor: () => (allowed ? EVERYTHING : none), close: () => {} };
}
