import { sameValue } from '../../api/copy-on-write.ts';
import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';

const STANDARD = ['orphan', 'foregroundDeletion', 'kubernetes'];
const NONE: readonly string[] = [];

/** What is told of an object as it was written. @param previous what it was before; absent for a new one. */
export function objectWarnings(kind: KindDescriptor, object: KubeObject, previous?: KubeObject): readonly string[] {
  const finalizers = finalizerWarnings(object);
  if (kind.warnings === undefined || (previous !== undefined && !changedByHand(object, previous))) return finalizers;
  const own = kind.warnings(object);
  return own.length === 0 ? finalizers : [...own, ...finalizers];
}

/** A change of the status alone is no new mistake. */
function changedByHand(object: KubeObject, previous: KubeObject): boolean {
  const specOf = (each: KubeObject) => (each as { readonly spec?: unknown }).spec;
  return (
    !sameValue(specOf(object), specOf(previous)) ||
    !sameValue(object.metadata.annotations, previous.metadata.annotations)
  );
}

/** Finalizers that should bear the name of their writer. */
function finalizerWarnings({ metadata }: KubeObject): readonly string[] {
  if (metadata.finalizers === undefined || metadata.finalizers.length === 0) return NONE;
  return metadata.finalizers
    .filter((name) => !name.includes('/') && !STANDARD.includes(name))
    .map(
      (name) =>
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name to avoid accidental ` +
        'conflicts with other finalizer writers',
    );
}
