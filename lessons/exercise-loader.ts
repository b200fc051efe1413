import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  countVariants,
  type Exercise,
  type ExerciseFolder,
  parseExercise,
  parseProof,
  translate,
  translationsOf,
  withVariant,
} from '@drydock/graders';
import type { Loader } from 'astro/loaders';
import { readExerciseFolder } from '../graders/exercise-folder.ts';

/** What is in words of an exercise, in one language. */
interface ExerciseWords {
  readonly exercise: Exercise;
  readonly briefHtml: string;
  readonly hintsHtml: readonly string[];
}

/** An exercise as its page needs it. */
export interface CourseExercise extends ExerciseWords {
  /** Which of its variants it is, the first being 1, and how many there are. */
  readonly number: number;
  readonly variants: number;
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
      const html = async (markdown: string) => (await renderMarkdown(markdown)).html;
      const inWords = async (exercise: Exercise): Promise<ExerciseWords> => ({
        exercise,
        briefHtml: await html(exercise.brief),
        hintsHtml: await Promise.all(exercise.hints.map(({ text }) => html(text))),
      });
      const read = async (id: string, folder: ExerciseFolder) => {
        const exercise = parseExercise(id, folder);
        const translations = translationsOf(folder).map(
          async (language) => [language, await inWords(translate(exercise, folder, language))] as const,
        );
        return {
          ...(await inWords(exercise)),
          translations: Object.fromEntries(await Promise.all(translations)),
          solution: parseProof(exercise, folder).solutions['reference'] ?? {},
        };
      };
      const load = async () => {
        store.clear();
        for (const id of readdirSync(base)) {
          if (!existsSync(join(base, id, 'exercise.yaml'))) continue;
          const files = readExerciseFolder(id, base);
          const variants = countVariants(id, files);
          for (let number = 1; number <= variants; number++) {
            const folder = withVariant(id, files, number - 1);
            const data = { ...(await read(id, folder)), number, variants };
            store.set({
              id: number === 1 ? id : `${id}/${number}`,
              data,
              digest: generateDigest(JSON.stringify(folder)),
            });
          }
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
