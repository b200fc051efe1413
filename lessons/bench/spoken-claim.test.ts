import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { SpokenClaim } from './spoken-claim.ts';

// Tabs without locks, on a channel where a word takes ten milliseconds.

let listeners: { tab: Tab; hear: (event: { data: unknown }) => void }[] = [];
let page: EventTarget & { visibilityState: string };

beforeEach(() => {
  vi.useFakeTimers();
  listeners = [];
  page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
  vi.stubGlobal('document', page);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

class Tab {
  frozen = false;
  left = 0;
  readonly claim = new SpokenClaim(this as unknown as BroadcastChannel, async () => {
    this.left += 1;
  });

  addEventListener(_type: string, hear: (event: { data: unknown }) => void): void {
    listeners.push({ tab: this, hear });
  }

  postMessage(data: unknown): void {
    setTimeout(() => {
      for (const { tab, hear } of listeners) if (tab !== this && !tab.frozen) hear({ data });
    }, 10);
  }
}

async function got(...claims: Promise<boolean>[]): Promise<boolean[]> {
  await vi.advanceTimersByTimeAsync(5000);
  return Promise.all(claims);
}

test('the first tab gets it, the second does not, and a third gets it once it was let go', async () => {
  const [first, second, third] = [new Tab(), new Tab(), new Tab()];
  expect(await got(first.claim.get())).toEqual([true]);
  expect(await got(second.claim.get())).toEqual([false]);
  first.claim.release();
  expect(await got(third.claim.get())).toEqual([true]);
});

test('of tabs that are opened together one gets it', async () => {
  const tabs = [new Tab(), new Tab(), new Tab()];
  const outcome = await got(...tabs.map(({ claim }) => claim.get()));
  expect(outcome.filter((ours) => ours)).toHaveLength(1);
});

test('it is handed over when another tab takes it, and may be taken back', async () => {
  const [first, second] = [new Tab(), new Tab()];
  await got(first.claim.get());
  expect(await got(second.claim.takeOver())).toEqual([true]);
  expect([first.left, second.left]).toEqual([1, 0]);
  expect(await got(first.claim.takeOver())).toEqual([true]);
  expect([first.left, second.left]).toEqual([1, 1]);
});

test('a tab that was frozen lets go once it is seen again', async () => {
  const [first, second] = [new Tab(), new Tab()];
  await got(first.claim.get());
  first.frozen = true;
  expect(await got(second.claim.get())).toEqual([true]);
  first.frozen = false;
  page.dispatchEvent(new Event('visibilitychange'));
  await got();
  expect([first.left, second.left]).toEqual([1, 0]);
});
