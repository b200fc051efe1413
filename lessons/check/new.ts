import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { exerciseFiles, lessonFiles, type Subject } from './templates.ts';

const USAGE = `usage: npm run new -- lesson|exercise [id] [--row N] [--title TITLE] [--level follow|apply|diagnose]

Makes the files of a new lesson or exercise, which can be run, graded and proven as they are. Asks for what is not given.
`;

const ROOT = resolve(import.meta.dirname, '../..');
const LEVELS = ['follow', 'apply', 'diagnose'];

/** A call that makes no sense; the message says why. */
class UsageError extends Error {}

async function main(args: readonly string[]): Promise<number> {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    const [kind, ...rest] = args;
    if (kind !== 'lesson' && kind !== 'exercise') throw new UsageError('say lesson or exercise');
    const subject = await readSubject(kind, rest);
    const files = kind === 'lesson' ? lessonFiles(subject) : exerciseFiles(subject);
    const taken = Object.keys(files).find((path) => existsSync(join(ROOT, path)));
    if (taken !== undefined) throw new UsageError(`${taken} is there already`);
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(ROOT, path)), { recursive: true });
      writeFileSync(join(ROOT, path), text);
      process.stdout.write(`${path}\n`);
    }
    process.stdout.write('\nSee it live: npm run dev. Have it looked at: npm run check:course.\n');
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${USAGE}`);
    return 2;
  }
}

async function readSubject(kind: string, args: readonly string[]): Promise<Subject> {
  const given = new Map<string, string>();
  const words: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const [, option] = /^--(row|title|level)$/.exec(args[index]!) ?? [];
    if (option !== undefined) given.set(option, args[++index] ?? '');
    else if (args[index]!.startsWith('--')) throw new UsageError(`unknown option ${args[index]}`);
    else words.push(args[index]!);
  }
  const asks = createInterface({ input: process.stdin, output: process.stdout });
  const ask = async (name: string, question: string) => {
    if (given.has(name)) return given.get(name)!;
    if (!process.stdin.isTTY) throw new UsageError(`--${name} is missing, and there is nobody to ask`);
    return (await asks.question(`${question} `)).trim();
  };
  try {
    const title = await ask('title', 'Title?');
    const id =
      words[0] ??
      title
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^-|-$/g, '');
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id))
      throw new UsageError(`"${id}" is no id: small letters, digits and dashes`);
    const row = Number(await ask('row', 'Row of the syllabus (1 to 21)?'));
    if (!Number.isInteger(row) || row < 1 || row > 21) throw new UsageError('a row is a number from 1 to 21');
    const level = kind === 'exercise' ? await ask('level', `Level (${LEVELS.join(', ')})?`) : 'follow';
    if (!LEVELS.includes(level)) throw new UsageError(`a level is one of ${LEVELS.join(', ')}`);
    return { id, title, row, level };
  } finally {
    asks.close();
  }
}

process.exitCode = await main(process.argv.slice(2));
