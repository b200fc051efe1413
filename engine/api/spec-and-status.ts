import { withField, withoutField } from './copy-on-write.ts';
import type { KindDescriptor } from './descriptor.ts';
import { firstGeneration, nextGeneration } from './generation.ts';
import type { KubeObject } from './object.ts';

interface Halves extends KubeObject {
  readonly spec?: unknown;
  readonly status?: unknown;
}

/**
 * Who may write what of a kind with a `status` subresource: a create and an update the spec, a write through `status`
 * the status. Most of these kinds count the changes of their spec.
 * After the strategies in kubernetes/kubernetes pkg/registry.
 */
export function specAndStatus<T extends Halves>({
  counted = true,
  status,
}: {
  readonly counted?: boolean;
  /** What a new object's status is; none where the kind leaves it out. */
  readonly status?: unknown;
} = {}): Required<Pick<KindDescriptor<T>, 'prepareForCreate' | 'prepareForUpdate'>> {
  return {
    prepareForCreate(object) {
      const fresh = status === undefined ? withoutField(object, 'status') : { ...object, status };
      return counted ? firstGeneration(fresh) : fresh;
    },
    prepareForUpdate(next, previous, context) {
      if (context.status) return withHalf(next, previous, 'spec');
      const kept = withHalf(next, previous, 'status');
      return counted ? nextGeneration(kept, previous) : kept;
    },
  };
}

/** The object with one half of another, be it there or not. */
function withHalf<T extends Halves>(object: T, from: T, half: 'spec' | 'status'): T {
  const value = from[half];
  return value === undefined ? withoutField(object, half) : withField(object, half, value);
}

/** What a kind without status does whose spec's changes are counted. */
export const COUNTED = {
  prepareForCreate: firstGeneration,
  prepareForUpdate: <T extends Halves>(next: T, previous: T): T => nextGeneration(next, previous),
};
