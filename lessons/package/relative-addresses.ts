import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';

/** The page names its files by where they lie beside it, and what is for a site's visitors goes. */
export function relativeAddresses(): AstroIntegration {
  return {
    name: 'relative-addresses',
    hooks: {
      'astro:build:done': ({ dir }) => {
        const page = fileURLToPath(new URL('index.html', dir));
        writeFileSync(page, readFileSync(page, 'utf8').replaceAll(/ (src|href)="\/files\//g, ' $1="files/'));
        rmSync(new URL('manifest.webmanifest', dir), { force: true });
      },
    },
  };
}
