import type { PolicyRule } from '../../../api/kinds.ts';
import { NODE_RULES } from './node-rules.ts';
import { EVENTS, paths, READ, rule, WRITE } from './rule.ts';

// The ClusterRoles that every cluster has: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings

/** A default role: its rules, or the label by which it gathers those of others. */
export interface DefaultRole {
  readonly name: string;
  readonly rules?: readonly PolicyRule[];
  /** Gathers the rules of all roles labelled to aggregate to it. */
  readonly gathers?: string;
  /** The role whose rules these become part of. */
  readonly aggregatesTo?: string;
}

const READ_UPDATE = 'get list watch update patch';
const APPS_SCALED = 'statefulsets statefulsets/scale deployments deployments/scale replicasets replicasets/scale';
const ISSUERS = {
  apiClient: 'kubernetes.io/kube-apiserver-client',
  kubeletClient: 'kubernetes.io/kube-apiserver-client-kubelet',
  kubeletServing: 'kubernetes.io/kubelet-serving',
  legacy: 'kubernetes.io/legacy-unknown',
};

function approver(signer: string): readonly PolicyRule[] {
  return [rule('approve', 'certificates.k8s.io', 'signers', signer)];
}

/** What an editor of a namespace may do: all that users do, not what belongs to the system. */
const EDIT: readonly PolicyRule[] = [
  rule(READ, 'core', 'pods/attach pods/proxy pods/exec pods/portforward secrets services/proxy'),
  rule('impersonate', 'core', 'serviceaccounts'),
  rule(WRITE, 'core', 'pods pods/attach pods/proxy pods/exec pods/portforward'),
  rule('create', 'core', 'pods/eviction'),
  rule(
    WRITE,
    'core',
    'replicationcontrollers replicationcontrollers/scale serviceaccounts services services/proxy persistentvolumeclaims configmaps secrets events',
  ),
  rule('create', 'core', 'serviceaccounts/token'),
  rule(WRITE, 'apps', `${APPS_SCALED} daemonsets deployments/rollback`),
  rule(WRITE, 'autoscaling', 'horizontalpodautoscalers'),
  rule(WRITE, 'batch', 'jobs cronjobs'),
  rule(
    WRITE,
    'extensions',
    'daemonsets deployments deployments/scale deployments/rollback ingresses replicasets replicasets/scale replicationcontrollers/scale networkpolicies',
  ),
  rule(WRITE, 'policy', 'poddisruptionbudgets'),
  rule(WRITE, 'networking.k8s.io', 'networkpolicies ingresses'),
  rule(`${READ} ${WRITE}`, 'coordination.k8s.io', 'leases'),
  rule(WRITE, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates'),
];

const VIEW: readonly PolicyRule[] = [
  rule(
    READ,
    'core',
    'pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status endpoints persistentvolumeclaims persistentvolumeclaims/status configmaps',
  ),
  rule(
    READ,
    'core',
    'limitranges resourcequotas bindings events pods/status resourcequotas/status namespaces/status replicationcontrollers/status pods/log',
  ),
  // Inside a namespace this is a look at that namespace itself.
  rule(READ, 'core', 'namespaces'),
  rule(READ, 'discovery.k8s.io', 'endpointslices'),
  rule(
    READ,
    'apps',
    `${APPS_SCALED} controllerrevisions statefulsets/status daemonsets daemonsets/status deployments/status replicasets/status`,
  ),
  rule(READ, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
  rule(READ, 'batch', 'jobs cronjobs cronjobs/status jobs/status'),
  rule(
    READ,
    'extensions',
    'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status replicasets replicasets/scale replicasets/status replicationcontrollers/scale networkpolicies',
  ),
  rule(READ, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
  rule(READ, 'networking.k8s.io', 'networkpolicies ingresses ingresses/status'),
  rule(READ, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
];

const CONTROLLER_MANAGER: readonly PolicyRule[] = [
  EVENTS,
  rule('create', 'coordination.k8s.io', 'leases'),
  rule('get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'),
  rule('create', 'core', 'secrets serviceaccounts'),
  rule('delete', 'core', 'secrets'),
  rule('get', 'core', 'namespaces secrets serviceaccounts configmaps'),
  rule('update', 'core', 'secrets serviceaccounts'),
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  // For the informers that all controllers share.
  rule('list watch', '*', '*'),
  rule('create', 'core', 'serviceaccounts/token'),
];

const SCHEDULER: readonly PolicyRule[] = [
  EVENTS,
  rule('create', 'coordination.k8s.io', 'leases'),
  rule('get update', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
  rule(READ, 'core', 'nodes'),
  rule('get list watch delete', 'core', 'pods'),
  rule('create', 'core', 'pods/binding bindings'),
  rule('patch update', 'core', 'pods/status'),
  rule(READ, 'core', 'services replicationcontrollers'),
  rule(READ, 'apps extensions', 'replicasets'),
  rule(READ, 'apps', 'statefulsets'),
  rule(READ, 'policy', 'poddisruptionbudgets'),
  rule(READ, 'core', 'persistentvolumeclaims persistentvolumes'),
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
  rule(READ, 'storage.k8s.io', 'csinodes'),
  rule(READ, 'core', 'namespaces'),
  rule(READ, 'storage.k8s.io', 'csidrivers'),
  rule(READ, 'storage.k8s.io', 'csistoragecapacities'),
  rule(READ, 'storage.k8s.io', 'volumeattachments'),
  rule(READ, 'resource.k8s.io', 'deviceclasses'),
  rule(READ_UPDATE, 'resource.k8s.io', 'resourceclaims'),
  rule(READ_UPDATE, 'resource.k8s.io', 'resourceclaims/status'),
  rule(READ, 'resource.k8s.io', 'resourceslices'),
];

export const CLUSTER_ROLES: readonly DefaultRole[] = [
  { name: 'cluster-admin', rules: [rule('*', '*', '*'), paths('*', '*')] },
  {
    name: 'system:discovery',
    rules: [paths('get', '/livez /readyz /healthz /version /version/ /openapi /openapi/* /api /api/* /apis /apis/*')],
  },
  {
    name: 'system:monitoring',
    rules: [paths('get', '/metrics /metrics/slis /livez /readyz /healthz /livez/* /readyz/* /healthz/*')],
  },
  {
    name: 'system:basic-user',
    rules: [
      rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      rule('create', 'authentication.k8s.io', 'selfsubjectreviews'),
    ],
  },
  { name: 'system:public-info-viewer', rules: [paths('get', '/livez /readyz /healthz /version /version/')] },
  { name: 'admin', gathers: 'admin' },
  { name: 'edit', gathers: 'edit', aggregatesTo: 'admin' },
  { name: 'view', gathers: 'view', aggregatesTo: 'edit' },
  {
    name: 'system:aggregate-to-admin',
    aggregatesTo: 'admin',
    rules: [
      rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
      rule(`${READ} ${WRITE}`, 'rbac.authorization.k8s.io', 'roles rolebindings'),
    ],
  },
  { name: 'system:aggregate-to-edit', aggregatesTo: 'edit', rules: EDIT },
  { name: 'system:aggregate-to-view', aggregatesTo: 'view', rules: VIEW },
  {
    name: 'system:heapster',
    rules: [rule(READ, 'core', 'events pods nodes namespaces'), rule(READ, 'extensions', 'deployments')],
  },
  { name: 'system:node', rules: NODE_RULES },
  {
    name: 'system:node-problem-detector',
    rules: [rule('get', 'core', 'nodes'), rule('patch', 'core', 'nodes/status'), EVENTS],
  },
  {
    name: 'system:kubelet-api-admin',
    rules: [
      rule(READ, 'core', 'nodes'),
      rule('proxy', 'core', 'nodes'),
      rule(
        '*',
        'core',
        'nodes/proxy nodes/metrics nodes/spec nodes/stats nodes/log nodes/healthz nodes/configz nodes/pods nodes/statusz',
      ),
    ],
  },
  {
    name: 'system:node-bootstrapper',
    rules: [rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests')],
  },
  {
    name: 'system:auth-delegator',
    rules: [
      rule('create', 'authentication.k8s.io', 'tokenreviews'),
      rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    ],
  },
  { name: 'system:kube-aggregator', rules: [rule(READ, 'core', 'services endpoints')] },
  { name: 'system:kube-controller-manager', rules: CONTROLLER_MANAGER },
  { name: 'system:kube-dns', rules: [rule('list watch', 'core', 'endpoints services')] },
  {
    name: 'system:persistent-volume-provisioner',
    rules: [
      rule('get list watch create delete', 'core', 'persistentvolumes'),
      rule('get list watch update', 'core', 'persistentvolumeclaims'),
      rule(READ, 'storage.k8s.io', 'storageclasses'),
      rule('watch', 'core', 'events'),
      EVENTS,
    ],
  },
  {
    name: 'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    rules: [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient')],
  },
  {
    name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    rules: [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient')],
  },
  {
    name: 'system:volume-scheduler',
    rules: [
      rule(READ_UPDATE, 'core', 'persistentvolumes'),
      rule(READ, 'storage.k8s.io', 'storageclasses'),
      rule(READ_UPDATE, 'core', 'persistentvolumeclaims'),
    ],
  },
  { name: 'system:certificates.k8s.io:legacy-unknown-approver', rules: approver(ISSUERS.legacy) },
  { name: 'system:certificates.k8s.io:kubelet-serving-approver', rules: approver(ISSUERS.kubeletServing) },
  { name: 'system:certificates.k8s.io:kube-apiserver-client-approver', rules: approver(ISSUERS.apiClient) },
  { name: 'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver', rules: approver(ISSUERS.kubeletClient) },
  {
    name: 'system:service-account-issuer-discovery',
    rules: [paths('get', '/.well-known/openid-configuration /openid/v1/jwks')],
  },
  {
    name: 'system:node-proxier',
    rules: [
      rule('list watch', 'core', 'services endpoints'),
      rule(READ, 'core', 'nodes'),
      EVENTS,
      rule('list watch', 'discovery.k8s.io', 'endpointslices'),
      rule('list watch', 'networking.k8s.io', 'servicecidrs'),
    ],
  },
  { name: 'system:kube-scheduler', rules: SCHEDULER },
];
