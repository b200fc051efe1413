import { beforeEach, describe, expect, test } from 'vitest';
import type { LearnerReport } from '../report.ts';
import { EXERCISE, gradedCheck, journalEntry, LESSON, openRoom, type Room, refusal, START } from '../testing/room.ts';

let room: Room;
let key: string;
let request: Room['request'];
beforeEach(async () => {
  room = await openRoom();
  ({ key, request } = room);
});

const HAND_IN = `/me/grade/${encodeURIComponent(EXERCISE.id)}`;
const json = async <T>(response: Promise<Response>): Promise<T> => (await (await response).json()) as T;
const settings = (change: object) => request('PATCH', '/board/settings', key, change);
const grade = (again = false) => json<{ grading: number; at: number }>(request('POST', '/board/grade', key, { again }));
const settled = () => expect.poll(() => room.graded.length);
const scores = async () =>
  (await json<{ score: number }[]>(request('GET', '/board/grades/json', key))).map(({ score }) => score);

async function learner(name: string, entries = 3): Promise<{ readonly id: string; readonly token: string }> {
  const person = await room.join(name);
  // Whoever comes next comes later.
  room.now += 1;
  await room.work(
    person.token,
    EXERCISE.id,
    Array.from({ length: entries }, (_, step) => journalEntry(step)),
  );
  return person;
}

describe('handing in', () => {
  test('grades the journal as the server has it, once for each state of it', async () => {
    const { token, id } = await learner('Ada');
    expect((await request('POST', HAND_IN, token)).status).toBe(202);
    await settled().toBe(1);
    expect(room.graded[0]).toMatchObject({ exerciseId: 'two', variant: 1 });
    expect(room.graded[0]!.entries.map((text) => JSON.parse(text))).toEqual([0, 1, 2].map(journalEntry));
    await request('POST', HAND_IN, token);
    await expect.poll(async () => (await room.store.grades(id)).length).toBe(1);
    expect(room.graded).toHaveLength(1);
  });

  test('is refused as often as the workshop does not allow, and where it is locked', async () => {
    await settings({ mostAttempts: 1 });
    const { token } = await learner('Ada');
    await request('POST', HAND_IN, token);
    await settled().toBe(1);
    expect(await refusal(request('POST', HAND_IN, token))).toBe('409 no-attempts');
    await settings({ mostAttempts: null, locked: [EXERCISE.id] });
    expect(await refusal(request('POST', HAND_IN, token))).toBe('423 locked');
  });

  test('where hand-ins are counted, whoever has handed in is graded on that alone', async () => {
    await settings({ mostAttempts: 3 });
    const ada = await learner('Ada');
    await learner('Ben');
    await request('POST', HAND_IN, ada.token);
    await settled().toBe(1);
    await room.work(ada.token, EXERCISE.id, [journalEntry(9)], 3);
    expect(await grade()).toMatchObject({ grading: 1 });
    await settled().toBe(2);
    expect(await json<object[]>(request('GET', '/board/grades/json', key))).toHaveLength(2);
  });
});

describe('what counts', () => {
  test('the best attempt or the last one, less what lateness costs', async () => {
    const { token } = await learner('Ada');
    await settings({ closesAt: START + 1000, overtimeMs: 60_000, latePenalty: 0.5 });
    room.outcome = { earned: 3, points: 3, checks: [gradedCheck(3)] };
    await grade();
    await settled().toBe(1);
    room.now += 5000;
    await room.work(token, EXERCISE.id, [journalEntry(9)], 3);
    await grade();
    await settled().toBe(2);
    await expect.poll(scores).toEqual([3]);
    await settings({ attempts: 'last' });
    expect(await scores()).toEqual([1.5]);
    await settings({ latePenalty: 0 });
    expect(await scores()).toEqual([3]);
    // The end was moved afterwards: then it was not late.
    await settings({ latePenalty: 0.5, closesAt: START + 10_000 });
    expect(await scores()).toEqual([3]);
  });

  test('a check is mended: everything is graded again, and it is told whose grade moves', async () => {
    await learner('Ada');
    await learner('Ben');
    await grade();
    await settled().toBe(2);
    room.now += 60_000;
    room.outcome = { earned: 3, points: 3, checks: [gradedCheck(3)] };
    const { grading, at } = await grade(true);
    expect(grading).toBe(2);
    await settled().toBe(4);
    // With what came out before, of which much may still be so.
    expect(room.graded.map(({ earlier }) => earlier?.earned)).toEqual([undefined, undefined, 2, 2]);
    await expect.poll(scores).toEqual([3, 3]);
    expect(await json(request('GET', `/board/moves?since=${at}`, key))).toEqual([
      expect.objectContaining({
        name: 'Ada',
        exerciseId: 'two',
        before: 2,
        after: 3,
        points: 3,
        checks: [{ title: 'First', before: 2, after: 3 }],
      }),
      expect.objectContaining({ name: 'Ben', before: 2, after: 3 }),
    ]);
    room.now += 60_000;
    const again = await grade(true);
    await settled().toBe(6);
    expect(await json(request('GET', `/board/moves?since=${again.at}`, key))).toEqual([]);
  });

  test('an attempt of a run that was started over is graded again from its own journal', async () => {
    const { token, id } = await learner('Ada');
    await request('POST', HAND_IN, token);
    await settled().toBe(1);
    const path = `/me/runs/${encodeURIComponent(EXERCISE.id)}`;
    await request('PUT', path, token, { runId: 'r2', version: 'v1', options: {} });
    expect(await room.store.entries(id, EXERCISE.id, 0)).toEqual([]);
    await grade(true);
    await settled().toBe(2);
    expect(room.graded[1]!.entries).toHaveLength(3);
  });
});

