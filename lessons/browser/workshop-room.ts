import type { BrowserContext, Locator } from 'playwright-core';
import { expect } from 'vitest';
import { Bench, type Visit } from './visit.ts';
import type { WorkshopHost } from './workshop-hosts.ts';

export const LESSON = 'lesson/pod-process-group';

/** The room: who is in it, and the door. */
export interface Room {
  readonly host: WorkshopHost;
  readonly visit: Visit;
  readonly instructor: BrowserContext;
  readonly board: Bench;
  row(name: string): Locator;
}

/** The instructor opens the board by its link. */
export async function openRoom(host: WorkshopHost, visit: Visit): Promise<Room> {
  const instructor = await visit.reader();
  const board = new Bench(await instructor.newPage());
  await board.page.goto(`${host.url}/workshop/board/#key=${host.key}`);
  // The key does not stay in the address bar, where it would be photographed and remembered.
  await expect.poll(() => board.page.url()).not.toContain('key=');
  return { host, visit, instructor, board, row: (name) => board.page.getByRole('row', { name }) };
}

/** Somebody who has come in by the code on the wall and opened the lesson. */
export async function learner({ host, visit }: Room, name: string): Promise<Bench> {
  const page = await (await visit.reader()).newPage();
  await page.goto(`${host.url}/workshop/#code=${host.code}`);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Join' }).click();
  await page.getByRole('link', { name: 'A Pod is a process group' }).click();
  const bench = new Bench(page);
  await bench.sees(barOf(bench), 'Your instructor sees this bench');
  return bench;
}

/** What comes from the instructor and goes to them, above a bench. */
export function barOf({ page }: Bench): Locator {
  return page.locator('dd-workshop-bar');
}

/** What the workshop has of what somebody typed. */
export function typedBy(host: WorkshopHost, name: string): () => Promise<string> {
  return async () => {
    const journals = [...(await journalsAt(host))];
    return typedIn(journals.find(([whose]) => whose.startsWith(name))![1]);
  };
}

/** What was typed into terminals, in one line. */
function typedIn(entries: readonly { readonly input?: { readonly kind: string; readonly text?: string } }[]): string {
  return entries.map(({ input }) => (input?.kind === 'terminal.input' ? input.text : '')).join('');
}

/** What the workshop has of everybody's journal of the lesson, by name. */
export async function journalsAt({ url, key }: WorkshopHost): Promise<ReadonlyMap<string, readonly object[]>> {
  const get = async (path: string) => {
    const response = await fetch(`${url}/workshop/api/board${path}`, { headers: { authorization: `Bearer ${key}` } });
    expect(response.status).toBe(200);
    return response.json();
  };
  const { rows } = (await get('')) as { rows: readonly { id: string; name: string }[] };
  const journals = rows.map(async ({ id, name }) => {
    const run = (await get(`/people/${id}/runs/${encodeURIComponent(LESSON)}`)) as { entries: readonly object[] };
    return [name, run.entries] as const;
  });
  return new Map(await Promise.all(journals));
}
