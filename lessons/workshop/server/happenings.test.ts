import { expect, test } from 'vitest';
import { EXERCISE, gradedCheck, journalEntry, openRoom } from '../testing/room.ts';
import { Webhooks } from './webhooks.ts';

/** A room whose happenings are told to a receiver that takes everything. */
async function openTold() {
  const told: { type: string; data: Record<string, unknown> }[] = [];
  const webhooks = new Webhooks(
    { url: 'http://receiver/', secret: 'whsec_AAAA' },
    {
      now: () => 0,
      async post(_, __, body) {
        told.push(JSON.parse(body));
        return 200;
      },
      async wait() {},
      complain(text) {
        throw new Error(text);
      },
    },
  );
  const room = await openRoom([], { webhooks, roster: new Map([['ada', 's-17']]) });
  return { room, told };
}

/** All of one kind that was told. */
function ofType(told: readonly { type: string; data: Record<string, unknown> }[], type: string) {
  return told.filter((each) => each.type === type).map(({ data }) => data);
}

test('who joins and who raises a hand is told, each once, without their link', async () => {
  const { room, told } = await openTold();
  const { id, token } = await room.join('Ada');
  for (const up of [true, true, false, true]) await room.request('PUT', '/me/hand', token, { up });
  const person = { id, name: 'Ada', rosterId: 's-17' };
  const at = '2026-11-28T09:00:00.000Z';
  await expect
    .poll(() => ofType(told, 'hand.raised'))
    .toEqual([
      { person, at },
      { person, at },
    ]);
  expect(ofType(told, 'person.joined')).toEqual([{ person, at }]);
  expect(JSON.stringify(told)).not.toContain(token);
});

test('a check that turns green is told once, with who and what', async () => {
  const { room, told } = await openTold();
  const { id, token } = await room.join('Ada');
  const send = (from: number, met: boolean) =>
    room.work(token, EXERCISE.id, [journalEntry(from)], from, [{ id: 'first', met }]);
  await send(0, true);
  await send(1, true);
  await send(2, false);
  const met = () => ofType(told, 'check.met');
  await expect.poll(met).toHaveLength(1);
  expect(met()[0]).toMatchObject({
    person: { id, name: 'Ada', rosterId: 's-17' },
    bench: { id: EXERCISE.id, title: 'Two' },
    check: { id: 'first', title: 'First' },
    at: '2026-11-28T09:00:00.000Z',
  });
  expect(JSON.stringify(told)).not.toContain(token);
});

test('a grade that counts is told when it is another one, not when it is graded again as it was', async () => {
  const { room, told } = await openTold();
  const { token } = await room.join('Ada');
  const grades = () => told.filter(({ type }) => type === 'grade.changed').map(({ data }) => data['grade']);
  const gradeAgain = () => room.request('POST', '/board/grade', room.key, { again: true });
  await room.work(token, EXERCISE.id, [journalEntry(0)]);
  await room.request('POST', `/me/grade/${encodeURIComponent(EXERCISE.id)}`, token);
  await expect.poll(grades).toMatchObject([{ score: 2, points: 3, attempts: 1, late: false }]);
  await gradeAgain();
  room.outcome = { earned: 3, points: 3, checks: [gradedCheck(3)] };
  await gradeAgain();
  await expect.poll(grades).toMatchObject([{ score: 2 }, { score: 3, points: 3 }]);
  // A worse attempt counts for nothing while the best one does.
  room.outcome = { earned: 1, points: 3, checks: [gradedCheck(1)] };
  await room.work(token, EXERCISE.id, [journalEntry(1)], 1);
  await room.request('POST', `/me/grade/${encodeURIComponent(EXERCISE.id)}`, token);
  await expect.poll(async () => (await room.store.grades()).length).toBe(4);
  expect(grades()).toHaveLength(2);
});
