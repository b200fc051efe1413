// By its file: the whole door would bring the engine into the server's own thread, which has no need of it.
import { variantFor } from '../../../graders/chosen-variant.ts';
import type { BenchCard } from '../bench-card.ts';
import type { Settings } from '../records.ts';

/**
 * The benches that are shown to a person: every lesson, and of each exercise one variant, the first unless the workshop
 * gives each person their own.
 */
export function assignedBenches(
  cards: Iterable<BenchCard>,
  { benches, variants }: Settings,
  personId: string,
): readonly string[] {
  const offered = [...cards].filter(({ id }) => benches[id] !== undefined);
  const lessons = offered.filter(({ exercise }) => exercise === undefined);
  const exercises = Map.groupBy(
    offered.filter(({ exercise }) => exercise !== undefined),
    ({ exercise }) => exercise,
  );
  const chosen = [...exercises.values()].map((each) => each[variants ? variantFor(personId, each.length) : 0]!);
  return [...lessons, ...chosen].map(({ id }) => id);
}
