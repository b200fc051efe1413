import { type CollectionEntry, getCollection } from 'astro:content';
import type { Exercise } from '@drydock/graders';
import { exerciseOptions } from './bench/exercise-options.ts';
import type { BenchSetup } from './bench/protocol.ts';
import { LESSON_BASHRC } from './bench/terminal-words.ts';
import type { CourseExercise } from './exercise-loader.ts';
import { FIRST, LANGUAGES, type Language } from './i18n/languages.ts';

type Written = CollectionEntry<'lessons'>;

/** A lesson as readers of one language get it. */
export interface Lesson {
  readonly slug: string;
  /** What is rendered: the translation, or the first language's text where there is none. */
  readonly entry: Written | CollectionEntry<'translations'>;
  readonly translated: boolean;
  readonly data: Written['data'];
}

/** Paths for a page in every language. */
export function languagePaths(): { params: { language: string | undefined }; props: { language: Language } }[] {
  return LANGUAGES.map((language) => ({ params: { language: paramOf(language) }, props: { language } }));
}

export function paramOf({ id }: Language): string | undefined {
  return id === FIRST.id ? undefined : id;
}

/** The lessons for readers of a language, in the order of the syllabus. */
export async function lessonsIn({ id }: Language): Promise<Lesson[]> {
  const [written, translations] = await Promise.all([getCollection('lessons'), getCollection('translations')]);
  const lessons = written.map((lesson): Lesson => {
    const slug = lesson.id.slice(lesson.id.indexOf('/') + 1);
    const translation = translations.find((each) => each.id === `${id}/${slug}`);
    if (translation === undefined) return { slug, entry: lesson, translated: id === FIRST.id, data: lesson.data };
    const { title, question, summary, checks, files } = translation.data;
    const words = {
      ...{ title, question, summary },
      files: { ...lesson.data.files, ...files },
      checks: lesson.data.checks.map((check) => ({ ...check, title: checks[check.id] ?? check.title })),
    };
    return { slug, entry: translation, translated: true, data: { ...lesson.data, ...words } };
  });
  return lessons.sort((a, b) => a.data.row - b.data.row || a.data.order - b.data.order || (a.slug < b.slug ? -1 : 1));
}

export function benchOfLesson({ slug, data }: Lesson): BenchSetup {
  const { title, cluster, files, checks } = data;
  const options = { ...cluster, files: { '.bashrc': LESSON_BASHRC, ...files } };
  return { id: `lesson/${slug}`, title, options: options as BenchSetup['options'], checks };
}

/** Every exercise in a language, its first variant, in the order of their first row of the syllabus. */
export async function exercisesIn(language: Language): Promise<CourseExercise[]> {
  return (await variantsIn(language)).filter(({ number }) => number === 1);
}

/** Every variant of every exercise. */
export async function variantsIn({ id }: Language): Promise<CourseExercise[]> {
  const entries = await getCollection('exercises');
  const firstRow = ({ exercise }: CourseExercise) => exercise.rows[0] ?? 0;
  return entries
    .map(({ data }) => ({ ...data, ...data.translations[id], translated: id === FIRST.id || id in data.translations }))
    .sort((a, b) => firstRow(a) - firstRow(b) || LEVELS.indexOf(a.exercise.level) - LEVELS.indexOf(b.exercise.level));
}

const LEVELS: readonly Exercise['level'][] = ['follow', 'apply', 'diagnose'];

/** Where an exercise's page is, and the last part of what it is kept under. */
export function exercisePath({ exercise, number }: CourseExercise): string {
  return number === 1 ? exercise.id : `${exercise.id}/${number}`;
}

export function benchOfExercise(course: CourseExercise): BenchSetup {
  const { exercise } = course;
  const { title, checks } = exercise;
  return { id: `exercise/${exercisePath(course)}`, title, options: exerciseOptions(exercise), checks, exercise };
}

/** The rows of the syllabus, each with its lessons and exercises. */
export async function syllabusIn(language: Language) {
  const [lessons, exercises] = await Promise.all([lessonsIn(language), exercisesIn(language)]);
  return Array.from({ length: ROWS }, (_, index) => ({
    row: index + 1,
    lessons: lessons.filter(({ data }) => data.row === index + 1),
    exercises: exercises.filter(({ exercise }) => exercise.rows[0] === index + 1),
  }));
}

const ROWS = 21;
