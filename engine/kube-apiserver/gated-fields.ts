import type { KindDescriptor } from '../api/descriptor.ts';
import { type FeatureGates, NO_FEATURES } from '../api/feature-gates.ts';
import type { KubeObject } from '../api/object.ts';

type Tree = Readonly<Record<string, unknown>>;

const TEMPLATE = ['spec', 'template', 'spec'];

/** Where each kind with Pods in it has their spec. */
const POD_SPECS: Readonly<Record<string, readonly string[]>> = {
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

const FIELD = 'schedulingGroup';

/**
 * A kind as a server with these features serves it: what a feature brings that is off is dropped without a word, unless it was
 * there before. After `DropDisabledPodFields` in `pkg/api/pod/util.go`.
 */
export function gatedKind(kind: KindDescriptor, gates: FeatureGates = NO_FEATURES): KindDescriptor {
  const key = `${kind.group}/${kind.plural}`;
  if (gates.has('GenericWorkload') || kind.custom !== undefined || !Object.hasOwn(POD_SPECS, key)) return kind;
  const path = POD_SPECS[key]!;
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
  return (at as Tree | undefined)?.[FIELD] !== undefined;
}

/** The object without the field; the same object when it has none. */
function without(object: KubeObject, path: readonly string[]): KubeObject {
  return isUsed(object, path) ? (cut(object as unknown as Tree, path) as unknown as KubeObject) : object;
}

function cut(tree: Tree, [name, ...rest]: readonly string[]): Tree {
  if (name !== undefined) return { ...tree, [name]: cut(tree[name] as Tree, rest) };
  const { [FIELD]: _, ...kept } = tree;
  return kept;
}
