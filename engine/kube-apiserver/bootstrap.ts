import { type FeatureGates, NO_FEATURES } from '../api/feature-gates.ts';
import { FLOW_SCHEMAS, PRIORITY_LEVELS } from '../api/flowcontrol/system-objects.ts';
import type { ServiceCIDR } from '../api/kinds.ts';
import type { KubeObject } from '../api/object.ts';
import { SYSTEM_PRIORITY_CLASSES } from '../api/scheduling/priority-class.ts';
import { localApiServices } from './api-services.ts';
import {
  defaultClusterRoleBindings,
  defaultClusterRoles,
  defaultRoleBindings,
  defaultRoles,
} from './authorization/bootstrap-policy/objects.ts';
import { withDefaultsRestored } from './authorization/bootstrap-policy/reconcile.ts';
import type { ServerContext } from './context.ts';
import { apiVersionOf } from './decode/object-decoder.ts';
import type { ServedResource } from './served-kinds.ts';

/** The Namespaces of a fresh cluster: https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces */
const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'];

const FLOW_CONTROL = 'flowcontrol.apiserver.k8s.io/v1';
const RBAC = 'rbac.authorization.k8s.io/v1';

/** Creates what is missing of what every cluster has. */
export function createSystemObjects(server: ServerContext): void {
  const namespaces = SYSTEM_NAMESPACES.map((name) => ({ metadata: { name } }));
  ensure(server, '/v1/namespaces', 'system-namespaces', namespaces);
  const classes = SYSTEM_PRIORITY_CLASSES.map(({ name, ...rest }) => ({ metadata: { name }, ...rest }));
  ensure(server, 'scheduling.k8s.io/v1/priorityclasses', 'system-priority-classes', classes);
}

/** What a fresh cluster's server says of itself: what it serves, and who may ask how much of it. */
export function createServerObjects(server: ServerContext, clientCa?: string): void {
  const autoregistration = 'kube-apiserver-autoregistration';
  ensure(server, 'apiregistration.k8s.io/v1/apiservices', autoregistration, localApiServices(server.kinds));
  const producer = 'priority-and-fairness-config-producer';
  ensure(server, `${FLOW_CONTROL}/prioritylevelconfigurations`, producer, PRIORITY_LEVELS);
  ensure(server, `${FLOW_CONTROL}/flowschemas`, producer, FLOW_SCHEMAS);
  ensureServiceCidr(server);
  if (clientCa !== undefined) {
    ensure(server, '/v1/configmaps', 'cluster-authentication-info', [authenticationInfo(clientCa)]);
  }
  ensure(server, '/v1/configmaps', 'legacy-token-tracking', [trackingInfo(server)]);
}

/** Since when the use of lasting tokens is noted, after `pkg/controlplane/controller/legacytokentracking`. */
function trackingInfo({ clock }: ServerContext): object {
  const metadata = { name: 'kube-apiserver-legacy-service-account-token-tracking', namespace: 'kube-system' };
  return { metadata, data: { since: clock.timestamp().slice(0, 'yyyy-mm-dd'.length) } };
}

/** The addresses for Services that a cluster begins with, after `pkg/controlplane/controller/defaultservicecidr`. */
export function ensureServiceCidr(server: ServerContext): void {
  const wanted = { metadata: { name: 'kubernetes' }, spec: { cidrs: [server.addresses.range] } };
  const ready = {
    type: 'Ready',
    status: 'True',
    reason: '',
    message: 'Kubernetes default Service CIDR is ready',
    lastTransitionTime: server.clock.timestamp(),
  };
  const isReady = ({ status }: KubeObject & Pick<ServiceCIDR, 'status'>) =>
    status?.conditions?.some(({ type }) => type === ready.type) === true;
  const mend: Mend = (stored) =>
    isReady(stored) ? stored : ({ ...stored, status: { conditions: [ready] } } as KubeObject);
  // A status is not taken from what is created, but from the second look.
  for (let look = 0; look < 2; look++) {
    ensure(server, 'networking.k8s.io/v1/servicecidrs', 'kubernetes-service-cidr', [wanted], mend, 'status');
  }
}

/** How servers behind this one know whom it has let in, after `pkg/controlplane/controller/clusterauthenticationtrust`. */
function authenticationInfo(clientCa: string): object {
  const metadata = { name: 'extension-apiserver-authentication', namespace: 'kube-system' };
  return { metadata, data: { 'client-ca-file': clientCa } };
}

/** The default roles and bindings, created or mended, as the real server's `rbac/bootstrap-roles` hook does. */
export function createDefaultRoles(server: ServerContext, gates: FeatureGates = NO_FEATURES): void {
  const key = 'rbac/bootstrap-roles';
  ensure(server, `${RBAC}/clusterroles`, key, defaultClusterRoles(gates), withDefaultsRestored);
  ensure(server, `${RBAC}/clusterrolebindings`, key, defaultClusterRoleBindings(gates), withDefaultsRestored);
  ensure(server, `${RBAC}/roles`, key, defaultRoles(), withDefaultsRestored);
  ensure(server, `${RBAC}/rolebindings`, key, defaultRoleBindings(), withDefaultsRestored);
}

type Mend = (stored: KubeObject, wanted: KubeObject) => KubeObject;

function ensure(
  { resources, sim }: ServerContext,
  path: string,
  key: string,
  objects: readonly object[],
  mend: Mend = (stored) => stored,
  subresource: '' | 'status' = '',
): void {
  const resource = resources.get(path);
  if (resource === undefined) return;
  sim.trace.during({ component: 'kube-apiserver', key }, () => {
    for (const object of objects) ensureOne(resource, object, mend, subresource);
  });
}

function ensureOne({ store, kind }: ServedResource, given: object, mend: Mend, subresource: '' | 'status'): void {
  const typed = { apiVersion: apiVersionOf(kind), kind: kind.kind, ...given } as KubeObject;
  const object = kind.applyDefaults?.(typed) ?? typed;
  const { name, namespace = '' } = object.metadata;
  const stored = store.find(namespace, name);
  if (stored === undefined) {
    store.create(namespace, object, { dryRun: false, admit: (same) => same });
    return;
  }
  const next = mend(stored, object);
  if (next !== stored) store.update(namespace, name, () => next, { dryRun: false, subresource });
}
