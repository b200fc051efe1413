import type { KindDescriptor } from '../../api/descriptor.ts';
import { type LabelSelectorFields, labelSelectorOf } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import { ageColumn, numberColumn } from '../../api/printer-columns.ts';
import { reviewKind } from '../reviews/review.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/ `autoscaling/v1` Scale. */
export interface Scale extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

/** A Scale is never stored: it is a view of what can be scaled. */
export const SCALE: KindDescriptor = {
  ...reviewKind({
    group: 'autoscaling',
    version: 'v1',
    kind: 'Scale',
    plural: 'scales',
    namespaced: true,
    schema: 'io.k8s.api.autoscaling.v1.Scale',
    answer: () => ({}),
  }),
  columns: [
    {
      name: 'Name',
      type: 'string',
      description: 'Name of what is scaled.',
      priority: 0,
      cell: ({ metadata }) => metadata.name,
    },
    numberColumn('Desired', 'How many there are to be.', (scale) => (scale as Scale).spec?.replicas ?? 0),
    numberColumn('Available', 'How many there are.', (scale) => (scale as Scale).status?.replicas ?? 0),
    ageColumn,
  ],
};

type Path = readonly string[];

const SPEC_REPLICAS: Path = ['spec', 'replicas'];
const STATUS_REPLICAS: Path = ['status', 'replicas'];

/** Where a kind keeps how many there are to be; custom resources say so themselves. */
export function replicasPath({ custom }: KindDescriptor): Path {
  return custom?.scale === undefined ? SPEC_REPLICAS : fieldsOf(custom.scale.specReplicasPath);
}

/** Undefined when the object does not say. */
export function replicasOf(kind: KindDescriptor, object: KubeObject): number | undefined {
  return valueAt(object, replicasPath(kind)) as number | undefined;
}

/** The object with another number of replicas. */
export function withReplicas(kind: KindDescriptor, object: KubeObject, replicas: number): KubeObject {
  return withValueAt(object, replicasPath(kind), replicas) as KubeObject;
}

export function scaleOf(kind: KindDescriptor, object: KubeObject): Scale {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const statusPath =
    kind.custom?.scale === undefined ? STATUS_REPLICAS : fieldsOf(kind.custom.scale.statusReplicasPath);
  const selector = selectorOf(kind, object);
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: { replicas: replicasOf(kind, object) ?? 0 },
    status: { replicas: valueAt(object, statusPath) ?? 0, ...(selector === '' ? {} : { selector }) },
  } as Scale;
}

function selectorOf(kind: KindDescriptor, object: KubeObject): string {
  if (kind.custom !== undefined) {
    const path = kind.custom.scale?.labelSelectorPath;
    return path === undefined ? '' : String(valueAt(object, fieldsOf(path)) ?? '');
  }
  const selector = valueAt(object, ['spec', 'selector']) as LabelSelectorFields | undefined;
  // A ReplicationController selects by labels alone.
  const isPlain = kind.kind === 'ReplicationController' && selector !== undefined;
  return labelSelectorOf(isPlain ? { matchLabels: selector as Readonly<Record<string, string>> } : selector).toString();
}

/** `.spec.replicas` → its fields. */
function fieldsOf(path: string): Path {
  return path.split('.').slice(1);
}

function valueAt(object: unknown, path: Path): unknown {
  let value = object;
  for (const field of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[field];
  }
  return value ?? undefined;
}

function withValueAt(object: unknown, [field, ...rest]: Path, value: unknown): unknown {
  if (field === undefined) return value;
  const fields = typeof object === 'object' && object !== null ? (object as Readonly<Record<string, unknown>>) : {};
  return { ...fields, [field]: withValueAt(fields[field], rest, value) };
}
