import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

// Prints what the first lesson weighs before its prompt, in gzipped bytes, and what comes later.

const SITE = resolve(import.meta.dirname, '../../dist');
const PAGE = 'lessons/pod-process-group/index.html';
/** What is loaded only when it is asked for, also by a workshop, or by a page in another language; and what the late tools share. */
const LATER =
  /yaml-editor|late-|http-client|\/walk-|descriptions|addon-search|\/(zh|verdicts|workshop|bars|bench-cards?|news-list|time-left|span-text|api|addresses|refusal-text|followed-keeping|mirror-keeping|journal-link)\.[^/]*js$/;

const gz = (path: string) => gzipSync(readFileSync(join(SITE, path)), { level: 9 }).length;

/** Everything the page names, and what those files name in turn. */
function reached(path: string, seen = new Set<string>()): Set<string> {
  if (seen.has(path)) return seen;
  seen.add(path);
  const text = readFileSync(join(SITE, path), 'utf8');
  for (const name of readdirSync(join(SITE, '_astro'))) {
    if (text.includes(name)) reached(`_astro/${name}`, seen);
  }
  return seen;
}

/** Bytes on the way before the first prompt, by file. */
export function weightOfFirstLesson(): { readonly first: Map<string, number>; readonly later: Map<string, number> } {
  const files = [...reached(PAGE), 'theme.js'];
  const weigh = (names: readonly string[]) => new Map(names.map((name) => [name, gz(name)]));
  return {
    first: weigh(files.filter((name) => !LATER.test(name))),
    later: weigh(files.filter((name) => LATER.test(name))),
  };
}

export function total(files: ReadonlyMap<string, number>): number {
  return [...files.values()].reduce((sum, bytes) => sum + bytes, 0);
}

if (process.argv[1] === import.meta.filename) {
  const { first, later } = weightOfFirstLesson();
  for (const [name, bytes] of first) console.log(`${String(bytes).padStart(8)}  ${name}`);
  console.log(`${String(total(first)).padStart(8)}  before the first prompt, gzipped`);
  console.log(`${String(total(later)).padStart(8)}  later, when asked for`);
}
