import { createWriteStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BenchCard } from './bench-card.ts';
import { type MovedGrade, movedGrades } from './server/counted-grades.ts';
import { Grading } from './server/grading.ts';
import { GradingPool } from './server/grading-pool.ts';
import { OptionsError } from './server/options.ts';
import { hashOf, newToken } from './server/secrets.ts';
import { ImportError, type Store } from './store/store.ts';
import { refusalOf } from './system-refusal.ts';

// What is done to a workshop while no server runs: each in one command.

/** Writes everything that is kept into a file of JSON lines. Only the owner may read it. @throws OptionsError */
export async function exportTo(file: string, store: Store): Promise<void> {
  if ((await store.workshop()) === undefined) throw new OptionsError('no workshop is kept there');
  const lines = async function* (): AsyncGenerator<string> {
    for await (const line of store.exportLines()) yield `${line}\n`;
  };
  try {
    await pipeline(Readable.from(lines()), createWriteStream(file, { mode: 0o600 }));
  } catch (error) {
    throw refusalOf(error, `--export ${file}`);
  }
}

/**
 * Brings an exported workshop back. The key of the old board is not in the file, so the board gets a new one. Returns the
 * key and the number of lines.
 *
 * @throws OptionsError
 */
export async function importFrom(
  file: string,
  store: Store,
): Promise<{ readonly instructorKey: string; readonly lines: number }> {
  try {
    const lines = await importLines(file, store);
    const instructorKey = newToken();
    const { id } = (await store.workshop())!;
    await store.changeInstructor(id, hashOf(instructorKey));
    return { instructorKey, lines };
  } catch (error) {
    if (error instanceof ImportError) throw new OptionsError(`--import ${file}: ${error.message}`);
    throw refusalOf(error, `--import ${file}`);
  }
}

async function importLines(file: string, store: Store): Promise<number> {
  const handle = await open(file);
  try {
    const input = handle.createReadStream({ autoClose: false });
    return await store.importLines(createInterface({ input, crlfDelay: Infinity }));
  } finally {
    await handle.close();
  }
}

/** Grades every attempt again; returns whose grade moves, and the names. */
export async function gradeAgain(
  store: Store,
  cards: readonly BenchCard[],
  progress: (done: number, asked: number) => void,
): Promise<readonly (MovedGrade & { readonly name: string })[]> {
  const workshop = await store.workshop();
  if (workshop === undefined) throw new OptionsError('no workshop is kept there');
  const pool = new GradingPool(availableParallelism());
  const benches = new Map(cards.map((card) => [card.id, card]));
  const grading = new Grading(store, benches, (load) => pool.grade(load), Date.now);
  const since = Date.now();
  const attempts = await grading.again();
  let done = 0;
  await Promise.all(attempts.map((attempt) => attempt.then(() => progress(++done, attempts.length))));
  await pool.close();
  const names = new Map((await store.people()).map(({ id, name }) => [id, name]));
  return movedGrades(await store.grades(), workshop.settings, since).map((moved) => ({
    ...moved,
    name: names.get(moved.personId) ?? moved.personId,
  }));
}

/** A table for a terminal. */
export function movedTable(moved: readonly (MovedGrade & { readonly name: string })[]): string {
  if (moved.length === 0) return 'No grade has moved.\n';
  const rows = moved.map(({ name, exerciseId, before, after, points, checks, problem }) => [
    // A name may hold what a terminal obeys.
    name.replace(/\p{C}/gu, '?'),
    exerciseId,
    `${before} -> ${after} / ${points}`,
    problem ?? checks.map((check) => `${check.title}: ${check.before ?? '-'} -> ${check.after ?? '-'}`).join('; '),
  ]);
  const head = ['NAME', 'EXERCISE', 'GRADE', 'BY'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  const line = (cells: readonly string[]) => `${cells.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`;
  return `${[head, ...rows].map((cells) => line(cells).trimEnd()).join('\n')}\n`;
}
