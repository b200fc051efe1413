import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CourseFileError } from './course-file.ts';
import type { ExerciseFolder } from './exercise.ts';

/** Where the exercises lie in this repository. */
export const EXERCISES_PATH = join(import.meta.dirname, '..', 'exercises');

/** The ids of all exercises, in order. */
export function listExercises(root = EXERCISES_PATH): readonly string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/**
 * Reads an exercise's folder from disk.
 *
 * @throws CourseFileError when there is no such exercise.
 */
export function readExerciseFolder(id: string, root = EXERCISES_PATH): ExerciseFolder {
  const known = listExercises(root);
  // Only a listed name becomes a path: `../elsewhere` is not one.
  if (!known.includes(id)) throw new CourseFileError(`there is no exercise "${id}"; there are: ${known.join(', ')}`);
  return readFolder(join(root, id), '');
}

function readFolder(path: string, prefix: string): ExerciseFolder {
  const files: Record<string, string> = {};
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const name = `${prefix}${entry.name}`;
    if (entry.isDirectory()) Object.assign(files, readFolder(join(path, entry.name), `${name}/`));
    else files[name] = readFileSync(join(path, entry.name), 'utf8');
  }
  return files;
}
