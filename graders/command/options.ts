import { parseArgs } from 'node:util';
import { listExercises } from '../exercise-folder.ts';

export const USAGE = `usage: npm run grade -- <exercise> <files…>       one answer
       npm run grade -- <exercise> <journal.json>  what was done on the page, saved by Share, by doing it again
       npm run grade -- <exercise> --roster <class folder>
       npm run grade -- --all --roster <class folder>

Applies the files to a fresh cluster and runs the exercise's checks. A class folder holds a folder a learner, and in it a
folder an exercise (or the answer itself, where one exercise is graded).

  --format text|json|junit|csv
  --variant N        the exercise's variant; the first is 1
  --seed NAME        the variant that belongs to a learner of this name; --roster does it by the folders' names
  --watch            grades again whenever a file changes
  --kubeconfig FILE  on a real cluster, through kubectl (or what DRYDOCK_KUBECTL names); what was applied stays there
Exit code: 0 passed, 1 failed, 2 could not grade.

exercises: ${listExercises().join(', ')}
`;

const FORMATS = ['text', 'json', 'junit', 'csv'] as const;

/** A call that cannot be graded; the message says why. */
export class UsageError extends Error {}

export interface Options {
  /** One, or all of them. */
  readonly exercises: readonly string[];
  readonly paths: readonly string[];
  readonly format: (typeof FORMATS)[number];
  readonly variant?: number;
  readonly seed?: string;
  readonly roster?: string;
  readonly watch: boolean;
  readonly kubeconfig?: string;
}

/** @throws UsageError for a call that makes no sense. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parse(args);
  const { all, roster, watch, kubeconfig, seed } = values;
  const exercise = all ? undefined : positionals[0];
  const paths = all ? positionals : positionals.slice(1);
  if (exercise === undefined && !all) throw new UsageError('no exercise named');
  if (all && roster === undefined) throw new UsageError('--all needs a class folder: --roster <folder>');
  if (roster === undefined && paths.length === 0) throw new UsageError('no files to grade');
  if (roster !== undefined && paths.length > 0) throw new UsageError('either files or --roster');
  if (roster !== undefined && kubeconfig !== undefined)
    throw new UsageError('a class is graded on clusters of its own, not on a real one');
  const format = FORMATS.find((known) => known === values.format);
  if (format === undefined) throw new UsageError(`unknown format "${values.format}"`);
  const variant = values.variant === undefined ? undefined : Number(values.variant);
  if (variant !== undefined && !(Number.isInteger(variant) && variant > 0)) {
    throw new UsageError(`--variant is a number from 1 on, not "${values.variant}"`);
  }
  const exercises = all ? listExercises() : [exercise!];
  return { exercises, paths, format, variant, seed, roster, watch, kubeconfig };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        format: { type: 'string', default: 'text' },
        variant: { type: 'string' },
        seed: { type: 'string' },
        roster: { type: 'string' },
        kubeconfig: { type: 'string' },
        watch: { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
