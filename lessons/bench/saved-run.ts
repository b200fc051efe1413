import type { ClusterOptions, JournalEntry } from '@drydock/engine';
import type { RunPoint } from '@drydock/engine/worker';
import type { SavedRun } from './protocol.ts';

/** The form in which runs are kept; another number means another version of this site wrote it. */
export const FORMAT = 1;

/** A run from a link or a file: longer ones would be replayed for minutes. */
const MAX_ENTRIES = 50_000;
const MAX_TIME_MS = 7 * 24 * 3_600_000;

/**
 * A run as it was kept.
 *
 * @throws Error when it makes no sense.
 */
export function checkedRun(head: unknown, entries: readonly unknown[]): SavedRun {
  const { format, options, end } = (head ?? {}) as { format?: unknown; options?: unknown; end?: unknown };
  const sound =
    format === FORMAT &&
    typeof options === 'object' &&
    options !== null &&
    (end === undefined || isPoint(end)) &&
    entries.every((entry) => isPoint(entry) && typeof (entry as Partial<JournalEntry>).input?.kind === 'string');
  if (!sound) throw new Error('what is kept was written by another version of Drydock, or is damaged');
  return { options: options as ClusterOptions, entries: entries as JournalEntry[], end };
}

/** What a link or a file carries of a run, for the bench with this id. */
export interface SharedRun {
  readonly id: string;
  readonly run: SavedRun;
}

export function sharedRun(id: string, { options, entries, end }: SavedRun): object {
  return { kind: 'drydock-run', format: FORMAT, id, options, entries, end };
}

/**
 * Reads such a thing, whoever made it.
 *
 * @throws Error when it is something else, or too much.
 */
export function readSharedRun(data: unknown): SharedRun {
  const { kind, id, entries, ...head } = (data ?? {}) as Record<string, unknown>;
  if (kind !== 'drydock-run' || typeof id !== 'string' || !Array.isArray(entries)) {
    throw new Error('this is no state that Drydock shared');
  }
  const run = checkedRun(head, entries);
  if (entries.length > MAX_ENTRIES || (run.end?.timeMs ?? 0) > MAX_TIME_MS) {
    throw new Error('it is longer than what can be brought back here');
  }
  return { id, run };
}

function isPoint(value: unknown): value is RunPoint {
  const { timeMs, step } = (value ?? {}) as Partial<RunPoint>;
  return Number.isFinite(timeMs) && Number.isSafeInteger(step);
}
