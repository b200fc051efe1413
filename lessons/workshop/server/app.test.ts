import { beforeEach, describe, expect, test } from 'vitest';
import type { BenchCard } from '../bench-card.ts';
import { openStore } from '../store/sql-store.ts';
import { openSqlite } from '../store/sqlite.ts';
import type { Store } from '../store/store.ts';
import { API, createApp } from './app.ts';
import type { WorkshopServer } from './context.ts';
import { Guesses } from './guesses.ts';
import { LiveBoard } from './live-board.ts';
import { openWorkshop } from './open-workshop.ts';
import { readOptions } from './options.ts';

const LESSON: BenchCard = {
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
const EXERCISE: BenchCard = { ...LESSON, id: 'exercise/two', title: 'Two', path: 'exercises/two/', exercise: 'two' };
const SECOND: BenchCard = { ...EXERCISE, id: 'exercise/two/2', path: 'exercises/two/2/', variant: 2 };

const START = Date.UTC(2026, 10, 28, 9);

let now: number;
let store: Store;
let code: string;
let key: string;
let board: LiveBoard;
let regraded: string[];
let request: (method: string, path: string, token?: string, body?: unknown) => Promise<Response>;

async function begin(args: readonly string[] = [], roster?: ReadonlyMap<string, string>): Promise<void> {
  now = START;
  store = await openStore(openSqlite(':memory:'));
  const options = readOptions(args, new Date(START));
  const opened = await openWorkshop(store, options, [LESSON, EXERCISE, SECOND], undefined, START);
  ({ code } = opened.workshop);
  key = opened.instructorKey;
  regraded = [];
  const server: WorkshopServer = {
    store,
    benches: new Map([LESSON, EXERCISE, SECOND].map((card) => [card.id, card])),
    now: () => now,
    guesses: new Guesses(() => now),
    addressOf: (context) => context.req.header('x-test-address') ?? 'somewhere',
    regrade: async (personId, benchId) => void regraded.push(`${personId} ${benchId}`),
    ...(roster === undefined ? {} : { roster }),
  };
  board = new LiveBoard(server);
  await board.load();
  const app = createApp(server, board, (error) => {
    throw error;
  });
  request = async (method, path, token = '', body) =>
    app.request(`${API}${path}`, {
      method,
      headers: { ...(token === '' ? {} : { authorization: `Bearer ${token}` }), 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
}

async function join(name: string): Promise<{ id: string; token: string }> {
  const response = await request('POST', '/join', '', { code, name });
  expect(response.status).toBe(201);
  return response.json() as Promise<{ id: string; token: string }>;
}

/** The code by which a request is refused, and its status. */
async function refusal(response: Promise<Response>): Promise<string> {
  const answer = await response;
  return `${answer.status} ${((await answer.json()) as { code: string }).code}`;
}

const RUN = `/me/runs/${encodeURIComponent(LESSON.id)}`;
const entry = (step: number) => ({ timeMs: step, step, input: { kind: 'file.write', path: 'a', text: 'b' } });

async function work(
  token: string,
  entries: readonly object[],
  checks: readonly object[] = [],
  from = 0,
): Promise<Response> {
  await request('PUT', RUN, token, { runId: 'r1', version: 'v1', options: {} });
  return request('POST', RUN, token, { runId: 'r1', from, entries, checks });
}

describe('the door', () => {
  beforeEach(() => begin());

  test('code and name let somebody in; the code may be typed as it is read', async () => {
    const spaced = `${code.slice(0, 3).toLowerCase()}-${code.slice(3)} `;
    const response = await request('POST', '/join', '', { code: spaced, name: '  Ada \u200b Lovelace ' });
    const { token, name } = (await response.json()) as { token: string; name: string };
    expect(name).toBe('Ada Lovelace');
    expect(await (await request('GET', '/me', token)).json()).toMatchObject({ name: 'Ada Lovelace', hand: false });
  });

  test('a wrong code, a name that is taken or empty, and what is no JSON are told', async () => {
    await join('Ada');
    expect(await refusal(request('POST', '/join', '', { code: 'WRONG2', name: 'Eve' }))).toBe('403 wrong-code');
    expect(await refusal(request('POST', '/join', '', { code, name: 'ada' }))).toBe('409 name-taken');
    expect(await refusal(request('POST', '/join', '', { code, name: ' \t ' }))).toBe('400 malformed');
    expect(await refusal(request('POST', '/join', '', '{'))).toBe('400 not-json');
    expect(await refusal(request('GET', '/nothing'))).toBe('404 no-route');
  });

  test('guessing is slowed for the address that guesses, and for nobody else', async () => {
    for (let guess = 0; guess < 20; guess++) await request('POST', '/join', '', { code: 'WRONG2', name: 'Eve' });
    expect(await refusal(request('POST', '/join', '', { code, name: 'Eve' }))).toBe('429 slow-down');
    now += 60_000;
    await join('Eve');
  });

  test('with a roster only who is on it comes in, and is matched', async () => {
    await begin([], new Map([['ada lovelace', 's-17']]));
    expect(await refusal(request('POST', '/join', '', { code, name: 'Eve' }))).toBe('403 not-listed');
    const { id } = await join('ADA  Lovelace');
    expect((await store.person(id))?.rosterId).toBe('s-17');
  });

  test('answers are not kept by anybody, and say nothing of where they were asked', async () => {
    const { headers } = await request('GET', '/join');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });
});

describe('a learner', () => {
  beforeEach(() => begin());

  test('sends a journal in batches and gets it back on another device', async () => {
    const { token } = await join('Ada');
    expect(await (await work(token, [entry(1), entry(2)])).json()).toEqual({ count: 2, late: false });
    expect(await refusal(request('POST', RUN, token, { runId: 'r1', from: 7, entries: [entry(7)] }))).toBe('409 gap');
    const again = await request('POST', RUN, token, {
      runId: 'r1',
      from: 1,
      entries: [entry(2), entry(3)],
      end: { timeMs: 9, step: 9 },
    });
    expect(await again.json()).toMatchObject({ count: 3 });
    expect(await (await request('GET', RUN, token)).json()).toEqual({
      runId: 'r1',
      options: {},
      count: 3,
      end: { timeMs: 9, step: 9 },
      from: 0,
      entries: [entry(1), entry(2), entry(3)],
    });
  });

  test('reads and writes their own, and nothing of others or of the instructor', async () => {
    const ada = await join('Ada');
    const ben = await join('Ben');
    await work(ada.token, [entry(1)]);
    expect(await (await request('GET', RUN, ben.token)).json()).toBeNull();
    expect(await refusal(request('POST', RUN, ben.token, { runId: 'r1', from: 1, entries: [entry(2)] }))).toBe(
      '409 unknown-run',
    );
    expect(await refusal(request('GET', '/board', ben.token))).toBe('401 not-instructor');
    expect(await refusal(request('GET', RUN, 'A'.repeat(43)))).toBe('401 unknown-person');
    expect(await refusal(request('GET', RUN))).toBe('401 unknown-person');
  });

  test('is told when the page is of another version, the bench none of this workshop, or locked', async () => {
    const { token } = await join('Ada');
    const body = { runId: 'r1', version: 'v0', options: {} };
    expect(await refusal(request('PUT', RUN, token, body))).toBe('409 other-version');
    expect((await request('PUT', RUN, token, { ...body, version: 'v1-zh' })).status).toBe(204);
    expect(await refusal(request('PUT', '/me/runs/lesson%2Fnine', token, body))).toBe('404 no-bench');
    await request('PATCH', '/board/settings', key, { locked: [LESSON.id] });
    expect(await refusal(request('PUT', RUN, token, { ...body, version: 'v1' }))).toBe('423 locked');
  });

  test('may be late, and then too late', async () => {
    const { token } = await join('Ada');
    await request('PATCH', '/board/settings', key, { closesAt: now + 1000, overtimeMs: 5000 });
    now += 2000;
    expect(await (await work(token, [entry(1)])).json()).toEqual({ count: 1, late: true });
    now += 10_000;
    expect(await refusal(request('POST', RUN, token, { runId: 'r1', from: 1, entries: [entry(2)] }))).toBe('423 over');
  });

  test('sends what no browser sends, and is refused without harm', async () => {
    const { token } = await join('Ada');
    await work(token, []);
    for (const entries of [
      'x',
      [1],
      [{ step: -1, timeMs: 0 }],
      [{ step: 1.5, timeMs: 0 }],
      Array.from({ length: 2001 }, () => entry(1)),
    ]) {
      expect(await refusal(request('POST', RUN, token, { runId: 'r1', from: 0, entries }))).toBe('400 malformed');
    }
    const proto = '{"runId":"r1","from":0,"entries":[{"step":1,"timeMs":1,"__proto__":{"polluted":true}}]}';
    expect((await request('POST', RUN, token, proto)).status).toBe(200);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    const huge = {
      runId: 'r1',
      from: 1,
      entries: [{ ...entry(1), input: { kind: 'x', text: 'x'.repeat(2_000_000) } }],
    };
    expect((await request('POST', RUN, token, huge)).status).toBe(413);
  });

  test('is graded from the journal', async () => {
    const { token, id } = await join('Ada');
    expect((await request('POST', '/me/grade/exercise%2Ftwo', token)).status).toBe(202);
    expect(regraded).toEqual([`${id} exercise/two`]);
  });
});

describe('the instructor', () => {
  beforeEach(() => begin());

  test('sees who is where, and on what they have been for how long', async () => {
    const { token, id } = await join('Ada');
    await work(token, [entry(1)], [{ id: 'first', met: false }]);
    now += 60_000;
    await work(
      token,
      [entry(2)],
      [
        { id: 'first', met: true },
        { id: 'unheard of', met: true },
      ],
      1,
    );
    await request('PUT', '/me/hand', token, { up: true });
    await board.load();
    const { rows } = (await (await request('GET', '/board', key)).json()) as { rows: readonly object[] };
    expect(rows).toEqual([
      expect.objectContaining({
        id,
        name: 'Ada',
        handAt: now,
        at: LESSON.id,
        benches: [expect.objectContaining({ inputs: 2, met: ['first'] })],
        working: { benchId: LESSON.id, checkId: 'second', since: now },
      }),
    ]);
    const run = await request('GET', `/board/people/${id}/runs/${encodeURIComponent(LESSON.id)}?from=1`, key);
    expect(await run.json()).toMatchObject({ count: 2, entries: [entry(2)] });
  });

  test('speaks to everybody or to one', async () => {
    const { id } = await join('Ada');
    expect(
      (await request('POST', '/board/messages', key, { body: { kind: 'announce', text: 'Ten minutes' } })).status,
    ).toBe(201);
    const offer = {
      kind: 'offer',
      benchId: LESSON.id,
      inputs: [{ kind: 'file.write', path: 'a', text: 'b' }],
      text: '',
    };
    expect((await request('POST', '/board/messages', key, { to: id, body: offer })).status).toBe(201);
    expect((await store.messages(id, 0)).map(({ body }) => body.kind)).toEqual(['announce', 'offer']);
    expect(await refusal(request('POST', '/board/messages', key, { to: 'nobody', body: offer }))).toBe('404 no-person');
    expect(await refusal(request('POST', '/board/messages', key, { body: { kind: 'shout' } }))).toBe('400 malformed');
  });

  test('pairs two: both work on one bench', async () => {
    const [ada, ben] = [await join('Ada'), await join('Ben')];
    await work(ada.token, [entry(1)]);
    expect((await request('PUT', `/board/people/${ben.id}/pair`, key, { with: ada.id })).status).toBe(204);
    expect(await (await request('GET', RUN, ben.token)).json()).toMatchObject({ count: 1 });
    expect(await refusal(request('PUT', `/board/people/${ada.id}/pair`, key, { with: ada.id }))).toBe('400 alone');
  });

  test('gives a new link to who has lost theirs; the old one is no longer good', async () => {
    const { id, token } = await join('Ada');
    const fresh = (await (await request('POST', `/board/people/${id}/link`, key)).json()) as { token: string };
    expect((await request('GET', '/me', fresh.token)).status).toBe(200);
    expect((await request('GET', '/me', token)).status).toBe(401);
  });

  test('takes grades home: names that are formulas or markup stay text', async () => {
    const { id } = await join('=HYPERLINK("http://x")');
    const grade = { personId: id, exerciseId: 'two', runId: 'r', count: 3, at: now, late: false, earned: 2, points: 3 };
    await store.saveGrade({ ...grade, checks: [{ id: 'c', title: '<b>', earned: 0, points: 3, seen: 'a "b" & c' }] });
    const csv = await (await request('GET', '/board/grades/csv', key)).text();
    expect(csv.split('\r\n')[1]).toBe(`${id},"'=HYPERLINK(""http://x"")",two,2,3,2,no,1,2026-11-28T09:00:00.000Z,`);
    const junit = await (await request('GET', '/board/grades/xml', key)).text();
    expect(junit).toContain('name="&#60;b&#62;"><failure message="a &#34;b&#34; &#38; c"/>');
    expect(await (await request('GET', '/board/grades/json', key)).json()).toMatchObject([{ score: 2, attempts: 1 }]);
    expect(await refusal(request('GET', '/board/grades/exe', key))).toBe('404 no-format');
  });

  test('chooses what counts of several gradings, and what lateness costs', async () => {
    const { id } = await join('Ada');
    const grade = {
      personId: id,
      exerciseId: 'two',
      runId: 'r',
      count: 3,
      at: now,
      late: false,
      earned: 3,
      points: 3,
      checks: [],
    };
    await store.saveGrade(grade);
    await store.saveGrade({ ...grade, late: true });
    const scores = async () =>
      ((await (await request('GET', '/board/grades/json', key)).json()) as { score: number }[]).map(
        ({ score }) => score,
      );
    expect(await scores()).toEqual([3]);
    await request('PATCH', '/board/settings', key, { attempts: 'last', latePenalty: 0.5 });
    expect(await scores()).toEqual([1.5]);
  });

  test('takes everything home', async () => {
    await join('Ada');
    const lines = (await (await request('GET', '/board/export', key)).text()).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { table: string }).table)).toEqual(['workshop', 'person']);
    expect(lines.join()).not.toContain(key);
  });
});

test('each person may get a variant of their own', async () => {
  await begin();
  expect(SECOND.variant).toBe(2);
  const { token } = await join('Ada');
  const shown = async (who: string) =>
    ((await (await request('GET', '/me', who)).json()) as { settings: { benches: string[] } }).settings.benches;
  expect(await shown(token)).toEqual([LESSON.id, EXERCISE.id]);
  await request('PATCH', '/board/settings', key, { variants: true });
  const others = await Promise.all(
    Array.from({ length: 12 }, async (_, number) => shown((await join(`Learner ${number}`)).token)),
  );
  expect(new Set(others.map((benches) => benches[1]))).toEqual(new Set([EXERCISE.id, SECOND.id]));
});

test('a workshop without anything kept answers in words', async () => {
  await begin();
  await store.wipe();
  expect(await refusal(request('GET', '/join'))).toBe('404 no-workshop');
});
