import type { KubeObject } from '../api/object.ts';

/** What to do about a finalizer that keeps an object from going while it is in use. */
export function finalizerStep(
  object: KubeObject,
  finalizer: string,
  isUsed: () => boolean,
): 'add' | 'remove' | undefined {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  const isThere = finalizers.includes(finalizer);
  if (deletionTimestamp === undefined) return isThere ? undefined : 'add';
  return isThere && !isUsed() ? 'remove' : undefined;
}

/** The object with the finalizer added or removed. */
export function withFinalizer<T extends KubeObject>(object: T, finalizer: string, step: 'add' | 'remove'): T {
  const { finalizers = [] } = object.metadata;
  const next = step === 'add' ? [...finalizers, finalizer] : finalizers.filter((each) => each !== finalizer);
  return { ...object, metadata: { ...object.metadata, finalizers: next } };
}
