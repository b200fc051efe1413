import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Exercise, type ExerciseFolder, parseExercise, parseProof } from '@drydock/graders';
import type { Loader } from 'astro/loaders';

/** An exercise as its page needs it. */
export interface CourseExercise {
  readonly exercise: Exercise;
  readonly briefHtml: string;
  readonly hintsHtml: readonly string[];
  /** The files of the reference solution, shown once the exercise is solved. */
  readonly solution: Readonly<Record<string, string>>;
}

/** Loads the folders below `base`, each an exercise. A folder that is wrong stops the build by file and line. */
export function exerciseLoader(base: string): Loader {
  return {
    name: 'exercises',
    async load({ store, renderMarkdown, generateDigest, watcher }) {
      const load = async () => {
        store.clear();
        for (const id of readdirSync(base)) {
          if (!existsSync(join(base, id, 'exercise.yaml'))) continue;
          const folder = readFolder(join(base, id));
          const exercise = parseExercise(id, folder);
          const html = async (markdown: string) => (await renderMarkdown(markdown)).html;
          const data: CourseExercise = {
            exercise,
            briefHtml: await html(exercise.brief),
            hintsHtml: await Promise.all(exercise.hints.map(({ text }) => html(text))),
            solution: parseProof(exercise, folder).solutions['reference'] ?? {},
          };
          store.set({ id, data: { ...data }, digest: generateDigest(JSON.stringify(folder)) });
        }
      };
      await load();
      watcher?.add(base);
      watcher?.on('change', (path) => {
        if (path.includes(`${base.replace(/^\.\//, '')}/`)) void load();
      });
    },
  };
}

function readFolder(root: string): ExerciseFolder {
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => {
      const path = join(parentPath, name);
      return [path.slice(root.length + 1).replaceAll('\\', '/'), readFileSync(path, 'utf8')];
    }),
  );
}
