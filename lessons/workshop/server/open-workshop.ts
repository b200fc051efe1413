import type { BenchCard } from '../bench-card.ts';
import type { Settings, Workshop } from '../records.ts';
import { DEFAULT_SETTINGS } from '../records.ts';
import type { Store } from '../store/store.ts';
import { OptionsError, type WorkshopOptions } from './options.ts';
import { hashOf, newCode, newToken } from './secrets.ts';

/** One workshop a database. */
const ID = 'workshop';

export interface OpenedWorkshop {
  readonly workshop: Workshop;
  /** Of the board's link. Only its hash is kept in the database. */
  readonly instructorKey: string;
  readonly resumed: boolean;
}

/**
 * The workshop that is kept, or a new one.
 *
 * @param keptKey the instructor's key of the last time, or one that was chosen beforehand
 * @throws OptionsError for lessons or exercises that this build does not have
 */
export async function openWorkshop(
  store: Store,
  options: WorkshopOptions,
  cards: readonly BenchCard[],
  keptKey: string | undefined,
  now: number,
): Promise<OpenedWorkshop> {
  const kept = await store.workshop();
  if (kept !== undefined) return resume(store, kept, keptKey, options);
  const chosen = [
    ...choose(cards, 'lesson', options.lessons, options.exercises),
    ...choose(cards, 'exercise', options.exercises, options.lessons),
  ];
  const instructorKey = keptKey ?? newToken();
  const workshop: Workshop = {
    id: ID,
    title: options.title,
    code: newCode(),
    instructorHash: hashOf(instructorKey),
    createdAt: now,
    settings: {
      ...DEFAULT_SETTINGS,
      benches: Object.fromEntries(chosen.map(({ id, versions }) => [id, versions])),
      ...(options.until === undefined ? {} : { closesAt: options.until }),
    },
  };
  if (await store.create(workshop)) return { workshop, instructorKey, resumed: false };
  // Another server that shares the database was a moment faster.
  return resume(store, (await store.workshop())!, keptKey, options);
}

async function resume(
  store: Store,
  kept: Workshop,
  keptKey: string | undefined,
  { until }: WorkshopOptions,
): Promise<OpenedWorkshop> {
  if (keptKey === undefined || hashOf(keptKey) !== kept.instructorHash) {
    throw new OptionsError(
      'a workshop is kept there, but not the key of its board; start it with the --data folder it was begun with, or --wipe it',
    );
  }
  if (until === undefined) return { workshop: kept, instructorKey: keptKey, resumed: true };
  const closing = (settings: Settings): Settings => ({ ...settings, closesAt: until });
  await store.changeSettings(kept.id, closing);
  return { workshop: { ...kept, settings: closing(kept.settings) }, instructorKey: keptKey, resumed: true };
}

/** Everything of a kind, unless it or the other kind was chosen from. */
function choose(
  cards: readonly BenchCard[],
  kind: 'lesson' | 'exercise',
  names: readonly string[] | undefined,
  others: readonly string[] | undefined,
): readonly BenchCard[] {
  const all = cards.filter(({ id }) => id.startsWith(`${kind}/`));
  if (names === undefined) return others === undefined ? all : [];
  return names.flatMap((name) => {
    const id = `${kind}/${name.trim()}`;
    const found = all.filter((card) => card.id === id || `exercise/${card.exercise}` === id);
    if (found.length > 0) return found;
    const known = all.filter(({ variant = 1 }) => variant === 1).map((card) => card.id.slice(kind.length + 1));
    throw new OptionsError(`there is no ${kind} "${name}"; there are: ${known.join(', ')}`);
  });
}
