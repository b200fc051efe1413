import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SITE_FOLDER } from './site.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCES = ['lessons', 'engine', 'graders', 'exercises', 'astro.config.mjs', 'package-lock.json'];

/** Builds the site unless the one that is there is newer than everything it is made of. */
export default function setup(): void {
  const built = join(SITE_FOLDER, 'index.html');
  if (existsSync(built) && statSync(built).mtimeMs > Math.max(...SOURCES.map((path) => newest(join(ROOT, path)))))
    return;
  const astro = join(ROOT, 'node_modules/astro/bin/astro.mjs');
  const run = spawnSync(process.execPath, [astro, 'build'], {
    cwd: ROOT,
    encoding: 'utf8',
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
  });
  if (run.status !== 0) throw new Error(`the site could not be built:\n${run.stdout}\n${run.stderr}`);
}

/** When the newest file below a path was written; tests do not count. */
function newest(path: string): number {
  if (!statSync(path).isDirectory()) return /\.test\.ts$/.test(path) ? 0 : statSync(path).mtimeMs;
  const names = readdirSync(path).filter((name) => !['node_modules', 'browser', 'http', 'bench'].includes(name));
  return Math.max(0, ...names.map((name) => newest(join(path, name))));
}
