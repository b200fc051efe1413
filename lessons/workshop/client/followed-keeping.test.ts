import type { JournalEntry } from '@drydock/engine';
import { beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { keepingInMemory, type RunKeeping } from '../../bench/keeping.ts';
import type { BenchSetup } from '../../bench/protocol.ts';
import { journalEntry as entry, LESSON, openRoom, type Room } from '../testing/room.ts';
import { WorkshopApi, WorkshopError } from './api.ts';
import { FollowedKeeping } from './followed-keeping.ts';
import { JournalLink } from './journal-link.ts';

// One learner, one bench, two devices: what was done on one is there on the other.

const SETUP = { id: LESSON.id, version: 'v1', options: {} } as unknown as BenchSetup;
const OPENED = { timeMs: 1, step: 1, input: { kind: 'terminal.open', terminal: '1' } } as unknown as JournalEntry;
const done = (step: number) => entry(step) as unknown as JournalEntry;

let room: Room;
let ada: { readonly id: string; readonly token: string };
let offline: boolean;

beforeEach(async () => {
  room = await openRoom();
  ada = await room.join('Ada');
  offline = false;
});
beforeAll(() => {
  vi.stubGlobal('addEventListener', () => {});
  // Pages send by themselves after a while; these only when told.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});

class RoomApi extends WorkshopApi {
  override async fetch(path: string, { method = 'GET', body }: RequestInit = {}): Promise<Response> {
    if (offline) throw new WorkshopError(0, 'unreachable', 'The workshop cannot be reached.');
    const sent = body === undefined ? undefined : JSON.parse(String(body));
    const response = await room.request(method, `/me${path}`, ada.token, sent);
    if (response.ok) return response;
    const { code, message, ...more } = (await response.json()) as { code: string; message: string };
    throw new WorkshopError(response.status, code, message, more);
  }
}

/** A browser of Ada's, and the lesson's page in it. */
class Device {
  readonly #storage = new Map<string, string>();
  readonly #local: RunKeeping = keepingInMemory();

  /** Opens the page; what its keeping loads is what the learner sees. */
  async open(): Promise<{
    readonly keeping: FollowedKeeping;
    readonly link: JournalLink;
    entries(): Promise<unknown>;
  }> {
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => this.#storage.get(key) ?? null,
      setItem: (key: string, value: string) => this.#storage.set(key, value),
    });
    const link = new JournalLink(new RoomApi('', ''), SETUP);
    const keeping = new FollowedKeeping(this.#local, link);
    if ((await keeping.load(LESSON.id)) === undefined) await keeping.begin(LESSON.id, {});
    return { keeping, link, entries: async () => (await this.#local.load(LESSON.id))?.entries };
  }
}

test('a device that has the beginning of what was done on another goes on with all of it', async () => {
  const [phone, laptop] = [new Device(), new Device()];
  const first = await phone.open();
  await first.keeping.append(LESSON.id, [OPENED, done(2)]);
  await first.link.flush();
  const second = await laptop.open();
  await second.keeping.append(LESSON.id, [done(3), done(4)]);
  await second.link.flush();

  const again = await phone.open();
  expect(await again.entries()).toEqual([OPENED, done(2), done(3), done(4)]);
  await again.keeping.append(LESSON.id, [done(5)]);
  await again.link.flush();
  expect(again.link.state.value).toEqual({ kind: 'followed' });
});

test('what was done here alone stays here, and is asked about', async () => {
  const [phone, laptop] = [new Device(), new Device()];
  const first = await phone.open();
  await first.keeping.append(LESSON.id, [done(1)]);
  await first.link.flush();
  offline = true;
  await first.keeping.append(LESSON.id, [done(2)]);
  offline = false;
  const second = await laptop.open();
  await second.keeping.append(LESSON.id, [done(3)]);
  await second.link.flush();

  const again = await phone.open();
  expect(await again.entries()).toEqual([done(1), done(2)]);
  await expect(again.link.flush()).rejects.toMatchObject({ code: expect.stringMatching(/^(gone-on|diverged)$/) });
});

test('a run that was taken back to its beginning does not come back', async () => {
  const phone = new Device();
  const page = await phone.open();
  await page.keeping.append(LESSON.id, [done(1)]);
  await page.link.flush();
  await page.keeping.stepBack(LESSON.id);
  await page.keeping.append(LESSON.id, [OPENED]);
  expect(await (await phone.open()).entries()).toEqual([OPENED]);
});

test('a page that reaches no workshop shows what is on the device', async () => {
  const phone = new Device();
  const page = await phone.open();
  await page.keeping.append(LESSON.id, [done(1)]);
  await page.link.flush();
  offline = true;
  expect(await (await phone.open()).entries()).toEqual([done(1)]);
});

test('what was typed before a pairing reaches the bench it was typed on', async () => {
  const cleo = await room.join('Cleo');
  await room.work(cleo.token, LESSON.id, [entry(9)]);
  const page = await new Device().open();
  await page.keeping.append(LESSON.id, [done(1)]);
  await page.link.flush();
  await page.keeping.append(LESSON.id, [done(2)]);
  await room.store.changePerson(ada.id, { pairedWith: cleo.id });
  await page.link.lookThere();
  expect((await room.store.run(ada.id, LESSON.id))?.count).toBe(2);
});

test('the network is gone until the end is past: it is told how much is missing, and sent once the end is moved', async () => {
  const end = (closesAt: number | null) => room.request('PATCH', '/board/settings', room.key, { closesAt });
  const { keeping, link } = await new Device().open();
  await keeping.append(LESSON.id, [done(1)]);
  await link.flush();
  offline = true;
  await keeping.append(LESSON.id, [done(2), done(3)]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(link.state.value).toEqual({ kind: 'waiting', inputs: 2 });
  expect((await end(room.now + 60_000)).status).toBe(204);
  room.now += 3_600_000;
  offline = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect(link.state.value).toMatchObject({ kind: 'apart', error: { code: 'over' }, waited: 2 });
  await keeping.append(LESSON.id, [done(4)]);
  await vi.advanceTimersByTimeAsync(1000);
  expect(link.state.value).toMatchObject({ kind: 'apart', waited: 2 });
  await end(null);
  link.again();
  await vi.advanceTimersByTimeAsync(1000);
  expect(link.state.value).toEqual({ kind: 'followed' });
  expect((await room.store.run(ada.id, LESSON.id))?.count).toBe(4);
});
