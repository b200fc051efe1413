import type { KubeObject } from '../../api/object.ts';
import { compareObjects } from './compare.ts';
import { difference, type FieldSet, NO_FIELDS, union } from './field-set.ts';
import { fieldsOf } from './fields-of.ts';
import { isObject, type TypedKind } from './typed-value.ts';

/** Where client-side `kubectl apply` keeps what it applied. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * The fields that the last client-side apply set and that still have its values: `kubectl apply --server-side` takes
 * them over without a conflict. After lastappliedmanager.go in k8s.io/apimachinery/pkg/util/managedfields/internal.
 */
export function allowedByLastApplied(kind: TypedKind, live: KubeObject): FieldSet {
  const configuration = readLastApplied(live);
  if (configuration === undefined) return NO_FIELDS;
  const { changed, removed } = compareObjects(kind, configuration, live);
  return difference(fieldsOf(kind, configuration), union(changed, removed));
}

function readLastApplied({ metadata }: KubeObject): object | undefined {
  const text = metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return undefined;
  try {
    const configuration: unknown = JSON.parse(text);
    return isObject(configuration) ? configuration : undefined;
  } catch {
    return undefined;
  }
}

/** An applied object whose annotation, where there is one, says what kubectl applied last; the other kind of apply reads it. */
export function withLastApplied(applied: KubeObject, configuration: object): KubeObject {
  const { annotations } = applied.metadata;
  if (annotations?.[LAST_APPLIED] === undefined) return applied;
  const text = `${JSON.stringify(configuration)}\n`;
  return { ...applied, metadata: { ...applied.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}
