import type { BenchCard } from './bench-card.ts';
import type { CheckState, Person, Run, Settings } from './records.ts';

/** How one person stands on one bench. */
interface BenchStanding {
  readonly benchId: string;
  readonly runId: string;
  readonly inputs: number;
  readonly beganAt: number;
  readonly lastAt: number;
  /** Checks that are met now. */
  readonly met: readonly string[];
}

/** A line of the instructor's board. */
export interface BoardRow {
  readonly id: string;
  readonly name: string;
  readonly rosterId?: string;
  readonly joinedAt: number;
  readonly seenAt: number;
  readonly handAt?: number;
  readonly pairedWith?: string;
  readonly benches: readonly BenchStanding[];
  /** The bench they worked on last. */
  readonly at?: string;
  /** The check they have been after for longest, and since when: absent while there is nothing left to do. */
  readonly working?: { readonly benchId: string; readonly checkId: string; readonly since: number };
}

/** What the board is given when it opens. */
export interface Board {
  readonly title: string;
  readonly code: string;
  readonly settings: Settings;
  readonly benches: readonly BenchCard[];
  readonly rows: readonly BoardRow[];
  readonly now: number;
}

/**
 * A person's line. Somebody works on the first unmet check of the bench they touched last, since they began the bench or
 * met their last check there.
 *
 * @param checkIds the checks of a bench, in order
 */
export function boardRow(
  person: Person,
  runs: readonly Run[],
  states: readonly CheckState[],
  checkIds: (benchId: string) => readonly string[],
): BoardRow {
  const { id, name, rosterId, joinedAt, seenAt, handAt, pairedWith } = person;
  const benches = runs.map((run) => standing(run, states));
  const latest = benches.reduce<BenchStanding | undefined>(
    (best, each) => (best === undefined || each.lastAt > best.lastAt ? each : best),
    undefined,
  );
  const working = latest === undefined ? undefined : workingOn(latest, states, checkIds(latest.benchId));
  return {
    id,
    name,
    joinedAt,
    seenAt,
    benches,
    ...(rosterId === undefined ? {} : { rosterId }),
    ...(handAt === undefined ? {} : { handAt }),
    ...(pairedWith === undefined ? {} : { pairedWith }),
    ...(latest === undefined ? {} : { at: latest.benchId }),
    ...(working === undefined ? {} : { working }),
  };
}

function standing({ benchId, runId, count, beganAt, lastAt }: Run, states: readonly CheckState[]): BenchStanding {
  const met = states.filter((state) => state.benchId === benchId && state.met).map(({ checkId }) => checkId);
  return { benchId, runId, inputs: count, beganAt, lastAt, met };
}

function workingOn(
  { benchId, beganAt, met }: BenchStanding,
  states: readonly CheckState[],
  checkIds: readonly string[],
): BoardRow['working'] {
  const checkId = checkIds.find((id) => !met.includes(id));
  if (checkId === undefined) return undefined;
  const since = states
    .filter((state) => state.benchId === benchId && state.met)
    .reduce((latest, { firstMetAt, changedAt }) => Math.max(latest, firstMetAt ?? changedAt), beganAt);
  return { benchId, checkId, since };
}
