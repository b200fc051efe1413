import type { BenchCard } from '../bench-card.ts';
import type { Settings, Workshop } from '../records.ts';
import { DEFAULT_SETTINGS } from '../records.ts';
import type { Store } from '../store/store.ts';
import { OptionsError, type WorkshopOptions } from './options.ts';
import { hashOf, newCode, newToken } from './secrets.ts';

/** One workshop a database. */
const ID = 'workshop';
const TITLE = 'Kubernetes workshop';
/** So many names are read in one sentence. */
const MOST_NAMED = 8;

export interface OpenedWorkshop {
  readonly workshop: Workshop;
  /** Of the board's link. Only its hash is kept in the database. */
  readonly instructorKey: string;
  readonly resumed: boolean;
  /** What is otherwise than the options might let one think, a sentence each. */
  readonly notes: readonly string[];
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
  if (kept !== undefined) return resume(store, kept, keptKey, options, cards);
  const chosen = chosenOf(cards, options);
  const instructorKey = keptKey ?? newToken();
  const workshop: Workshop = {
    id: ID,
    title: options.title ?? TITLE,
    code: newCode(),
    instructorHash: hashOf(instructorKey),
    createdAt: now,
    settings: {
      ...DEFAULT_SETTINGS,
      benches: Object.fromEntries(chosen.map(({ id, versions }) => [id, versions])),
      ...(options.until === undefined ? {} : { closesAt: options.until }),
    },
  };
  if (await store.create(workshop)) return { workshop, instructorKey, resumed: false, notes: [] };
  // Another server that shares the database was a moment faster.
  return resume(store, (await store.workshop())!, keptKey, options, cards);
}

async function resume(
  store: Store,
  kept: Workshop,
  keptKey: string | undefined,
  options: WorkshopOptions,
  cards: readonly BenchCard[],
): Promise<OpenedWorkshop> {
  if (keptKey === undefined || hashOf(keptKey) !== kept.instructorHash) {
    throw new OptionsError(
      'a workshop is kept there, but not the key of its board; start it with the --data folder it was begun with, or --wipe it',
    );
  }
  const { title = kept.title, until } = options;
  const notes = [...keptBenches(cards, kept.settings, options), ...changedBenches(cards, kept.settings)];
  if (title !== kept.title) await store.changeTitle(kept.id, title);
  if (until !== undefined) await store.changeSettings(kept.id, (settings) => ({ ...settings, closesAt: until }));
  const settings = until === undefined ? kept.settings : { ...kept.settings, closesAt: until };
  return { workshop: { ...kept, title, settings }, instructorKey: keptKey, resumed: true, notes };
}

/** People have journals on what the workshop began with, so a choice that comes later is not taken; that is said. */
function keptBenches(cards: readonly BenchCard[], { benches }: Settings, options: WorkshopOptions): readonly string[] {
  if (options.lessons === undefined && options.exercises === undefined) return [];
  const asked = new Set(chosenOf(cards, options).map(({ id }) => id));
  const kept = Object.keys(benches);
  if (kept.length === asked.size && kept.every((id) => asked.has(id))) return [];
  return [
    `The workshop keeps the lessons and exercises that it began with (${named(cards, kept)}). For others begin ` +
      'another one with another --data folder or --database, or forget this one first with --wipe.',
  ];
}

/** A journal can only be replayed on the bench it was made on; better said here than learned from forty people. */
function changedBenches(cards: readonly BenchCard[], { benches }: Settings): readonly string[] {
  const versions = new Map(cards.map((card) => [card.id, card.versions]));
  const changed = Object.entries(benches).filter(
    ([id, began]) => !began.some((each) => versions.get(id)?.includes(each)),
  );
  if (changed.length === 0) return [];
  const names = named(
    cards,
    changed.map(([id]) => id),
  );
  return [
    `Drydock has changed since the workshop began (${names}): whoever opens that anew is not followed. Go on with the ` +
      'Drydock it began with, or begin another workshop.',
  ];
}

/** By the names that `--lessons` and `--exercises` take. */
function named(cards: readonly BenchCard[], ids: readonly string[]): string {
  const exercises = new Map(cards.map(({ id, exercise }) => [id, exercise]));
  const names = [...new Set(ids.map((id) => exercises.get(id) ?? id.replace(/^[^/]+\//, '')))];
  const more = names.length - MOST_NAMED;
  return `${names.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function chosenOf(cards: readonly BenchCard[], { lessons, exercises }: WorkshopOptions): readonly BenchCard[] {
  return [...choose(cards, 'lesson', lessons, exercises), ...choose(cards, 'exercise', exercises, lessons)];
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
