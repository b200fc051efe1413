import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Language, languagesOf } from './language.ts';

/** The languages as they lie on the disk, for what runs without the site's bundler. */
export function languageFolders(root: string): readonly [Language, ...Language[]] {
  const base = join(root, 'lessons/i18n');
  const ids = readdirSync(base).filter((id) => existsSync(join(base, id, 'language.json')));
  return languagesOf(Object.fromEntries(ids.map((id) => [id, said(join(base, id, 'language.json'))])));
}

function said(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
