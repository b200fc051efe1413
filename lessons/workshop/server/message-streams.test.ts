import { expect, test, vi } from 'vitest';
import { openRoom, type Room } from '../testing/room.ts';

/** What somebody's open page has heard. */
interface Page {
  /** Texts of announcements, and the names of other events; signs of life come by the real clock, and are none. */
  readonly heard: string[];
  /** The number of the last message. */
  last: string;
  ended: boolean;
  leave(): Promise<void>;
}

async function openPage(room: Room, token: string, last?: string): Promise<Page> {
  const response = await room.request('GET', '/me/messages', token, undefined, 'somewhere', last);
  expect(response.status).toBe(200);
  const reader = response.body!.getReader();
  const page: Page = { heard: [], last: '', ended: false, leave: () => reader.cancel() };
  const read = async (): Promise<void> => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      for (const block of new TextDecoder().decode(value).trim().split('\n\n')) note(page, block);
    }
    page.ended = true;
  };
  void read();
  return page;
}

function note(page: Page, block: string): void {
  const event = /^event: (.*)$/m.exec(block)![1]!;
  if (event === 'alive') return;
  const data = JSON.parse(/^data: (.*)$/m.exec(block)![1]!) as { body?: { text?: string } };
  page.last = /^id: (.*)$/m.exec(block)?.[1] ?? page.last;
  page.heard.push(data.body?.text ?? event);
}

const say = (room: Room, text: string, to?: string) =>
  room.request('POST', '/board/messages', room.key, {
    body: { kind: 'announce', text },
    ...(to === undefined ? {} : { to }),
  });

/** Everything that was begun has come to its end. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('three hundred learners listen: what is said to all is read from the storage once, and everybody hears it once', async () => {
  const room = await openRoom();
  const tokens = [];
  for (let index = 0; index < 300; index++) tokens.push((await room.join(`Learner ${index}`)).token);
  const pages = await Promise.all(tokens.map((token) => openPage(room, token)));
  await settled();
  const asked = vi.spyOn(room.store, 'messages');
  await say(room, 'a break');
  await expect.poll(() => pages.every(({ heard }) => heard.length === 1)).toBe(true);
  expect(new Set(pages.flatMap(({ heard }) => heard))).toEqual(new Set(['a break']));
  expect(asked).toHaveBeenCalledTimes(1);
});

test('whoever comes while something is said hears it once, in its place', async () => {
  const room = await openRoom();
  const { id, token } = await room.join('Ada');
  await say(room, 'one');
  const coming = openPage(room, token);
  await Promise.all([say(room, 'two'), say(room, 'three', id)]);
  const page = await coming;
  await say(room, 'four');
  await expect.poll(() => page.heard).toEqual(['one', 'two', 'three', 'four']);
});

test('whoever comes back says what they heard last', async () => {
  const room = await openRoom();
  const { token } = await room.join('Ada');
  const first = await openPage(room, token);
  await say(room, 'one');
  await expect.poll(() => first.heard).toEqual(['one']);
  await first.leave();
  await say(room, 'two');
  const second = await openPage(room, token, first.last);
  await expect.poll(() => second.heard).toEqual(['two']);
});

test('what is said to one reaches nobody else', async () => {
  const room = await openRoom();
  const [ada, ben] = [await room.join('Ada'), await room.join('Ben')];
  const [hers, his] = [await openPage(room, ada.token), await openPage(room, ben.token)];
  await say(room, 'for Ada', ada.id);
  await say(room, 'for all');
  await expect.poll(() => his.heard).toEqual(['for all']);
  expect(hers.heard).toEqual(['for Ada', 'for all']);
});

test('whoever was paired meanwhile hears of the grades of the bench they now work on', async () => {
  const room = await openRoom();
  const [ada, ben] = [await room.join('Ada'), await room.join('Ben')];
  const his = await openPage(room, ben.token);
  await room.request('PUT', `/board/people/${ben.id}/pair`, room.key, { with: ada.id });
  await expect.poll(() => his.heard).toEqual(['message']);
  await room.work(ada.token, 'exercise/two', [{ timeMs: 0, step: 0, input: { kind: 'x' } }]);
  await room.request('POST', `/me/grade/${encodeURIComponent('exercise/two')}`, ada.token);
  await expect.poll(() => his.heard).toEqual(['message', 'grade']);
});

test('a new personal link ends what was open with the old one', async () => {
  const room = await openRoom();
  const { id, token } = await room.join('Ada');
  const page = await openPage(room, token);
  await room.request('POST', `/board/people/${id}/link`, room.key);
  await expect.poll(() => page.ended).toBe(true);
});

test('whoever has stopped reading is let go before what waits for them grows without bound', async () => {
  const room = await openRoom();
  const { token } = await room.join('Ada');
  const response = await room.request('GET', '/me/messages', token);
  for (let index = 0; index < 1200; index++) {
    await room.store.post(undefined, { kind: 'announce', text: 'x'.repeat(1000) }, 0);
    await settled();
  }
  const text = await response.text();
  expect(text.length).toBeGreaterThan(1_000_000);
  expect(text.length).toBeLessThan(1_100_000);
});
