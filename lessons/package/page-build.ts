import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import type { About } from './about.ts';
import { PackageError } from './options.ts';
import { environmentOf, type Subject } from './subject.ts';

const ABOUT = 'about.json';

/** The page and the files it needs, by their paths in the package. */
export interface BuiltPage {
  readonly about: About;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

/** @throws PackageError when it cannot be built, with what the build says */
export function buildPage(subject: Subject, root: string): BuiltPage {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-package-'));
  try {
    const astro = join(root, 'node_modules/astro/bin/astro.mjs');
    const args = [astro, 'build', '--config', 'lessons/package/astro.config.mjs', '--outDir', folder];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ASTRO_TELEMETRY_DISABLED: '1', NODE_ENV: 'production', ...environmentOf(subject) },
    });
    if (status !== 0) throw new PackageError(`the page cannot be built:\n${stdout}\n${stderr}`);
    const { [ABOUT]: about, ...files } = filesBelow(folder);
    return { about: JSON.parse(Buffer.from(about!).toString('utf8')) as About, files };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function filesBelow(folder: string): Record<string, Uint8Array> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const named = paths.map((path) => [relative(folder, path).replaceAll('\\', '/'), readFileSync(path)] as const);
  return Object.fromEntries(named.sort(([a], [b]) => (a < b ? -1 : 1)));
}
