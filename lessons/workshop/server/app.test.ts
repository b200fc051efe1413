import { beforeEach, describe, expect, test } from 'vitest';
import type { Store } from '../store/store.ts';
import { EXERCISE, journalEntry as entry, LESSON, openRoom, type Room, refusal, SECOND } from '../testing/room.ts';

let room: Room;
let store: Store;
let code: string;
let key: string;
let request: Room['request'];
let join: Room['join'];

async function begin(args: readonly string[] = [], roster?: ReadonlyMap<string, string>): Promise<void> {
  room = await openRoom(args, roster === undefined ? {} : { roster });
  ({ store, code, key, request, join } = room);
}

const RUN = `/me/runs/${encodeURIComponent(LESSON.id)}`;

function work(token: string, entries: readonly object[], checks: readonly object[] = [], from = 0): Promise<Response> {
  return room.work(token, LESSON.id, entries, from, checks);
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
    expect(await refusal(request('POST', '/join', '', { code, name: ' \t ' }))).toBe('400 no-name');
    expect(await refusal(request('POST', '/join', '', '{'))).toBe('400 not-json');
    expect(await refusal(request('GET', '/nothing'))).toBe('404 no-route');
  });

  test('with a roster only who is on it comes in, and is matched', async () => {
    await begin([], new Map([['ada lovelace', 's-17']]));
    expect(await refusal(request('POST', '/join', '', { code, name: 'Eve' }))).toBe('403 not-listed');
    const { id } = await join('ADA  Lovelace');
    expect((await store.person(id))?.rosterId).toBe('s-17');
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

  test('begins a run in the place of the one they know of, and of no other', async () => {
    const { token } = await join('Ada');
    const begin = (runId: string, instead?: string) =>
      request('PUT', RUN, token, { runId, version: 'v1', options: {}, instead });
    await work(token, [entry(1)]);
    expect(await refusal(begin('r2', ''))).toBe('409 gone-on');
    expect(await refusal(begin('r2', 'r0'))).toBe('409 gone-on');
    expect((await begin('r1', 'r0')).status).toBe(204);
    expect((await begin('r2', 'r1')).status).toBe(204);
    // In r2 nothing was done yet.
    expect((await begin('r3', 'r1')).status).toBe(204);
    // A page from before this was asked.
    expect((await begin('r1')).status).toBe(204);
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
    await request('PATCH', '/board/settings', key, { closesAt: room.now + 1000, overtimeMs: 5000 });
    room.now += 2000;
    expect(await (await work(token, [entry(1)])).json()).toEqual({ count: 1, late: true });
    room.now += 10_000;
    expect(await refusal(request('POST', RUN, token, { runId: 'r1', from: 1, entries: [entry(2)] }))).toBe('423 over');
  });
});

