import type { PolicyRule } from '../../../api/kinds.ts';
import { EVENTS, READ, rule } from './rule.ts';

/** A Role of a system namespace, and a RoleBinding to it. */
export interface NamespaceRole {
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  /** The binding's name where it is not the role's. */
  readonly bindingName?: string;
  readonly users?: readonly string[];
  /** ServiceAccounts of kube-system. */
  readonly accounts?: readonly string[];
}

function leaderLocking(component: string, extra: readonly PolicyRule[], accounts: readonly string[]): NamespaceRole {
  return {
    namespace: 'kube-system',
    name: `system::leader-locking-${component}`,
    rules: [rule('watch', 'core', 'configmaps'), rule('get update', 'core', 'configmaps', component), ...extra],
    users: [`system:${component}`],
    accounts,
  };
}

const SYSTEM = 'kube-system';
const SIGNER = 'system:controller:bootstrap-signer';

export const NAMESPACE_ROLES: readonly NamespaceRole[] = [
  {
    namespace: SYSTEM,
    name: 'extension-apiserver-authentication-reader',
    rules: [rule(READ, 'core', 'configmaps', 'extension-apiserver-authentication')],
    bindingName: 'system::extension-apiserver-authentication-reader',
    users: ['system:kube-controller-manager', 'system:kube-scheduler'],
  },
  { namespace: SYSTEM, name: SIGNER, rules: [rule(READ, 'core', 'secrets')], accounts: ['bootstrap-signer'] },
  {
    namespace: SYSTEM,
    name: 'system:controller:cloud-provider',
    rules: [rule('create get list watch', 'core', 'configmaps')],
    accounts: ['cloud-provider'],
  },
  {
    namespace: SYSTEM,
    name: 'system:controller:token-cleaner',
    rules: [rule('get list watch delete', 'core', 'secrets'), EVENTS],
    accounts: ['token-cleaner'],
  },
  leaderLocking(
    'kube-controller-manager',
    [rule('get watch list create update', 'coordination.k8s.io', 'leases')],
    ['kube-controller-manager', 'leader-election-controller'],
  ),
  leaderLocking('kube-scheduler', [], ['kube-scheduler']),
  {
    namespace: 'kube-public',
    name: SIGNER,
    rules: [rule(READ, 'core', 'configmaps'), rule('update', 'core', 'configmaps', 'cluster-info'), EVENTS],
    accounts: ['bootstrap-signer'],
  },
];
