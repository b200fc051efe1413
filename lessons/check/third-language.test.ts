import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { languagesOf } from '../i18n/language.ts';
import { languageFolders } from '../i18n/language-folders.ts';
import { FIRST, LANGUAGES, languageOf, wordsOf } from '../i18n/languages.ts';
import { flawsOfCourse } from './course-flaws.ts';
import { readLessons } from './course-text.ts';

// A third language is one folder: here it is laid into a copy of the course, and the site and the checker are asked.

const ROOT = resolve(import.meta.dirname, '../..');
const course = mkdtempSync(join(tmpdir(), 'drydock-course-'));
cpSync(join(ROOT, 'lessons/i18n'), join(course, 'lessons/i18n'), { recursive: true });
cpSync(join(ROOT, 'exercises/six-crates'), join(course, 'exercises/six-crates'), { recursive: true });

const FOLDER = 'lessons/i18n/fr';
afterAll(() => rmSync(course, { recursive: true, force: true }));
afterEach(() => rmSync(join(course, FOLDER), { recursive: true, force: true }));

function write(file: string, text: string): void {
  mkdirSync(dirname(join(course, FOLDER, file)), { recursive: true });
  writeFileSync(join(course, FOLDER, file), text);
}

/** The flaws of the folder, without the links to exercises that the copy does not have. */
function flaws(untranslated = false): readonly string[] {
  return flawsOfCourse(course, untranslated)
    .flaws.filter(({ file, message }) => file.startsWith(FOLDER) || / in fr/.test(message))
    .map(({ file, line, message }) => `${file}:${line}: ${message}`);
}

const lesson = readFileSync(join(course, 'lessons/i18n/en/lessons/pause-container.mdx'), 'utf8');

test('with its name it is a language of the site, after the first', () => {
  write('language.json', '{"code": "fr", "name": "Français"}');
  expect(languageFolders(course)).toEqual([
    { id: 'en', code: 'en', name: 'English' },
    { id: 'fr', code: 'fr', name: 'Français' },
    { id: 'zh', code: 'zh-CN', name: '简体中文' },
  ]);
  expect(flaws()).toEqual([]);
});

test('its lessons are held to those of the first language, step by step', () => {
  write('language.json', '{"code": "fr", "name": "Français"}');
  write('lessons/pause-container.mdx', lesson);
  expect(flaws()).toEqual([]);
  expect(readLessons(course).filter(({ language }) => language === 'fr')).toHaveLength(1);
  write('lessons/pause-container.mdx', lesson.replace('<Run command="', '<Run command="sudo '));
  write('lessons/perdue.mdx', lesson);
  expect(flaws()).toEqual([
    expect.stringMatching(
      /^lessons\/i18n\/fr\/lessons\/pause-container\.mdx:\d+: <Run command="sudo .*has <Run command="/,
    ),
    `${FOLDER}/lessons/perdue.mdx:1: a translation of nothing: there is no perdue.mdx in en`,
  ]);
});

test('what it does not have yet is listed when asked for', () => {
  write('language.json', '{"code": "fr", "name": "Français"}');
  write('lessons/pause-container.mdx', lesson);
  const missing = flawsOfCourse(course, true).flaws.filter(({ message }) => message === 'not yet in fr');
  const files = missing.map(({ file }) => file);
  expect(files).toContain('lessons/i18n/en/lessons/pod-process-group.mdx');
  expect(files).toContain('exercises/six-crates/exercise.yaml');
  expect(files).not.toContain('lessons/i18n/en/lessons/pause-container.mdx');
});

test('a folder that does not say its name is told so', () => {
  write('lessons/pause-container.mdx', lesson);
  expect(flaws()).toEqual([
    `${FOLDER}/lessons/pause-container.mdx:1: no page shows it: ${FOLDER}/language.json is missing`,
  ]);
  write('language.json', '{"code": "fr"');
  expect(() => languageFolders(course)).toThrow(`${FOLDER}/language.json: write {"code": "…", "name": "…"}`);
  expect(() => languagesOf({ fr: { code: 'fr', name: 'Français' } })).toThrow('the first language, en, is not there');
});

test('pages find the same folders, and speak English where a language has no words of its own', async () => {
  expect(LANGUAGES).toEqual(languageFolders(ROOT));
  expect([languageOf('zh-CN').id, languageOf('zh').id, languageOf('fr').id]).toEqual(['zh', 'zh', 'en']);
  const french = { id: 'fr', code: 'fr', name: 'Français' };
  expect(await wordsOf(french)).toBe(await wordsOf(FIRST));
});
