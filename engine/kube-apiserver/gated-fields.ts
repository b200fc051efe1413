import type { KindDescriptor } from '../api/descriptor.ts';
import { type FeatureGate, type FeatureGates, NO_FEATURES } from '../api/feature-gates.ts';
import type { KubeObject } from '../api/object.ts';

type Tree = Readonly<Record<string, unknown>>;

/** A field that a feature brings, and where each kind that has it keeps it. */
interface GatedField {
  readonly gate: FeatureGate;
  readonly name: string;
  readonly parents: Readonly<Record<string, readonly string[]>>;
}

const TEMPLATE = ['spec', 'template', 'spec'];

/** Where each kind with Pods in it has their spec. */
const POD_SPECS: GatedField['parents'] = {
  '/pods': ['spec'],
  '/podtemplates': ['template', 'spec'],
  '/replicationcontrollers': TEMPLATE,
  'apps/replicasets': TEMPLATE,
  'apps/deployments': TEMPLATE,
  'apps/daemonsets': TEMPLATE,
  'apps/statefulsets': TEMPLATE,
  'batch/jobs': TEMPLATE,
  'batch/cronjobs': ['spec', 'jobTemplate', ...TEMPLATE],
};

const GATED_FIELDS: readonly GatedField[] = [
  { gate: 'GenericWorkload', name: 'schedulingGroup', parents: POD_SPECS },
  {
    gate: 'MaxUnavailableStatefulSet',
    name: 'maxUnavailable',
    parents: { 'apps/statefulsets': ['spec', 'updateStrategy', 'rollingUpdate'] },
  },
];

/**
 * A kind as a server with these features serves it: what a feature brings that is off is dropped without a word, unless it was
 * there before. After `DropDisabledPodFields` in `pkg/api/pod/util.go` and the strategies of the kinds.
 */
export function gatedKind(kind: KindDescriptor, gates: FeatureGates = NO_FEATURES): KindDescriptor {
  if (kind.custom !== undefined) return kind;
  return GATED_FIELDS.filter(({ gate }) => !gates.has(gate)).reduce(withoutField, kind);
}

function withoutField(kind: KindDescriptor, { name, parents }: GatedField): KindDescriptor {
  const key = `${kind.group}/${kind.plural}`;
  if (!Object.hasOwn(parents, key)) return kind;
  const path = [...parents[key]!, name];
  const { prepareForCreate = (object: KubeObject) => object, prepareForUpdate = (next: KubeObject) => next } = kind;
  return {
    ...kind,
    prepareForCreate: (object, context) => prepareForCreate(without(object, path), context),
    prepareForUpdate: (next, previous, context) =>
      prepareForUpdate(isUsed(previous, path) ? next : without(next, path), previous, context),
  };
}

function isUsed(object: KubeObject, path: readonly string[]): boolean {
  let at: unknown = object;
  for (const name of path) at = (at as Tree | undefined)?.[name];
  return at !== undefined;
}

/** The object without the field; the same object when it has none. */
function without(object: KubeObject, path: readonly string[]): KubeObject {
  return isUsed(object, path) ? (cut(object as unknown as Tree, path) as unknown as KubeObject) : object;
}

function cut(tree: Tree, [name, ...rest]: readonly string[]): Tree {
  if (rest.length > 0) return { ...tree, [name!]: cut(tree[name!] as Tree, rest) };
  const { [name!]: _, ...kept } = tree;
  return kept;
}
