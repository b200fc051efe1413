import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Exercise,
  type ExerciseFolder,
  parseExercise,
  parseProof,
  translate,
  translationsOf,
} from '@drydock/graders';
import type { Loader } from 'astro/loaders';

/** What is in words of an exercise, in one language. */
interface ExerciseWords {
  readonly exercise: Exercise;
  readonly briefHtml: string;
  readonly hintsHtml: readonly string[];
}

/** An exercise as its page needs it. */
export interface CourseExercise extends ExerciseWords {
  readonly translations: Readonly<Record<string, ExerciseWords>>;
  /** Whether it is there in the language that was asked for. */
  readonly translated?: boolean;
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
          const inWords = async (words: Exercise): Promise<ExerciseWords> => ({
            exercise: words,
            briefHtml: await html(words.brief),
            hintsHtml: await Promise.all(words.hints.map(({ text }) => html(text))),
          });
          const languages = translationsOf(folder);
          const data: CourseExercise = {
            ...(await inWords(exercise)),
            translations: Object.fromEntries(
              await Promise.all(
                languages.map(async (each) => [each, await inWords(translate(exercise, folder, each))] as const),
              ),
            ),
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
