import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { countVariants } from '@drydock/graders';
import { readExerciseFolder } from '../../graders/exercise-folder.ts';
import { FIRST_ID } from '../i18n/language.ts';
import { languageFolders } from '../i18n/language-folders.ts';
import { FORMATS, type Format, type Subject } from './subject.ts';

export const USAGE = `usage: npm run package -- lesson|exercise NAME --format ${FORMATS.join('|')} [options]

Makes a package of one lesson or exercise for a learning management system, which takes its score from 0 to 1.

  --language ID    ${FIRST_ID} unless told
  --pass 0.8       from which score on it is passed; all of it unless told
  -o FILE          drydock-NAME-FORMAT.zip unless told

A variant of an exercise has its number behind its name: six-crates/2.
`;

/** A package that cannot be made; the message says why. */
export class PackageError extends Error {}

/** A call that makes no sense. */
export class UsageError extends PackageError {}

export interface PackageOptions {
  readonly subject: Subject;
  readonly passMark: number | undefined;
  readonly file: string;
}

/** @throws PackageError */
export function readOptions(args: readonly string[], root: string): PackageOptions {
  const { values, positionals } = parse(args);
  const [kind, id, ...more] = positionals;
  if (kind !== 'lesson' && kind !== 'exercise') throw new UsageError('say lesson or exercise');
  if (id === undefined || more.length > 0) throw new UsageError(`say which ${kind}, and one only`);
  const format = FORMATS.find((each) => each === values.format);
  if (format === undefined) throw new UsageError(`--format is one of ${FORMATS.join(', ')}`);
  const language = values.language ?? FIRST_ID;
  const languages = languageFolders(root).map((each) => each.id);
  if (!languages.includes(language)) throw new UsageError(`--language is one of ${languages.join(', ')}`);
  const known = kind === 'lesson' ? lessonsBelow(root) : exercisesBelow(root);
  const [folder = ''] = id.split('/');
  if (!known.includes(folder)) throw new PackageError(`there is no ${kind} ${id}. There are: ${known.join(', ')}`);
  if (id !== folder) checkVariant(id, folder, kind, root);
  return {
    subject: { kind, id, language, format },
    passMark: values.pass === undefined ? undefined : passMarkIn(values.pass),
    file: values.output ?? fileOf(id, language, format),
  };
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { format: text, language: text, pass: text, output: { ...text, short: 'o' } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Up to four places, as cmi5 takes them. */
function passMarkIn(text: string): number {
  const mark = Number(text);
  if (!/^[01](\.\d{1,4})?$/.test(text) || mark <= 0 || mark > 1) {
    throw new UsageError('--pass is a number above 0 and up to 1, with at most four places: 0.8');
  }
  return mark;
}

function lessonsBelow(root: string): readonly string[] {
  const folder = join(root, 'lessons/i18n', FIRST_ID, 'lessons');
  return readdirSync(folder).flatMap((name) => (name.endsWith('.mdx') ? [name.slice(0, -'.mdx'.length)] : []));
}

function exercisesBelow(root: string): readonly string[] {
  const folder = join(root, 'exercises');
  return readdirSync(folder).filter((name) => existsSync(join(folder, name, 'exercise.yaml')));
}

function checkVariant(id: string, folder: string, kind: Subject['kind'], root: string): void {
  const number = id.slice(folder.length + 1);
  const base = join(root, 'exercises');
  const variants = kind === 'lesson' ? 1 : countVariants(folder, readExerciseFolder(folder, base));
  if (/^[2-9]\d*$|^1\d+$/.test(number) && Number(number) <= variants) return;
  const there =
    variants === 1 ? 'it has no variants' : `it has the variants 2 to ${variants}, and ${folder} is the first`;
  throw new PackageError(`there is no ${kind} ${id}: ${there}`);
}

function fileOf(id: string, language: string, format: Format): string {
  const parts = ['drydock', id.replace('/', '-'), ...(language === FIRST_ID ? [] : [language]), format];
  return `${parts.join('-')}.zip`;
}
