import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

const SOURCE = join(import.meta.dirname, 'service-worker.js');

/** Writes `sw.js` into the built site: the service worker with the names of all files of this very build. */
export function offline(): AstroIntegration {
  return {
    name: 'offline',
    hooks: {
      'astro:build:done': ({ dir, logger }) => {
        const root = fileURLToPath(dir);
        const paths = filesBelow(root).sort();
        const hash = createHash('sha256');
        for (const path of paths) hash.update(path).update(readFileSync(join(root, path)));
        const version = hash.digest('hex').slice(0, 12);
        const text = readFileSync(SOURCE, 'utf8')
          .replace('__VERSION__', version)
          .replace('__FILES__', () => JSON.stringify(paths.map(addressOf)).replaceAll("'", "\\'"));
        writeFileSync(join(root, 'sw.js'), text);
        logger.info(`${paths.length} files are kept for reading offline, version ${version}`);
      },
    },
  };
}

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)).replaceAll('\\', '/'))
    .filter((path) => path !== 'sw.js');
}

/** Relative to where the site is put, and without the `index.html` that no address shows. */
function addressOf(path: string): string {
  return path === 'index.html' ? './' : path.replace(/(^|\/)index\.html$/, '$1');
}
