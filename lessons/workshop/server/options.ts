import { parseArgs } from 'node:util';

export interface WorkshopOptions {
  /** What is on the door; a new workshop has one of its own unless told. */
  readonly title: string | undefined;
  /** Slugs of lessons; all unless told. */
  readonly lessons: readonly string[] | undefined;
  readonly exercises: readonly string[] | undefined;
  readonly host: string;
  readonly port: number;
  /** The folder with the database file. */
  readonly data: string;
  readonly database: string | undefined;
  /** A file with `name,id` a line. */
  readonly roster: string | undefined;
  /** Whether the board is opened in the browser. */
  readonly open: boolean;
  /** When work is no longer taken, in milliseconds since 1970. */
  readonly until: number | undefined;
  /** Whether requests come through a proxy, which says whom they are from. */
  readonly behindProxy: boolean;
  /** Where another system is told what happens. */
  readonly webhook: string | undefined;
  /** A file that names learning management systems. */
  readonly lti: string | undefined;
  /** What is done in place of serving. */
  readonly task: Task | undefined;
}

export type Task =
  | { readonly kind: 'wipe' | 'regrade' }
  | { readonly kind: 'export' | 'import'; readonly file: string };

/** A call that cannot be carried out; the message says why. */
export class OptionsError extends Error {}

export const USAGE = `usage: npm run workshop -- [options]

  --title TEXT        what is on the door (Kubernetes workshop)
  --lessons a,b       only these lessons
  --exercises a,b     only these exercises
  --roster FILE       only people on this list may join: a CSV with the columns name and id
  --until 17:30       when work is no longer taken (also 2026-12-01T17:30)
  --port N            8080 unless told
  --host ADDRESS      0.0.0.0 (everybody on this network) unless told
  --data DIR          where the workshop is kept (.workshop)
  --database URL      postgres://…, in place of the file; several servers may share one
  --behind-proxy      takes a learner's address from X-Forwarded-For, as the proxy in front writes it
  --webhook URL       tells another system, signed, who joins and asks, which checks are met, which grades change
  --lti FILE          takes people and sends grades by LTI 1.3: a JSON file that names the platforms
  --open              opens the board in a browser

In place of serving, and then ending:
  --regrade           grades every attempt again, after a check was mended, and prints whose grade moves
  --export FILE       writes everything that is kept of a workshop as JSON lines
  --import FILE       brings it back, where nothing is kept; the board gets a new link
  --wipe              forgets everything that is kept of a workshop

The same command brings a stopped workshop back where it was, with the lessons and exercises that it began with.
`;

/** @throws OptionsError */
export function readOptions(args: readonly string[], now: Date): WorkshopOptions {
  const parsed = parse(args);
  const { title, lessons, exercises, roster, until, port, host, data, database, open } = parsed;
  const number = Number(port);
  if (!Number.isInteger(number) || number < 0 || number > 65_535) throw new OptionsError(`--port ${port}: not a port`);
  if (database !== undefined && !/^postgres(ql)?:\/\//.test(database)) {
    throw new OptionsError('--database takes a URL that begins with postgres://');
  }
  return {
    title,
    lessons: lessons?.split(','),
    exercises: exercises?.split(','),
    host,
    port: number,
    data,
    database,
    roster,
    open,
    until: until === undefined ? undefined : moment(until, now),
    behindProxy: parsed['behind-proxy'],
    lti: parsed.lti,
    webhook: parsed.webhook === undefined ? undefined : webhookIn(parsed.webhook),
    task: taskOf(parsed),
  };
}

function webhookIn(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : '';
  if (protocol !== 'https:' && protocol !== 'http:') {
    throw new OptionsError(`--webhook ${text}: not an address that begins with https:// or http://`);
  }
  return text;
}

function taskOf(parsed: ReturnType<typeof parse>): Task | undefined {
  const { wipe, regrade, export: to, import: from } = parsed;
  const tasks: Task[] = [];
  if (wipe) tasks.push({ kind: 'wipe' });
  if (regrade) tasks.push({ kind: 'regrade' });
  if (to !== undefined) tasks.push({ kind: 'export', file: to });
  if (from !== undefined) tasks.push({ kind: 'import', file: from });
  if (tasks.length > 1) throw new OptionsError('--wipe, --regrade, --export and --import are one at a time');
  return tasks[0];
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        title: text,
        port: { ...text, default: '8080' },
        host: { ...text, default: '0.0.0.0' },
        data: { ...text, default: '.workshop' },
        lessons: text,
        exercises: text,
        roster: text,
        until: text,
        database: text,
        webhook: text,
        lti: text,
        open: flag,
        'behind-proxy': flag,
        wipe: flag,
        regrade: flag,
        export: text,
        import: text,
      },
    }).values;
  } catch (error) {
    throw new OptionsError((error as Error).message);
  }
}

/** `17:30` is today, or tomorrow when that is past. */
function moment(text: string, now: Date): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  const at = hours === undefined ? new Date(text) : new Date(now);
  if (Number(hours) > 23 || Number(minutes) > 59)
    throw new OptionsError(`--until ${text}: there is no such time of day`);
  if (hours !== undefined) {
    at.setHours(Number(hours), Number(minutes), 0, 0);
    if (at < now) at.setDate(at.getDate() + 1);
  }
  if (Number.isNaN(at.getTime())) throw new OptionsError(`--until ${text}: not a time of day, nor a date and time`);
  if (at < now) throw new OptionsError(`--until ${text}: that is past`);
  return at.getTime();
}
