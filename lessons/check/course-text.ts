import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** Where something is wrong in the course, and what. */
export interface Flaw {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** A lesson as its author wrote it. */
export interface LessonText {
  /** From the root of the repository. */
  readonly file: string;
  readonly language: string;
  readonly slug: string;
  readonly head: {
    readonly minutes?: number;
    readonly cluster?: object;
    readonly files?: Readonly<Record<string, string>>;
    readonly checks?: readonly { readonly id: string }[] | Readonly<Record<string, string>>;
  };
  readonly text: string;
  /** The first line of the text below the front matter. */
  readonly firstLine: number;
}

/** A component in a lesson's text: `<Run command="…" />`. */
export interface Used {
  readonly name: string;
  /** What it is given, as written: `command="kubectl get pods"`; an empty word for what stands alone, such as `fails`. */
  readonly given: Readonly<Record<string, string>>;
  readonly line: number;
}

/** Every language is a folder here, and has its lessons in `lessons/`. */
const LANGUAGES = 'lessons/i18n';

export function readLessons(root: string): readonly LessonText[] {
  return readdirSync(join(root, LANGUAGES), { recursive: true, encoding: 'utf8' })
    .filter((name) => /^[^\\/]+[\\/]lessons[\\/][^\\/]+\.mdx$/.test(name))
    .sort()
    .map((name) => {
      const file = `${LANGUAGES}/${name.replaceAll('\\', '/')}`;
      const [, head = '', ...rest] = readFileSync(join(root, file), 'utf8').split(/^---$/m);
      const [language = '', , slug = ''] = name.replace(/\.mdx$/, '').split(/[\\/]/);
      return { file, language, slug, head: parse(head), text: rest.join('---'), firstLine: head.split('\n').length };
    });
}

/** The files of each exercise's folder, by their path in it. */
export function readExercises(root: string): ReadonlyMap<string, Readonly<Record<string, string>>> {
  const base = join(root, 'exercises');
  const ids = readdirSync(base).filter((id) => existsSync(join(base, id, 'exercise.yaml')));
  return new Map(ids.sort().map((id) => [id, filesBelow(join(base, id))]));
}

function filesBelow(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(folder.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')];
    }),
  );
}

const COMPONENT = /<([A-Z]\w*)((?:\s+[\w-]+(?:=(?:"[^"]*"|\{[^}]*\}))?)*)\s*\/?>/g;
const GIVEN = /([\w-]+)(?:=(?:"([^"]*)"|\{([^}]*)\}))?/g;

export function componentsOf({ text, firstLine }: LessonText): readonly Used[] {
  return [...text.matchAll(COMPONENT)].map(({ 1: name = '', 2: given = '', index }) => ({
    name,
    given: Object.fromEntries(
      [...given.matchAll(GIVEN)].map(([, key = '', words, code]) => [key, words ?? code ?? '']),
    ),
    line: firstLine + text.slice(0, index).split('\n').length - 1,
  }));
}

/** The prose alone, line by line: without code, components' attributes and addresses. */
export function proseLines({
  text,
  firstLine,
}: LessonText): readonly { readonly line: number; readonly text: string }[] {
  const blank = (part: string) => part.replace(/[^\n]/g, ' ');
  const prose = text
    .replace(/^```[\s\S]*?^```/gm, blank)
    .replace(/`[^`\n]*`/g, blank)
    .replace(COMPONENT, blank)
    .replace(/\]\([^)]*\)/g, blank);
  return prose.split('\n').map((line, index) => ({ line: firstLine + index, text: line }));
}
