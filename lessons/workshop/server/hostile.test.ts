import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { openStore } from '../store/sql-store.ts';
import { openSqlite } from '../store/sqlite.ts';
import { EXERCISE, journalEntry as entry, LESSON, openRoom, type Room, refusal, START } from '../testing/room.ts';
import { newCode, newToken, sameSecret } from './secrets.ts';

// What people, browsers and machines do to a workshop that they should not. Each is bounded, each is told in plain words,
// and whoever sits beside them notices nothing.

const RUN = `/me/runs/${encodeURIComponent(LESSON.id)}`;

let room: Room;
let request: Room['request'];
beforeEach(async () => {
  room = await openRoom();
  request = room.request;
});

/** A neighbour can still join and work. */
async function neighbourWorks(address = 'elsewhere'): Promise<void> {
  const joined = await request('POST', '/join', '', { code: room.code, name: `Neighbour ${Math.random()}` }, address);
  const { token } = (await joined.json()) as { token: string };
  expect((await room.work(token, LESSON.id, [entry(1)])).status).toBe(200);
}

describe('guessing', () => {
  const guess = (address: string) => request('POST', '/join', '', { code: 'WRONG2', name: 'Eve' }, address);

  test('a code: an address has twenty tries a minute, all together three hundred', async () => {
    for (let number = 0; number < 20; number++) expect((await guess('eve')).status).toBe(403);
    const refused = await guess('eve');
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get('retry-after'))).toBe(60);
    expect(await refused.json()).toMatchObject({ message: 'Too many wrong codes. Try again in 60 seconds.', wait: 60 });
    await neighbourWorks();
    for (let number = 0; number < 280; number++) expect((await guess(`bot ${number}`)).status).toBe(403);
    expect((await guess('one more')).status).toBe(429);
    room.now += 60_000;
    await neighbourWorks();
  });

  test('a link or the board’s key is slowed the same way, and right ones still work from that address', async () => {
    const { token } = await room.join('Ada');
    for (let number = 0; number < 20; number++) await request('GET', '/me', newToken(), undefined, 'eve');
    expect(await refusal(request('GET', '/me', newToken(), undefined, 'eve'))).toBe('429 slow-down');
    expect(await refusal(request('GET', '/board', newToken(), undefined, 'eve'))).toBe('429 slow-down');
    expect((await request('GET', '/me', token, undefined, 'eve')).status).toBe(200);
    expect((await request('GET', '/board', room.key, undefined, 'eve')).status).toBe(200);
  });

  test('secrets are long, never twice the same, and compared without telling where they differ', () => {
    expect(newToken()).toMatch(/^[\w-]{43}$/);
    expect(new Set(Array.from({ length: 1000 }, newToken)).size).toBe(1000);
    expect(newCode()).toMatch(/^[A-HJ-NP-Z2-9]{6}$/);
    expect([sameSecret('abc', 'abc'), sameSecret('abc', 'abd'), sameSecret('abc', 'abcdef')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('secrets stay where they are', () => {
  test('they go in a header alone: an address with one in it opens nothing', async () => {
    const { token } = await room.join('Ada');
    expect((await request('GET', `/me?token=${token}`)).status).toBe(401);
    expect((await request('GET', `/board?key=${room.key}`)).status).toBe(401);
  });

  test('what is kept and exported holds their hashes only, and a problem that is reported does not name them', async () => {
    const reports: string[] = [];
    room = await openRoom([], { report: (error) => reports.push(`${error.stack}`) });
    const { token } = await room.join('Ada');
    const exported = await (await room.request('GET', '/board/export', room.key)).text();
    expect(exported).not.toContain(token);
    expect(exported).not.toContain(room.key);
    await room.store.close();
    expect((await room.request('GET', '/me', token)).status).toBe(500);
    expect(reports.length).toBeGreaterThan(0);
    expect(reports.join()).not.toContain(token);
  });

  test('pages that are left tell nobody where one was', async () => {
    const { headers } = await request('GET', '/join');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
  });
});

describe('floods', () => {
  test('a link that sends far more than a browser does waits; its neighbours do not', async () => {
    const { token } = await room.join('Eve');
    const answers = await Promise.all(Array.from({ length: 200 }, () => request('GET', '/me', token)));
    expect(answers.filter(({ status }) => status === 429).length).toBeGreaterThan(70);
    expect(await refusal(request('GET', '/me', token))).toBe('429 too-many');
    await neighbourWorks();
    room.now += 10_000;
    expect((await request('GET', '/me', token)).status).toBe(200);
  });

  test('so many windows listen for one person, and no more', async () => {
    const { token } = await room.join('Eve');
    const streams = await Promise.all(Array.from({ length: 20 }, () => request('GET', '/me/messages', token)));
    expect(streams.map(({ status }) => status)).toEqual(streams.map(() => 200));
    expect(await refusal(request('GET', '/me/messages', token))).toBe('429 too-many');
    await streams[0]!.body!.cancel();
    await expect.poll(async () => (await request('GET', '/me/messages', token)).status).toBe(200);
    await neighbourWorks();
  });

  test('hand-ins of one journal are graded once, however often they are asked for', async () => {
    const { token } = await room.join('Eve');
    await room.work(token, EXERCISE.id, [entry(1)]);
    const path = `/me/grade/${encodeURIComponent(EXERCISE.id)}`;
    await Promise.all(Array.from({ length: 50 }, () => request('POST', path, token)));
    await expect.poll(() => room.graded.length).toBe(1);
  });
});

describe('journals', () => {
  test('a run too long, a body too large, a batch too long: each is told, nobody else is affected', async () => {
    const { token } = await room.join('Eve');
    const text = 'x'.repeat(900_000);
    const write = { ...entry(1), input: { kind: 'file.write', path: 'a', text } };
    await room.work(token, LESSON.id, []);
    let from = 0;
    let answer = await request('POST', RUN, token, { runId: 'r1', from, entries: [write] });
    while (answer.status === 200 && from < 30) {
      from += 1;
      room.now += 1000;
      answer = await request('POST', RUN, token, { runId: 'r1', from, entries: [write] });
    }
    expect([answer.status, from]).toEqual([413, 18]);
    expect(await answer.json()).toMatchObject({ code: 'too-long' });
    const huge = { runId: 'r1', from, entries: [{ ...write, input: { ...write.input, text: text + text } }] };
    expect(await refusal(request('POST', RUN, token, huge))).toBe('413 too-large');
    const many = { runId: 'r1', from, entries: Array.from({ length: 2001 }, () => entry(1)) };
    expect(await refusal(request('POST', RUN, token, many))).toBe('400 malformed');
    await neighbourWorks();
  });

  test('what one person’s runs take up together is bounded, and so is how often they begin', async () => {
    const { token, id } = await room.join('Eve');
    const input = { kind: 'file.write', path: 'a', text: 'x'.repeat(16_000_000) } as const;
    for (const runId of ['a', 'b', 'c', 'd']) {
      await room.store.beginRun({ personId: id, benchId: LESSON.id, runId, options: {}, beganAt: START });
      const batch = { from: 0, entries: [{ timeMs: 1, step: 1, input }] };
      expect(await room.store.append(id, LESSON.id, runId, batch, START)).toEqual({ count: 1 });
    }
    const write = { ...entry(1), input: { kind: 'file.write', path: 'a', text: 'x'.repeat(900_000) } };
    await request('PUT', RUN, token, { runId: 'e', version: 'v1', options: {} });
    const answers = [0, 1, 2, 3].map(
      (from) => () => request('POST', RUN, token, { runId: 'e', from, entries: [write] }),
    );
    const statuses: number[] = [];
    for (const send of answers) statuses.push((await send()).status);
    expect(statuses).toEqual([200, 200, 200, 413]);
    await neighbourWorks();
    for (let number = 0; number < 2000; number++) {
      const run = { personId: id, benchId: LESSON.id, runId: `${number}`, options: {}, beganAt: START };
      await room.store.beginRun(run);
    }
    room.now += 10_000;
    expect(await refusal(request('PUT', RUN, token, { runId: 'f', version: 'v1', options: {} }))).toBe('413 too-much');
  });

  test('a forged past is refused: what was acknowledged stays', async () => {
    const { token } = await room.join('Eve');
    await room.work(token, LESSON.id, [entry(1), entry(2)]);
    const forged = { runId: 'r1', from: 0, entries: [entry(1), entry(7), entry(8)] };
    expect(await refusal(request('POST', RUN, token, forged))).toBe('409 diverged');
    const kept = (await (await request('GET', RUN, token)).json()) as { entries: readonly object[] };
    expect(kept.entries).toEqual([entry(1), entry(2)]);
  });

  test('two windows go on with one run: the second is told, sends a run of its own, and both are kept', async () => {
    const { token, id } = await room.join('Ada');
    await room.work(token, LESSON.id, [entry(1), entry(2)]);
    const second = [entry(1), entry(3), entry(4)];
    expect(await refusal(request('POST', RUN, token, { runId: 'r1', from: 1, entries: second.slice(1) }))).toBe(
      '409 diverged',
    );
    await request('PUT', RUN, token, { runId: 'r2', version: 'v1', options: {} });
    expect((await request('POST', RUN, token, { runId: 'r2', from: 0, entries: second })).status).toBe(200);
    expect(await room.store.entries(id, LESSON.id, 0, 'r1')).toHaveLength(2);
    expect(await room.store.entries(id, LESSON.id, 0, 'r2')).toHaveLength(3);
  });

  test('what is no journal is refused without harm', async () => {
    const { token } = await room.join('Eve');
    await room.work(token, LESSON.id, []);
    for (const entries of ['x', [1], [{ step: -1, timeMs: 0 }], [{ step: 1.5, timeMs: 0 }], [{ step: 1 }], null]) {
      expect(await refusal(request('POST', RUN, token, { runId: 'r1', from: 0, entries }))).toBe('400 malformed');
    }
    const proto = '{"runId":"r1","from":0,"entries":[{"step":1,"timeMs":1,"__proto__":{"polluted":true}}]}';
    expect((await request('POST', RUN, token, proto)).status).toBe(200);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('a task of a mock exam is followed as its exercise; a made-up bench is none', async () => {
    const { token } = await room.join('Ada');
    expect((await room.work(token, 'exam/x1/two', [entry(1)])).status).toBe(200);
    expect(
      await refusal(request('PUT', '/me/runs/exam%2Fx%2Fnine', token, { runId: 'r', version: 'v1', options: {} })),
    ).toBe('404 no-bench');
    await request('POST', '/me/grade/exam%2Fx1%2Ftwo', token);
    await expect.poll(() => room.graded.map(({ exerciseId }) => exerciseId)).toEqual(['two']);
  });
});

describe('clocks', () => {
  test('what a browser says of the time decides nothing: late is late by the server’s clock', async () => {
    const { token, id } = await room.join('Eve');
    await request('PATCH', '/board/settings', room.key, { closesAt: START + 1000, overtimeMs: 60_000 });
    room.now += 2000;
    const early = { ...entry(1), timeMs: 0, at: START - 86_400_000 };
    expect(await (await room.work(token, LESSON.id, [early])).json()).toMatchObject({ late: true });
    expect((await room.store.run(id, LESSON.id))?.lastAt).toBe(START + 2000);
  });

  test('a learner is told the server’s time, so that a countdown is right on a device whose clock is not', async () => {
    const { token } = await room.join('Ada');
    expect(await (await request('GET', '/me', token)).json()).toMatchObject({ now: START });
  });
});

describe('storage', () => {
  test('a full disk: it is told, learners keep what they have, and it goes on when there is room', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drydock-full-'));
    const sql = openSqlite(join(folder, 'workshop.sqlite'));
    const reports: Error[] = [];
    room = await openRoom([], { store: await openStore(sql), report: (error) => reports.push(error) });
    const { token } = await room.join('Ada');
    await room.work(token, LESSON.id, [entry(1)]);
    await sql.query('pragma max_page_count = 1');
    const write = { ...entry(2), input: { kind: 'file.write', path: 'a', text: 'x'.repeat(200_000) } };
    const send = () => room.request('POST', RUN, token, { runId: 'r1', from: 1, entries: [write] });
    expect(await refusal(send())).toBe('507 storage-full');
    expect(reports).toHaveLength(1);
    expect((await room.request('GET', RUN, token)).status).toBe(200);
    await sql.query('pragma max_page_count = 100000');
    expect(await (await send()).json()).toMatchObject({ count: 2 });
    await room.store.close();
    rmSync(folder, { recursive: true });
  });

  test('two changes of the settings at once are both made', async () => {
    await Promise.all([
      request('PATCH', '/board/settings', room.key, { paused: true }),
      request('PATCH', '/board/settings', room.key, { overtimeMs: 5000 }),
      request('PATCH', '/board/settings', room.key, { locked: [LESSON.id] }),
    ]);
    expect((await room.store.workshop())?.settings).toMatchObject({
      paused: true,
      overtimeMs: 5000,
      locked: [LESSON.id],
    });
  });
});
