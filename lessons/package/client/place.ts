import { openKeeping } from '../../bench/keeping.ts';
import type { Place } from '../../workshop/client/place.ts';

/** In a package there is no workshop: this stands in the place of the site's own `place.ts`, whose parts stay out. */
export function placeOf(): Place {
  return { kind: 'alone', open: openKeeping };
}
