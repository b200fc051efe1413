import { spawn } from 'node:child_process';

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  /** What it reads from standard input. */
  readonly input?: string;
  /** The exit code expected: 0 unless told. */
  readonly code?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program of this machine and checks that it went well, or as badly as expected. */
export function run(
  path: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  { input = '', code = 0, env: more = {} }: RunOptions = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, argv, { env: { PATH: process.env['PATH'], ...env, ...more } });
    const output = { stdout: '', stderr: '' };
    child.stdout.on('data', (data) => {
      output.stdout += data;
    });
    child.stderr.on('data', (data) => {
      output.stderr += data;
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    child.on('error', reject);
    child.on('close', (actual) => {
      if (actual === code) resolve(output);
      else reject(new Error(`${argv.join(' ')}: exit code ${actual}, not ${code}\n${output.stdout}${output.stderr}`));
    });
  });
}

/** Starts a command that goes on by itself, and ends it when it has printed something. */
export async function runUntil(
  path: string,
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
  satisfied: (text: string) => boolean,
): Promise<string> {
  const child = spawn(path, argv, { env: { ...env, PATH: process.env['PATH'] } });
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const take = (data: Buffer): void => {
      text += data;
      if (satisfied(text)) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', reject);
    child.on('close', () => (satisfied(text) ? resolve() : reject(new Error(`${argv.join(' ')} ended: ${text}`))));
  });
  child.kill('SIGKILL');
  return text;
}