describe('the instructor', () => {
  beforeEach(() => begin());

  test('sees who is where, and on what they have been for how long', async () => {
    const { token, id } = await join('Ada');
    await work(token, [entry(1)], [{ id: 'first', met: false }]);
    room.now += 60_000;
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
    await room.board.load();
    const { rows } = (await (await request('GET', '/board', key)).json()) as { rows: readonly object[] };
    expect(rows).toEqual([
      expect.objectContaining({
        id,
        name: 'Ada',
        handAt: room.now,
        at: LESSON.id,
        benches: [expect.objectContaining({ inputs: 2, met: ['first'] })],
        working: { benchId: LESSON.id, checkId: 'second', since: room.now },
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
    expect(await (await request('GET', '/me', ben.token)).json()).toMatchObject({ partner: 'Ada', guests: [] });
    expect(await (await request('GET', '/me', ada.token)).json()).toMatchObject({ guests: ['Ben'] });
    // What Ben had before takes nothing of Ada's away.
    const own = { runId: 'ben', version: 'v1', options: {}, instead: 'ben' };
    expect(await refusal(request('PUT', RUN, ben.token, own))).toBe('409 gone-on');
    expect(await (await request('GET', RUN, ada.token)).json()).toMatchObject({ runId: 'r1', count: 1 });
    expect(await refusal(request('PUT', `/board/people/${ada.id}/pair`, key, { with: ada.id }))).toBe('400 alone');
    // A chain of pairs would leave nobody at a bench of their own.
    const cleo = await join('Cleo');
    expect(await refusal(request('PUT', `/board/people/${cleo.id}/pair`, key, { with: ben.id }))).toBe('409 paired');
    expect(await refusal(request('PUT', `/board/people/${ada.id}/pair`, key, { with: cleo.id }))).toBe('409 paired');
    expect(await refusal(request('POST', '/board/people/nobody/link', key))).toBe('404 no-person');
    await request('PUT', `/board/people/${ben.id}/pair`, key, { with: null });
    expect(await (await request('GET', '/me', ada.token)).json()).toMatchObject({ guests: [] });
  });

  test('pairs somebody who has just typed: it still reaches the bench it was typed on', async () => {
    const [ada, ben] = [await join('Ada'), await join('Ben')];
    await work(ada.token, [entry(1)]);
    await request('PUT', RUN, ben.token, { runId: 'ben', version: 'v1', options: {} });
    await request('PUT', `/board/people/${ben.id}/pair`, key, { with: ada.id });
    const late = { runId: 'ben', from: 0, entries: [entry(1), entry(2)] };
    expect(await refusal(request('POST', RUN, ben.token, late))).toBe('409 unknown-run');
    expect(await (await request('POST', `${RUN}?own`, ben.token, late)).json()).toMatchObject({ count: 2 });
    expect(await (await request('GET', RUN, ada.token)).json()).toMatchObject({ runId: 'r1', count: 1 });
    await request('PUT', `/board/people/${ben.id}/pair`, key, { with: null });
    expect(await (await request('GET', RUN, ben.token)).json()).toMatchObject({ runId: 'ben', count: 2 });
  });

  test('cannot have a workshop end before it begins', async () => {
    const change = (times: object) => request('PATCH', '/board/settings', key, times);
    expect(await refusal(change({ opensAt: room.now + 2, closesAt: room.now + 1 }))).toBe('400 ends-first');
    expect((await change({ opensAt: room.now + 1 })).status).toBe(204);
    expect(await refusal(change({ closesAt: room.now + 1 }))).toBe('400 ends-first');
    expect((await change({ opensAt: null, closesAt: room.now + 1 })).status).toBe(204);
  });

  test('gives a new link to who has lost theirs; the old one is no longer good', async () => {
    const { id, token } = await join('Ada');
    const fresh = (await (await request('POST', `/board/people/${id}/link`, key)).json()) as { token: string };
    expect((await request('GET', '/me', fresh.token)).status).toBe(200);
    expect((await request('GET', '/me', token)).status).toBe(401);
  });

  test('takes somebody out: what is theirs is wiped, their link is dead, the boards forget them', async () => {
    const [ada, ben] = [await join('Ada'), await join('Ben')];
    await work(ada.token, [entry(1)], [{ id: 'first', met: true }]);
    await request('PUT', `/board/people/${ben.id}/pair`, key, { with: ada.id });
    const page = (await request('GET', '/me/messages', ada.token)).text();
    const gone: string[] = [];
    room.board.listen((_, ids) => gone.push(...ids));
    await expect.poll(() => room.board.rows().length).toBe(2);

    expect(await refusal(request('DELETE', `/board/people/${ada.id}`, ben.token))).toBe('401 not-instructor');
    expect((await request('DELETE', `/board/people/${ada.id}`, key)).status).toBe(204);
    await page;
    expect(await refusal(request('GET', '/me', ada.token))).toBe('401 unknown-person');
    expect(await refusal(work(ada.token, [entry(2)], [], 1))).toBe('401 unknown-person');
    await expect.poll(() => gone).toEqual([ada.id]);
    expect(room.board.rows().map(({ name, pairedWith }) => [name, pairedWith])).toEqual([['Ben', undefined]]);
    expect(await (await request('GET', '/board/export', key)).text()).not.toContain(ada.id);
    // Ben works on a bench of his own again, and the name is free.
    expect((await work(ben.token, [entry(1)])).status).toBe(200);
    await join('Ada');
    expect(await refusal(request('DELETE', '/board/people/nobody', key))).toBe('404 no-person');
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
