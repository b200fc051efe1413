import {
  type Cluster,
  formatSelector,
  isEmptySelector,
  isReady,
  type KubeObject,
  type Pod,
  pods,
} from '@drydock/engine';
import { servicesOf } from './ingress-causes.ts';
import { findObjects } from './observe.ts';

/** Kinds that keep Pods by a selector. */
const WORKLOADS = ['Deployment', 'ReplicaSet', 'StatefulSet', 'DaemonSet', 'Job'];

type Labels = Readonly<Record<string, string>>;

/** What is behind an object that says little itself: the Service of an EndpointSlice, those of an Ingress, the first Pod that is not ready, its claims that wait. */
export function behind(cluster: Cluster, object: KubeObject): readonly KubeObject[] {
  if (object.kind === 'EndpointSlice') {
    const { namespace, labels } = object.metadata;
    const name = labels?.['kubernetes.io/service-name'];
    const found = name === undefined ? [] : findObjects(cluster, { kind: 'Service', namespace, name });
    return withBehind(cluster, found);
  }
  if (object.kind === 'Ingress') return withBehind(cluster, servicesOf(cluster, object));
  if (object.kind === pods.kind) return waitingClaims(cluster, object as Pod);
  const unready = podsOf(cluster, object).find((pod) => !lacksNothing(pod));
  return unready === undefined ? [] : [unready, ...behind(cluster, unready)];
}

function withBehind(cluster: Cluster, objects: readonly KubeObject[]): readonly KubeObject[] {
  return objects.flatMap((object) => [object, ...behind(cluster, object)]);
}

function waitingClaims(cluster: Cluster, { metadata: { namespace }, spec }: Pod): readonly KubeObject[] {
  const names = (spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => claim?.claimName ?? []);
  const claims = names.flatMap((name) => findObjects(cluster, { kind: 'PersistentVolumeClaim', namespace, name }));
  return claims.filter(isWaitingClaim);
}

/** Whether a claim has no volume yet. */
export function isWaitingClaim(object: KubeObject): boolean {
  const { status } = object as { readonly status?: { readonly phase?: string } };
  return object.kind === 'PersistentVolumeClaim' && status?.phase === 'Pending';
}

/** The Pods that an object's selector fits; none of an object without one. */
export function podsOf(cluster: Cluster, object: KubeObject): readonly Pod[] {
  const selector = selectorOf(object);
  if (selector === undefined) return [];
  return findObjects(cluster, { kind: pods.kind, namespace: object.metadata.namespace, selector }) as readonly Pod[];
}

/** The labels that a Service or a workload looks for, as in `kubectl get -l`; undefined where it looks for none. */
export function selectorOf({ kind = '', ...object }: KubeObject): string | undefined {
  const { selector } = (object as { readonly spec?: { readonly selector?: Labels } }).spec ?? {};
  const wanted =
    kind === 'Service' ? { matchLabels: selector ?? {} } : WORKLOADS.includes(kind) ? (selector ?? {}) : {};
  return isEmptySelector(wanted) ? undefined : formatSelector(wanted);
}

/** A Pod that has done its work lacks nothing. */
export function lacksNothing(pod: Pod): boolean {
  return pod.status?.phase === 'Succeeded' || isReady(pod);
}
