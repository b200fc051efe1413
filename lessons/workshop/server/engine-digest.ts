import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';

const ROOT = new URL('../../../', import.meta.url);

/** Where what decides a grade is written: the cluster, the checks, and what an exercise's bench is given. */
const FOLDERS = ['engine/', 'graders/', 'lessons/bench/'];

/**
 * Stands for all that makes a journal lead where it leads: the sources, the packages they use and what runs them. It changes
 * when any of it does, needlessly often rather than once too seldom.
 */
export function engineDigest(): string {
  const hash = createHash('sha256')
    .update(process.version)
    .update(readFileSync(new URL('package-lock.json', ROOT)));
  for (const folder of FOLDERS) {
    const names = readdirSync(new URL(folder, ROOT), { recursive: true, encoding: 'utf8' });
    for (const name of names.filter(isSource).sort())
      hash.update(name).update(readFileSync(new URL(folder + name, ROOT)));
  }
  return hash.digest('hex');
}

function isSource(name: string): boolean {
  return name.endsWith('.ts') && !name.endsWith('.test.ts') && !name.includes('node_modules');
}
