import type { PackageWords } from '../../i18n/en/package.ts';
import { FIRST_ID } from '../../i18n/language.ts';
import { languageOf } from '../../i18n/languages.ts';

const WORDS = import.meta.glob<PackageWords>('../../i18n/*/package.ts', { import: 'packaged' });

/** The words of packages, in the language of this page or the first. */
export function packageWords(): Promise<PackageWords> {
  const { id } = languageOf(document.documentElement.lang);
  return (WORDS[`../../i18n/${id}/package.ts`] ?? WORDS[`../../i18n/${FIRST_ID}/package.ts`]!)();
}
