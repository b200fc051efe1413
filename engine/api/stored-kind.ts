import type { KindDescriptor } from './descriptor.ts';
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
