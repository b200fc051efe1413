import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorInWords } from '../system-error.ts';
import { packageOf } from './archive.ts';
import { PackageError, readOptions, USAGE, UsageError } from './options.ts';
import { buildPage } from './page-build.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** Makes the package that the command line asks for, or says why not. Returns the exit code. */
export function packageCommand(args: readonly string[]): number {
  if (args.some((arg) => arg === '--help' || arg === '-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  try {
    const { subject, passMark, file } = readOptions(args, ROOT);
    // Before the build, which takes a while: a place that takes no file takes none afterwards either.
    write(file, new Uint8Array(), 'a');
    const archive = built(file, () => packageOf(buildPage(subject, ROOT), subject, passMark));
    write(file, archive, 'w');
    process.stdout.write(`${file}: ${(archive.length / 1e6).toFixed(1)} MB\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof PackageError)) throw error;
    process.stderr.write(`${error.message}\n${error instanceof UsageError ? `\n${USAGE}` : ''}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** Where the build fails, no empty file stays behind. */
function built(file: string, build: () => Uint8Array): Uint8Array {
  try {
    return build();
  } catch (error) {
    if (statSync(file).size === 0) rmSync(file);
    throw error;
  }
}

function write(file: string, bytes: Uint8Array, flag: 'a' | 'w'): void {
  try {
    writeFileSync(file, bytes, { flag });
  } catch (error) {
    throw new PackageError(`${file} cannot be written: ${systemErrorInWords(error) ?? error}`);
  }
}
