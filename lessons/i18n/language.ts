/** A language of the site; all of it lies in one folder beside this file. */
export interface Language {
  /** Its folder, and the beginning of its addresses (none for the first). */
  readonly id: string;
  /** As pages declare it: https://www.w3.org/International/articles/language-tags/ */
  readonly code: string;
  /** In itself. */
  readonly name: string;
}

/** The language that the course is written in; what is not translated yet is shown in it. */
export const FIRST_ID = 'en';

/** What a folder's `language.json` says of its language, by the folder's name; the first language stands first. */
export function languagesOf(folders: Readonly<Record<string, unknown>>): readonly [Language, ...Language[]] {
  const all = Object.entries(folders).map(([id, said]) => languageIn(id, said));
  const first = all.find(({ id }) => id === FIRST_ID);
  if (first === undefined) throw new Error(`the first language, ${FIRST_ID}, is not there`);
  return [first, ...all.filter((language) => language !== first).sort((a, b) => (a.id < b.id ? -1 : 1))];
}

function languageIn(id: string, said: unknown): Language {
  const { code, name } = Object(said) as { code?: unknown; name?: unknown };
  const written = [code, name].every((word) => typeof word === 'string' && word !== '');
  if (!/^[a-z]{2,3}(-[a-z]+)?$/.test(id) || !written) {
    throw new Error(
      `lessons/i18n/${id}/language.json: write {"code": "…", "name": "…"} in a folder named as addresses begin, such as zh`,
    );
  }
  return { id, code: code as string, name: name as string };
}
