/** The form in which progress leaves a device. */
const FORMAT = 'drydock-progress';
const VERSION = 1;

/** More goals than any course has. */
const MAX_GOALS = 5000;

export type Achievements = Readonly<Record<string, string>>;

/** A file, or what a link carries. */
export function progressFile(achieved: Achievements): {
  readonly format: string;
  readonly version: number;
  readonly achieved: Achievements;
} {
  return { format: FORMAT, version: VERSION, achieved };
}

/**
 * Reads such a file. Whoever made it, only goals and times come out of it.
 *
 * @throws Error when it is something else.
 */
export function readProgress(data: unknown): Achievements {
  const { format, version, achieved } = (data ?? {}) as Record<string, unknown>;
  if (format !== FORMAT) throw new Error('this is not a file of progress that Drydock wrote');
  if (version !== VERSION)
    throw new Error(`it was written by another version of Drydock (${String(version)}, not ${VERSION})`);
  const entries = Object.entries((achieved ?? {}) as object);
  const sound = entries.every(
    ([goal, at]) => goal.length < 500 && typeof at === 'string' && !Number.isNaN(Date.parse(at)),
  );
  if (!sound || entries.length > MAX_GOALS) throw new Error('it is damaged, so nothing was taken from it');
  return Object.fromEntries(entries.map(([goal, at]) => [goal, new Date(at as string).toISOString()]));
}
