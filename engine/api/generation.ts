import { sameValue, withField } from './copy-on-write.ts';
import type { KubeObject } from './object.ts';

/** A new object of a kind that counts the changes of its spec. */
export function firstGeneration<T extends KubeObject>(object: T): T {
  return object.metadata.generation === 1 ? object : withGeneration(object, 1);
}

/** The previous object's generation, or the next one where the spec changed (so that status writes can be told apart). */
export function nextGeneration<T extends KubeObject & { readonly spec?: unknown }>(
  next: T,
  previous: T,
  changed = !sameValue(next.spec, previous.spec),
): T {
  const before = previous.metadata.generation ?? 0;
  const generation = changed ? before + 1 : before;
  return next.metadata.generation === generation ? next : withGeneration(next, generation);
}

function withGeneration<T extends KubeObject>(object: T, generation: number): T {
  return withField(object, 'metadata', { ...object.metadata, generation });
}
