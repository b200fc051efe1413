import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import type { Language } from '../i18n/language.ts';
import { linksFor } from './module-links.ts';

/**
 * Names in every page the modules that its scripts will ask for. Otherwise a browser learns of each only when it has
 * read the one before it, which on a phone's line costs a round trip for every step.
 */
export function preload(languages: readonly Language[]): AstroIntegration {
  return {
    name: 'preload',
    hooks: {
      'astro:build:done': ({ dir }) => {
        const root = fileURLToPath(dir);
        const assets = join(root, '_astro');
        const chunks = readdirSync(assets).filter((name) => name.endsWith('.js'));
        const texts = new Map(chunks.map((name) => [name, readFileSync(join(assets, name), 'utf8')]));
        for (const path of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
          if (!path.endsWith('.html')) continue;
          const file = join(root, path);
          const page = readFileSync(file, 'utf8');
          writeFileSync(
            file,
            page.replace('</body>', () => `${linksFor(page, texts, languages)}</body>`),
          );
        }
      },
    },
  };
}
