import type { BrowserContext, Locator } from 'playwright-core';
import { expect } from 'vitest';
import { Bench, type Visit } from './visit.ts';
import type { WorkshopHost } from './workshop-hosts.ts';

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
