import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

// Prints what the first lesson weighs before its prompt, in gzipped bytes, and what comes later.

const SITE = resolve(import.meta.dirname, '../../dist');
const PAGE = 'lessons/pod-process-group/index.html';
/** What a module cannot begin without: other modules it imports, and the thread it starts. What `import()` asks for comes later. */
const NEEDS = /(?:\bfrom|\bimport)\s*["']\.\/([^"']+)["']|\bnew Worker\([^)]*?\/_astro\/([^"'`]+)["'`]/g;

const FOR_PAPER = /\/print\.[^/]*\.css$/;

const gz = (path: string) => gzipSync(readFileSync(join(SITE, path)), { level: 9 }).length;

const textOf = (path: string) => readFileSync(join(SITE, path), 'utf8');

const ASSETS = readdirSync(join(SITE, '_astro')).map((name) => `_astro/${name}`);

/** Everything that is reached from these files, themselves among it. */
function reached(
  paths: readonly string[],
  next: (path: string) => readonly string[],
  seen = new Set<string>(),
): Set<string> {
  for (const path of paths) {
    if (seen.has(path)) continue;
    seen.add(path);
    reached(next(path), next, seen);
  }
  return seen;
}

/** Whatever a file names, also what it may never ask for. */
function named(path: string): readonly string[] {
  const text = textOf(path);
  return ASSETS.filter((asset) => text.includes(asset.slice('_astro/'.length)));
}

/** A page says itself what it needs: its scripts and styles, and what is to be fetched ahead. What is for paper comes last. */
function needed(path: string): readonly string[] {
  if (path === PAGE) return named(path).filter((name) => !FOR_PAPER.test(name));
  if (!path.endsWith('.js')) return [];
  return [...textOf(path).matchAll(NEEDS)].map(([, module, thread]) => `_astro/${module ?? thread}`);
}

/** Bytes on the way before the first prompt, by file. */
export function weightOfFirstLesson(): { readonly first: Map<string, number>; readonly later: Map<string, number> } {
  const first = reached([PAGE, 'theme.js'], needed);
  const later = reached([PAGE], named).difference(first);
  const weigh = (names: Iterable<string>) => new Map([...names].map((name) => [name, gz(name)]));
  return { first: weigh(first), later: weigh(later) };
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
