import { beforeEach, describe, expect, test } from 'vitest';
import { AGS, type LtiTestPlatform, learnerLaunch, SCHOOL } from '../testing/lti-platform.ts';
import { LINE_ITEM, onward, openLtiRoom } from '../testing/lti-room.ts';
import { EXERCISE, journalEntry, type Room, START } from '../testing/room.ts';

let room: Room;
let platform: LtiTestPlatform;
let complaints: readonly string[];
let waits: readonly number[];
beforeEach(async () => {
  ({ room, platform, complaints, waits } = await openLtiRoom());
});

describe('grades go to the gradebook', () => {
  /** Somebody comes by a link with a column, works, and is graded. */
  async function handIn(sub: string, earned: number, more: object = {}): Promise<string> {
    const launch = learnerLaunch(sub, sub, EXERCISE.id, `${LINE_ITEM}?page=1`);
    const token = (await onward(platform.launch(room, launch))).get('link')!;
    room.outcome = {
      earned,
      points: 3,
      checks: [{ id: 'first', title: 'First', earned, points: 3, seen: '' }],
      ...more,
    };
    await room.work(token, EXERCISE.id, [journalEntry(1)]);
    await room.request('POST', `/me/grade/${encodeURIComponent(EXERCISE.id)}`, token);
    await expect.poll(() => room.graded.length).toBeGreaterThan(0);
    await expect.poll(async () => (await room.store.grades()).length).toBeGreaterThan(0);
    await room.passedBack();
    return token;
  }

  test('with fractions, to the column of the link, by leave that is asked for once', async () => {
    await handIn('u1', 1.5);
    expect(platform.scores).toEqual([
      {
        lineItem: LINE_ITEM,
        userId: 'u1',
        timestamp: new Date(START).toISOString(),
        activityProgress: 'Submitted',
        gradingProgress: 'FullyGraded',
        scoreGiven: 1.5,
        scoreMaximum: 3,
        comment: 'First: 1.5/3',
      },
    ]);
    expect(platform.asked.at(-1)).toBe(`${LINE_ITEM}/scores?page=1`);
    await handIn('u2', 3);
    expect(platform.scores.map(({ userId, scoreGiven }) => [userId, scoreGiven])).toEqual([
      ['u1', 1.5],
      ['u2', 3],
    ]);
    expect(platform.asked.filter((url) => url === SCHOOL.tokenUrl)).toHaveLength(1);
  });

  test('of what is graded again, the grade that counts', async () => {
    await handIn('u1', 1);
    room.outcome = { earned: 2, points: 3, checks: [] };
    await room.request('POST', '/board/grade', room.key, { again: true });
    await expect.poll(async () => (await room.store.grades()).length).toBe(2);
    await room.passedBack();
    expect(platform.scores.map(({ scoreGiven }) => scoreGiven)).toEqual([1, 2]);
  });

  test('what cannot be graded says so, and gives no points', async () => {
    await handIn('u1', 0, { checks: [], problem: 'the journal cannot be replayed' });
    expect(platform.scores).toMatchObject([{ gradingProgress: 'Failed', comment: 'the journal cannot be replayed' }]);
    expect(platform.scores[0]).not.toHaveProperty('scoreGiven');
  });

  test('nothing where the platform has no column for it, or gives no right to write there', async () => {
    const launch = { ...learnerLaunch('u1', 'Ada', EXERCISE.id), [AGS]: { scope: [], lineitem: LINE_ITEM } };
    const token = (await onward(platform.launch(room, launch))).get('link')!;
    await room.work(token, EXERCISE.id, [journalEntry(1)]);
    await room.request('POST', `/me/grade/${encodeURIComponent(EXERCISE.id)}`, token);
    await expect.poll(async () => (await room.store.grades()).length).toBe(1);
    await room.passedBack();
    expect(platform.asked.filter((url) => url !== SCHOOL.keysUrl)).toEqual([]);
  });

  test('a platform that is away gets it later; leave that has ended is asked for anew', async () => {
    const troubles = [503, 401].map((status) => ({ url: LINE_ITEM, status }));
    platform.troubles.push({ url: SCHOOL.tokenUrl, status: 500 }, ...troubles);
    await handIn('u1', 2);
    expect(platform.scores).toHaveLength(1);
    expect(waits).toEqual([5000, 30_000, 120_000]);
    expect(complaints).toEqual([]);
  });

  test('what is refused is given up, which the terminal says without a name or a key', async () => {
    platform.troubles.push({ url: LINE_ITEM, status: 403 });
    await handIn('u1', 2);
    expect(complaints).toEqual(['LTI: a grade of two was given up: school.example answers 403']);
    expect(waits).toEqual([]);
  });

  test('whoever works with somebody gets their points', async () => {
    const [one, two] = await Promise.all(
      ['u1', 'u2'].map((sub) => onward(platform.launch(room, learnerLaunch(sub, sub, EXERCISE.id, LINE_ITEM)))),
    );
    const [owner, partner] = await Promise.all(
      [one!, two!].map(
        async (each) => (await room.request('GET', '/me', each.get('link')!)).json() as Promise<{ id: string }>,
      ),
    );
    await room.request('PUT', `/board/people/${partner!.id}/pair`, room.key, { with: owner!.id });
    await handIn('u1', 2);
    expect(platform.scores.map(({ userId }) => userId).sort()).toEqual(['u1', 'u2']);
  });
});