test('whose journal cannot be replayed any more keeps the grade, and the instructor is told why it is not a new one', async () => {
  await learner('Ada');
  await grade();
  await settled().toBe(1);
  room.now += 60_000;
  room.outcome = { problem: 'the journal cannot be replayed: another engine recorded it' };
  const { at } = await grade(true);
  await settled().toBe(2);
  const moves = () => json(request('GET', `/board/moves?since=${at}`, key));
  await expect.poll(async () => (await room.store.grades()).length).toBe(2);
  expect(await moves()).toEqual([
    expect.objectContaining({ name: 'Ada', before: 2, after: 2, checks: [], problem: room.outcome.problem }),
  ]);
  expect(await scores()).toEqual([2]);
});

describe('what is taken home', () => {
  test('a spreadsheet: names that are formulas stay text, and who handed in nothing has nothing', async () => {
    const { id } = await learner('=HYPERLINK("http://x")');
    const ben = await room.join('Ben');
    await grade();
    await settled().toBe(1);
    const file = async () =>
      new TextDecoder('utf-8', { ignoreBOM: true }).decode(
        await (await request('GET', '/board/grades/csv', key)).arrayBuffer(),
      );
    const csv = async () => (await file()).split('\r\n');
    await expect.poll(async () => (await csv()).length).toBe(4);
    expect(await csv()).toEqual([
      // Excel reads names in any script by the mark before it.
      '\uFEFFassignment,duedate,timestamp,student_id,last_name,first_name,email,raw_score,late_submission_penalty,score,max_score,name,late,attempts,problem',
      `two,,2026-11-28 09:00:00,${id},,,,2,0,2,3,"'=HYPERLINK(""http://x"")",no,1,`,
      `two,,,${ben.id},,,,0,0,0,3,Ben,no,0,`,
      '',
    ]);
  });

  test('JUnit: markup stays text, and a journal that cannot be graded is a failure that says why', async () => {
    await learner('<b>');
    room.outcome = {
      earned: 0,
      points: 3,
      checks: [{ id: 'c', title: '<b>', earned: 0, points: 3, seen: 'a "b" & c' }],
    };
    await grade();
    await settled().toBe(1);
    room.outcome = { problem: 'the journal takes too long to replay' };
    await learner('Ben');
    await grade();
    await settled().toBe(2);
    const junit = async () => (await request('GET', '/board/grades/xml', key)).text();
    await expect.poll(junit).toContain('too long');
    expect(await junit()).toContain('name="&#60;b&#62;"><failure message="a &#34;b&#34; &#38; c"/>');
    expect(await junit()).toContain('<failure message="the journal takes too long to replay"/>');
    expect(await refusal(request('GET', '/board/grades/exe', key))).toBe('404 no-format');
  });

  test('one learner’s report: for the instructor, and for themselves', async () => {
    const ada = await learner('Ada');
    const ben = await room.join('Ben');
    await room.work(ada.token, LESSON.id, [journalEntry(1)], 0, [{ id: 'first', met: true }]);
    // Begun is something, though nobody has graded it yet.
    expect(await json(request('GET', '/me/report', ada.token))).toMatchObject({
      exercises: [],
      ungraded: [{ benchId: EXERCISE.id, inputs: 3 }],
    });
    await request('POST', HAND_IN, ada.token);
    await settled().toBe(1);
    await expect.poll(async () => (await room.store.grades(ada.id)).length).toBe(1);
    const report = await json<LearnerReport>(request('GET', `/board/people/${ada.id}/report`, key));
    expect(report).toMatchObject({
      name: 'Ada',
      score: 2,
      points: 3,
      exercises: [{ benchId: EXERCISE.id, late: false, attempts: [{ counts: true }], checks: [gradedCheck(2)] }],
      ungraded: [],
      lessons: [{ benchId: LESSON.id, inputs: 1, checks: [{ id: 'first', metAt: START + 1 }, { id: 'second' }] }],
    });
    expect(await json(request('GET', '/me/report', ada.token))).toEqual(report);
    expect(await json(request('GET', '/me/report', ben.token))).toMatchObject({ name: 'Ben', exercises: [] });
    expect(await refusal(request('GET', '/board/people/nobody/report', key))).toBe('404 no-person');
  });
});
