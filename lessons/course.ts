import { type CollectionEntry, getCollection } from 'astro:content';
import type { Exercise } from '@drydock/graders';
import type { BenchSetup } from './bench/protocol.ts';
import type { CourseExercise } from './exercise-loader.ts';

export type Lesson = CollectionEntry<'lessons'>;

/** The lessons in a language, in the order of the syllabus. */
export async function lessonsIn(language: string): Promise<Lesson[]> {
  const lessons = await getCollection('lessons', ({ id }) => id.startsWith(`${language}/`));
  return lessons.sort((a, b) => a.data.row - b.data.row);
}

/** The last part of a lesson's address. */
export function slugOf(lesson: Lesson): string {
  return lesson.id.slice(lesson.id.indexOf('/') + 1);
}

export function benchOfLesson(lesson: Lesson): BenchSetup {
  const { title, cluster, files, checks } = lesson.data;
  return { id: `lesson/${slugOf(lesson)}`, title, options: { ...cluster, files } as BenchSetup['options'], checks };
}

/** Every exercise, in the order of their first row of the syllabus. */
export async function exercisesInOrder(): Promise<CourseExercise[]> {
  const entries = await getCollection('exercises');
  const firstRow = ({ exercise }: CourseExercise) => exercise.rows[0] ?? 0;
  return entries.map(({ data }) => data).sort((a, b) => firstRow(a) - firstRow(b));
}

export function benchOfExercise(exercise: Exercise): BenchSetup {
  const { id, title, cluster, checks, start } = exercise;
  const options = { ...cluster, files: { ...cluster.files, ...start } };
  return { id: `exercise/${id}`, title, options, checks, exercise };
}
