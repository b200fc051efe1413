import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterOptions, machineNames } from '@drydock/engine';
import {
  CourseFileError,
  CourseNode,
  countVariants,
  parseChecks,
  parseExercise,
  parseProof,
  translate,
  withVariant,
} from '@drydock/graders';
import { languageFolders } from '../i18n/language-folders.ts';
import { flawsOfChinese } from './chinese.ts';
import { type Flaw, type LessonText, readExercises, readLessons } from './course-text.ts';
import { flawsOfLesson, outOfStep } from './lesson-flaws.ts';

/** What is looked at: the course below `root`, its languages by their id, and whether to list what has no translation. */
interface Look {
  readonly root: string;
  readonly languages: readonly string[];
  readonly untranslated: boolean;
}

interface CourseFlaws {
  readonly languages: readonly string[];
  readonly lessons: number;
  readonly exercises: number;
  readonly flaws: readonly Flaw[];
}

/** What is wrong with the course below `root`, as far as it can be seen without a cluster. */
export function flawsOfCourse(root: string, untranslated: boolean): CourseFlaws {
  const languages = languageFolders(root).map(({ id }) => id);
  const look = { root, languages, untranslated };
  const lessons = readLessons(root);
  const exercises = readExercises(root);
  const flaws = [
    ...lessonFlaws(look, lessons, new Set(exercises.keys())),
    ...[...exercises].flatMap(([id, files]) => exerciseFlaws(look, id, files)),
  ];
  return { languages, lessons: lessons.length, exercises: exercises.size, flaws };
}

function lessonFlaws(
  { root, languages, untranslated }: Look,
  lessons: readonly LessonText[],
  exercises: ReadonlySet<string>,
): Flaw[] {
  const [first, ...others] = languages;
  const written = lessons.filter(({ language }) => language === first);
  const known = new Set([
    ...written.map(({ slug }) => `lessons/${slug}`),
    ...[...exercises].map((id) => `exercises/${id}`),
  ]);
  const flaws = lessons.flatMap((lesson) => [...flawsOfLesson(lesson, known)]);
  for (const lesson of written) flaws.push(...checkFlaws(root, lesson));
  for (const language of others) {
    for (const lesson of written) {
      const translation = lessons.find((each) => each.language === language && each.slug === lesson.slug);
      if (translation === undefined) {
        if (untranslated) flaws.push({ file: lesson.file, line: 1, message: `not yet in ${language}` });
        continue;
      }
      const flaw = outOfStep(lesson, translation);
      if (flaw !== undefined) flaws.push(flaw);
    }
  }
  for (const { file, language, slug } of lessons) {
    if (!languages.includes(language)) {
      flaws.push({ file, line: 1, message: `no page shows it: lessons/i18n/${language}/language.json is missing` });
    } else if (language !== first && !written.some((lesson) => lesson.slug === slug)) {
      flaws.push({ file, line: 1, message: `a translation of nothing: there is no ${slug}.mdx in ${first}` });
    }
  }
  return flaws;
}

/** What is wrong with a lesson's checks. */
function checkFlaws(root: string, { file }: LessonText): Flaw[] {
  const [, head = ''] = readFileSync(join(root, file), 'utf8').split(/^---$/m);
  return flawsOfCourseFile(file, () => {
    const node = CourseNode.parse(file, head);
    const cluster = node.has('cluster') ? (node.field('cluster').data() as ClusterOptions) : {};
    if (node.has('checks')) parseChecks(node.field('checks'), machineNames(cluster));
  });
}

/** What parsing says: fields, hints, variants and translations. */
function exerciseFlaws({ languages, untranslated }: Look, id: string, files: Readonly<Record<string, string>>): Flaw[] {
  const file = `exercises/${id}/exercise.yaml`;
  const flaws = [...flawsOfChinese(`exercises/${id}/zh.yaml`, files['zh.yaml'] ?? '', 1)];
  const wrong = flawsOfCourseFile(file, () => {
    for (let index = 0; index < countVariants(id, files); index++) {
      const folder = withVariant(id, files, index);
      const exercise = parseExercise(id, folder);
      parseProof(exercise, folder);
      for (const language of languages.slice(1)) {
        if (folder[`${language}.yaml`] !== undefined) translate(exercise, folder, language);
        else if (untranslated && index === 0) flaws.push({ file, line: 1, message: `not yet in ${language}` });
      }
    }
  });
  return [...flaws, ...wrong];
}

/** What reading course files complains of, by file and line. */
function flawsOfCourseFile(file: string, read: () => void): Flaw[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof CourseFileError)) throw error;
    const [, where = file, line = '1', message = error.message] =
      /^([^:]+):(\d+): ([\s\S]*)$/.exec(error.message) ?? [];
    return [{ file: where, line: Number(line), message }];
  }
}
