import { type Cluster, type KubeObject, pods, resourceOfKind, storagePrefix } from '@drydock/engine';
import type { Reference } from './reference.ts';

/** One of the learner's objects in the outline. */
export interface OutlinedObject {
  readonly uid: string;
  readonly reference: Reference;
  /** Of the controller that owns it. */
  readonly owner?: string;
  /** How it does, in numbers or a word: `2/3`, `Bound`. */
  readonly state: string;
}

/** A Service as a door: where one knocks, and who answers. */
export interface ServiceDoor {
  readonly uid: string;
  readonly namespace: string;
  readonly name: string;
  /** Its `spec.type`, or `headless` where it has no address of its own. */
  readonly type: string;
  readonly address: string;
  readonly ports: readonly string[];
  /** How many endpoints behind it are ready, Pods or not. */
  readonly endpoints: number;
  /** Names of the Pods among them. */
  readonly pods: readonly string[];
}

export interface Outline {
  readonly objects: readonly OutlinedObject[];
  readonly doors: readonly ServiceDoor[];
}

const KINDS = [
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'CronJob',
  'Job',
  'ReplicaSet',
  'Pod',
  'Service',
  'EndpointSlice',
  'Ingress',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'ConfigMap',
  'Secret',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'StorageClass',
  'ServiceAccount',
  'Role',
  'RoleBinding',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
];

/** What a cluster has of its own, and nobody asked for. */
const BUILT_IN = /^(kubernetes|kube-root-ca\.crt|default)$/;

/** Everything the learner has made, and what came of it. Read from etcd. */
export function outlineOf(cluster: Cluster): Outline {
  const all = KINDS.flatMap((kind) => storedOf<AnyObject>(cluster, kind)).filter(isLearners);
  const objects = all.map((object) => ({
    uid: object.metadata.uid ?? '',
    reference: { kind: object.kind ?? '', namespace: object.metadata.namespace, name: object.metadata.name },
    owner: object.metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid,
    state: stateOf(object),
  }));
  return { objects, doors: doorsOf(cluster) };
}

interface AnyObject extends KubeObject {
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly status?: Readonly<Record<string, unknown>>;
}

function storedOf<T>(cluster: Cluster, kind: string): readonly T[] {
  return cluster.stored(storagePrefix(resourceOfKind(kind)!)).map(({ value }) => value as T);
}

function isLearners({ kind, metadata }: KubeObject): boolean {
  if (metadata.namespace === undefined) return kind === 'PersistentVolume' || kind === 'StorageClass';
  return !metadata.namespace.startsWith('kube-') && !BUILT_IN.test(metadata.name);
}

function stateOf({ kind, spec = {}, status = {} }: AnyObject): string {
  const count = (field: string) => Number(status[field] ?? 0);
  switch (kind) {
    case 'Deployment':
    case 'StatefulSet':
    case 'ReplicaSet':
      return `${count('readyReplicas')}/${Number(spec['replicas'] ?? 1)}`;
    case 'DaemonSet':
      return `${count('numberReady')}/${count('desiredNumberScheduled')}`;
    case 'Job':
      return `${count('succeeded')}/${Number(spec['completions'] ?? 1)}`;
    case 'CronJob':
      return String(spec['schedule'] ?? '');
    case 'Service':
      return String(spec['type'] ?? 'ClusterIP');
    default:
      return String(status['phase'] ?? '');
  }
}

interface StoredService extends KubeObject {
  readonly spec: {
    readonly type?: string;
    readonly clusterIP?: string;
    readonly externalName?: string;
    readonly ports?: readonly { readonly port: number; readonly protocol?: string; readonly nodePort?: number }[];
  };
}

interface StoredSlice extends KubeObject {
  readonly endpoints?: readonly {
    readonly conditions?: { readonly ready?: boolean };
    readonly targetRef?: { readonly kind?: string; readonly name?: string };
  }[];
}

/** The learner's Services. Read from etcd. */
export function doorsOf(cluster: Cluster): readonly ServiceDoor[] {
  const slices = storedOf<StoredSlice>(cluster, 'EndpointSlice');
  return storedOf<StoredService>(cluster, 'Service')
    .filter(isLearners)
    .map((service) => doorOf(service, slices));
}

function doorOf({ metadata, spec }: StoredService, slices: readonly StoredSlice[]): ServiceDoor {
  const { name, namespace = '', uid = '' } = metadata;
  const isHeadless = spec.clusterIP === 'None';
  const ready = slices
    .filter((slice) => slice.metadata.namespace === namespace)
    .filter((slice) => slice.metadata.labels?.['kubernetes.io/service-name'] === name)
    .flatMap((slice) => slice.endpoints ?? [])
    .filter(({ conditions }) => conditions?.ready !== false);
  return {
    ...{ uid, namespace, name },
    type: isHeadless ? 'headless' : (spec.type ?? 'ClusterIP'),
    address: spec.externalName ?? (isHeadless ? '' : (spec.clusterIP ?? '')),
    ports: (spec.ports ?? []).map(({ port, nodePort }) => (nodePort === undefined ? `${port}` : `${port}:${nodePort}`)),
    endpoints: ready.length,
    pods: ready.flatMap(({ targetRef }) => (targetRef?.kind === pods.kind ? [targetRef.name ?? ''] : [])),
  };
}
