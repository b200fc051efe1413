import type { KindDescriptor, StorageForm } from './descriptor.ts';
import type { KubeObject } from './object.ts';
import { ALL_VERBS } from './verbs.ts';

type Given<T extends KubeObject> = Omit<
  KindDescriptor<T>,
  'singular' | 'shortNames' | 'categories' | 'verbs' | 'subresources'
> &
  Partial<Pick<KindDescriptor<T>, 'shortNames' | 'categories' | 'verbs' | 'subresources'>>;

/** A descriptor with what most kinds have in common: all verbs, a singular that is the kind in lower case. */
export function storedKind<T extends KubeObject>(given: Given<T>): KindDescriptor<T> {
  return {
    singular: given.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    verbs: ALL_VERBS,
    subresources: [],
    ...given,
  };
}

/**
 * Another form in which a stored kind is served. It behaves as the stored kind does, but for what is given here.
 * The order of versions in the list of kinds is the order of preference.
 */
export function servedForm<T extends KubeObject>(
  stored: KindDescriptor<T>,
  form: Pick<KindDescriptor<T>, 'version' | 'schema'> &
    Partial<Omit<KindDescriptor<T>, 'storage'>> &
    Pick<StorageForm<T>, 'toStorage' | 'fromStorage'>,
): KindDescriptor<T> {
  const { toStorage, fromStorage, ...own } = form;
  const { group, version, kind, plural } = stored;
  return { ...stored, ...own, storage: { kind: { group, version, kind, plural }, toStorage, fromStorage } };
}
