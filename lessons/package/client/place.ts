import { openKeeping } from '../../bench/keeping.ts';
import type { BenchSetup } from '../../bench/protocol.ts';
import type { Place } from '../../workshop/client/place.ts';

/**
 * In a package there is no workshop: this stands in the place of the site's own `place.ts`, whose parts stay out. The page's address is
 * one inside a course, which leads nobody else to it.
 */
export function placeOf(setup: BenchSetup): Place {
  return { kind: 'alone', open: openKeeping, keptAs: setup.id, shares: false };
}
