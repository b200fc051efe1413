import type { KubeObject } from '../../api/object.ts';

const STANDARD = ['orphan', 'foregroundDeletion', 'kubernetes'];
const NONE: readonly string[] = [];

/** Finalizers that should bear the name of their writer. */
export function finalizerWarnings({ metadata }: KubeObject): readonly string[] {
  if (metadata.finalizers === undefined || metadata.finalizers.length === 0) return NONE;
  return metadata.finalizers
    .filter((name) => !name.includes('/') && !STANDARD.includes(name))
    .map(
      (name) =>
        `metadata.finalizers: ${JSON.stringify(name)}: prefer a domain-qualified finalizer name to avoid accidental ` +
        'conflicts with other finalizer writers',
    );
}
