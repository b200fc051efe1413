import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type LessonText, readLessons } from './check/course-text.ts';
import { type Printed, walkLesson } from './check/walk.ts';
import { FIRST } from './i18n/languages.ts';

// What the commands of a lesson print. The site is built from it, so that output on a page is the engine's own: it is there
// on paper, without script, and for whoever reads on a telephone.

/** Kept between builds: going through every lesson takes a quarter of a minute. */
const KEPT = resolve('node_modules/.cache/drydock/printed');

const lessons = new Map(
  readLessons(resolve('.')).flatMap((lesson) => (lesson.language === FIRST.id ? [[lesson.slug, lesson]] : [])),
);
const known = new Map<string, readonly Printed[]>();
const engine = digestOf(
  readdirSync('engine', { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .sort()
    .map((name) => readFileSync(join('engine', name))),
);

/** What each `<Run>` of a lesson prints, in their order. */
export function printedBy(slug: string): readonly Printed[] {
  const lesson = lessons.get(slug);
  if (lesson === undefined) return [];
  const printed = known.get(slug) ?? kept(lesson);
  known.set(slug, printed);
  return printed;
}

function kept(lesson: LessonText): readonly Printed[] {
  const file = join(KEPT, `${lesson.slug}-${digestOf([engine, JSON.stringify(lesson)])}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as readonly Printed[];
  const { printed } = walkLesson(lesson);
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(file, JSON.stringify(printed));
  return printed;
}

function digestOf(parts: readonly (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 16);
}
