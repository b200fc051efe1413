import { expect } from 'vitest';
import type { BenchCard } from '../bench-card.ts';
import { GradePassback } from '../lti/grade-passback.ts';
import type { LtiTool } from '../lti/tool.ts';
import { API, createApp } from '../server/app.ts';
import type { WorkshopServer } from '../server/context.ts';
import type { GradeJob, GradeOutcome } from '../server/grade-worker.ts';
import { Grading } from '../server/grading.ts';
import { Guesses } from '../server/guesses.ts';
import { Happenings } from '../server/happenings.ts';
import { LiveBoard } from '../server/live-board.ts';
import { openWorkshop } from '../server/open-workshop.ts';
import { readOptions } from '../server/options.ts';
import type { Webhooks } from '../server/webhooks.ts';
import { openStore } from '../store/sql-store.ts';
import { openSqlite } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';

export const LESSON: BenchCard = {
  id: 'lesson/one',
  title: 'One',
  path: 'lessons/one/',
  versions: ['v1', 'v1-zh'],
  minutes: 10,
  checks: [
    { id: 'first', title: 'First' },
    { id: 'second', title: 'Second' },
  ],
};
export const EXERCISE: BenchCard = {
  ...LESSON,
  id: 'exercise/two',
  title: 'Two',
  path: 'exercises/two/',
  exercise: 'two',
};
export const SECOND: BenchCard = { ...EXERCISE, id: 'exercise/two/2', path: 'exercises/two/2/', variant: 2 };

export const START = Date.UTC(2026, 10, 28, 9);

/** A workshop without a socket, and with a clock that stands still until told. */
export interface Room {
  readonly store: Store;
  readonly code: string;
  readonly key: string;
  readonly board: LiveBoard;
  now: number;
  /** A request to the site, not below the API. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** When platforms have the grades, or will not get them. */
  passedBack(): Promise<void>;
  /** What was sent to be graded, in the place of the threads. */
  readonly graded: GradeJob[];
  /** What comes out of it. */
  outcome: GradeOutcome;
  /** @param heard the number of the last message, where one comes back to listen */
  request(
    method: string,
    path: string,
    token?: string,
    body?: unknown,
    address?: string,
    heard?: string,
  ): Promise<Response>;
  join(name: string): Promise<{ readonly id: string; readonly token: string }>;
  /** Sends entries of a bench's run. */
  work(
    token: string,
    bench: string,
    entries: readonly object[],
    from?: number,
    checks?: readonly object[],
  ): Promise<Response>;
}

export function gradedCheck(earned: number) {
  return { id: 'first', title: 'First', earned, points: 3, seen: 'a Pod' };
}

export function journalEntry(step: number) {
  return { timeMs: step, step, input: { kind: 'file.write', path: 'a', text: 'b' } };
}

/**
 * @param args of the command line
 * @param store to be kept in, if not in memory
 */
export async function openRoom(
  args: readonly string[] = [],
  options: {
    readonly roster?: ReadonlyMap<string, string>;
    readonly store?: Store;
    readonly webhooks?: Webhooks;
    lti?(now: () => number): LtiTool;
    report?(error: Error): void;
  } = {},
): Promise<Room> {
  const store = options.store ?? (await openStore(openSqlite(':memory:')));
  const cards = [LESSON, EXERCISE, SECOND];
  const benches = new Map(cards.map((card) => [card.id, card]));
  const opened = await openWorkshop(store, readOptions(args, new Date(START)), cards, undefined, START);
  const { code } = opened.workshop;
  const now = () => room.now;
  const grading = new Grading(store, benches, (load) => gradeAtOnce(room, load), now);
  const happenings = options.webhooks === undefined ? undefined : new Happenings(store, benches, options.webhooks);
  grading.onGraded((personId, exerciseId) => happenings?.graded(personId, exerciseId));
  const lti = options.lti?.(now);
  const passback =
    lti === undefined ? undefined : new GradePassback(store, lti.settings.platforms, lti.keys, lti.world);
  const passed: Promise<void>[] = [];
  if (passback !== undefined) grading.onGraded((...graded) => passed.push(passback.graded(...graded)));
  const server: WorkshopServer = {
    store,
    benches,
    now,
    guesses: new Guesses(now),
    addressOf: (context) => context.req.header('x-test-address') ?? 'somewhere',
    grading,
    ...(lti === undefined ? {} : { lti }),
    ...(happenings === undefined ? {} : { happenings }),
    ...(options.roster === undefined ? {} : { roster: options.roster }),
  };
  const board = new LiveBoard(server);
  await board.load();
  const throwIt = (error: Error): never => {
    throw error;
  };
  const app = createApp(server, board, options.report ?? throwIt);
  const request: Room['request'] = async (
    method,
    path,
    token = '',
    body = undefined,
    address = 'somewhere',
    heard = undefined,
  ) =>
    app.request(`${API}${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        'content-type': 'application/json',
        'x-test-address': address,
        ...(heard === undefined ? {} : { 'last-event-id': heard }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const room: Room = {
    store,
    code,
    key: opened.instructorKey,
    board,
    now: START,
    fetch: async (path, init) => app.request(path, init),
    async passedBack() {
      await Promise.all(passed);
      await passback?.settled();
    },
    graded: [],
    outcome: { earned: 2, points: 3, checks: [gradedCheck(2)] },
    request,
    async join(name) {
      const response = await request('POST', '/join', '', { code, name });
      expect(response.status).toBe(201);
      return response.json() as Promise<{ id: string; token: string }>;
    },
    async work(token, bench, entries, from = 0, checks = []) {
      const path = `/me/runs/${encodeURIComponent(bench)}`;
      await request('PUT', path, token, { runId: 'r1', version: 'v1', options: {} });
      return request('POST', path, token, { runId: 'r1', from, entries, checks });
    },
  };
  return room;
}

async function gradeAtOnce(room: Room, load: () => Promise<GradeJob | undefined>): Promise<GradeOutcome | undefined> {
  const job = await load();
  if (job === undefined) return undefined;
  room.graded.push(job);
  return room.outcome;
}

/** The status and code by which a request is refused. */
export async function refusal(response: Promise<Response>): Promise<string> {
  const answer = await response;
  return `${answer.status} ${((await answer.json()) as { code: string }).code}`;
}
