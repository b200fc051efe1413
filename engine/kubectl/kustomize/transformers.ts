import { CommandError } from '../command-error.ts';
import { fieldAt, isObject, type Unstructured, withField } from '../unstructured.ts';
import { answersTo, type Item, isClusterScoped, renamed } from './item.ts';
import type { Kustomization, LabelRule } from './kustomization.ts';

type Change = (object: Unstructured) => unknown;
type Texts = Readonly<Record<string, string>>;

/** The transformers of a kustomization, in kustomize's order. @param patch applies the JSON patches, which come in between */
export function transform(
  kustomization: Kustomization,
  items: readonly Item[],
  patch: (items: readonly Item[]) => readonly Item[],
): readonly Item[] {
  const {
    namespace = '',
    namePrefix = '',
    nameSuffix = '',
    labels = [],
    commonLabels,
    commonAnnotations,
  } = kustomization;
  const rules: readonly LabelRule[] = [
    ...labels,
    ...(commonLabels == null ? [] : [{ pairs: commonLabels, includeSelectors: true }]),
  ];
  let result = items;
  const each = (change: Change) => {
    result = result.map((item) => renamed(item, change(item.object) as Unstructured));
  };
  if (namespace !== '') each((object) => inNamespace(object, namespace));
  if (namePrefix + nameSuffix !== '') each((object) => withAffixes(object, namePrefix, nameSuffix));
  for (const rule of rules) each((object) => withLabels(object, rule));
  if (commonAnnotations != null) each((object) => withAnnotations(object, commonAnnotations));
  result = patch(result);
  for (const { name, count } of kustomization.replicas ?? []) result = withReplicas(result, name, count);
  for (const image of kustomization.images ?? []) each((object) => withImage(object, image, ''));
  return result;
}

function inNamespace(object: Unstructured, namespace: string): unknown {
  if (object.kind === 'Namespace') return withField(object, ['metadata', 'name'], namespace);
  const placed = isClusterScoped(object) ? object : withField(object, ['metadata', 'namespace'], namespace);
  if (!object.kind.endsWith('RoleBinding') || !Array.isArray(object['subjects'])) return placed;
  // The account that every namespace has goes along; others follow their own objects.
  const subjects = (object['subjects'] as readonly unknown[]).map((subject) =>
    fieldAt(subject, 'kind') === 'ServiceAccount' && fieldAt(subject, 'name') === 'default'
      ? withField(subject, ['namespace'], namespace)
      : subject,
  );
  return { ...placed, subjects };
}

const KEEP_THEIR_NAMES: ReadonlySet<string> = new Set(['CustomResourceDefinition', 'APIService', 'Namespace']);

function withAffixes(object: Unstructured, prefix: string, suffix: string): unknown {
  if (KEEP_THEIR_NAMES.has(object.kind)) return object;
  return withField(object, ['metadata', 'name'], `${prefix}${object.metadata.name}${suffix}`);
}

const TEMPLATED: ReadonlySet<string> = new Set(
  'Deployment ReplicaSet DaemonSet StatefulSet Job ReplicationController'.split(' '),
);

/** Where a kind keeps its Pod template. */
function templatePath({ kind }: Unstructured): readonly string[] | undefined {
  if (kind === 'CronJob') return ['spec', 'jobTemplate', 'spec', 'template'];
  return TEMPLATED.has(kind) ? ['spec', 'template'] : undefined;
}

function withLabels(object: Unstructured, rule: LabelRule): unknown {
  const { pairs = {}, includeSelectors = false, includeTemplates = false } = rule;
  let result: unknown = added(object, ['metadata', 'labels'], pairs, true);
  const template = templatePath(object);
  if (template !== undefined && (includeSelectors || includeTemplates)) {
    if (object.kind === 'CronJob') result = added(result, ['spec', 'jobTemplate', 'metadata', 'labels'], pairs, true);
    result = added(result, [...template, 'metadata', 'labels'], pairs, true);
  }
  if (!includeSelectors) return result;
  for (const [path, create] of selectorPaths(object.kind)) result = added(result, path, pairs, create);
  return result;
}

const MATCH_LABELS = ['spec', 'selector', 'matchLabels'];

/** After kustomize's commonlabels.go: Jobs choose their selectors themselves. */
function selectorPaths(kind: string): readonly (readonly [path: readonly string[], create: boolean])[] {
  switch (kind) {
    case 'Service':
    case 'ReplicationController':
      return [[['spec', 'selector'], true]];
    case 'Deployment':
    case 'ReplicaSet':
    case 'DaemonSet':
    case 'StatefulSet':
      return [[MATCH_LABELS, true]];
    case 'Job':
    case 'PodDisruptionBudget':
      return [[MATCH_LABELS, false]];
    case 'NetworkPolicy':
      return [[['spec', 'podSelector', 'matchLabels'], false]];
    default:
      return [];
  }
}

function withAnnotations(object: Unstructured, pairs: Texts): unknown {
  let result: unknown = added(object, ['metadata', 'annotations'], pairs, true);
  const template = templatePath(object);
  if (template === undefined) return result;
  if (object.kind === 'CronJob')
    result = added(result, ['spec', 'jobTemplate', 'metadata', 'annotations'], pairs, true);
  return added(result, [...template, 'metadata', 'annotations'], pairs, true);
}

function added(object: unknown, path: readonly string[], pairs: Texts, create: boolean): unknown {
  const present = fieldAt(object, ...path);
  if (!create && !isObject(present)) return object;
  const texts = Object.fromEntries(Object.entries(pairs).map(([key, value]) => [key, String(value)]));
  return withField(object, path, { ...(isObject(present) ? present : {}), ...texts });
}

const SCALED = ['Deployment', 'ReplicationController', 'ReplicaSet', 'StatefulSet'];

function withReplicas(items: readonly Item[], name: string, count: number): readonly Item[] {
  const matches = (item: Item) => SCALED.includes(item.object.kind) && answersTo(item, name);
  if (!items.some(matches)) {
    const kinds = 'Deployment.v1.apps ReplicationController.v1.[noGrp] ReplicaSet.v1.apps StatefulSet.v1.apps';
    throw new CommandError(`resource with name ${name} does not match a config with the following GVK [${kinds}]`);
  }
  return items.map((item) =>
    matches(item) ? { ...item, object: withField(item.object, ['spec', 'replicas'], count) as Unstructured } : item,
  );
}

type Image = NonNullable<Kustomization['images']>[number];

/** Every container's image, wherever in the object containers are. */
function withImage(value: unknown, image: Image, holder: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withImage(item, image, holder));
  if (!isObject(value)) return value;
  const isContainer = (holder === 'containers' || holder === 'initContainers') && typeof value['image'] === 'string';
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      isContainer && key === 'image' ? newImage(field as string, image) : withImage(field, image, key),
    ]),
  );
}

function newImage(current: string, { name, newName, newTag, digest }: Image): string {
  const [, own = current, tail = ''] = /^(.*?)(:[^:/@]+(?:@.*)?|@.*)?$/.exec(current) ?? [];
  if (own !== name) return current;
  const base = newName ?? own;
  if (digest !== undefined && digest !== '') return `${base}@${digest}`;
  return newTag === undefined || newTag === '' ? `${base}${tail}` : `${base}:${newTag}`;
}
