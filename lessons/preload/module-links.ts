import type { Language } from '../i18n/language.ts';

/** The terminal's screen, which stands in a drawer where there is no room beside the text: there it waits to be asked for. */
const BESIDE_THE_TEXT = { chunk: /^xterm-screen\./, media: '(min-width: 62rem)' };

/**
 * The links to the modules that a built page's scripts import, and to its language's words; not those of the scripts
 * themselves, which the page names already. Those of the first script come first.
 *
 * @param chunks the texts of the site's modules by file name
 */
export function linksFor(page: string, chunks: ReadonlyMap<string, string>, languages: readonly Language[]): string {
  const scripts = [...page.matchAll(/<script type="module" src="([^"]*\/)([^"/]+)"/g)];
  if (scripts.length === 0) return '';
  const base = scripts[0]![1]!;
  const named = scripts.map(([, , name]) => name!);
  const imported = new Set(named.flatMap((name) => [...importsOf(name, chunks)]));
  const code = /<html lang="([^"]+)"/.exec(page)?.[1];
  const language = languages.find((each) => each.code === code);
  const words = [...chunks.keys()].filter((name) => language !== undefined && name.startsWith(`${language.id}.`));
  const wanted = [...new Set([...imported, ...words])].filter((name) => !named.includes(name));
  const links = wanted.map((name) => `<link rel="modulepreload" href="${base}${name}">`);
  const screen = [...chunks.keys()].find((name) => BESIDE_THE_TEXT.chunk.test(name));
  if (screen !== undefined && page.includes('<dd-bench')) {
    links.push(`<link rel="modulepreload" href="${base}${screen}" media="${BESIDE_THE_TEXT.media}">`);
  }
  return links.join('');
}

/** What a module imports as it is loaded, and what that imports; with itself. */
function importsOf(name: string, chunks: ReadonlyMap<string, string>, seen = new Set<string>()): Set<string> {
  const text = chunks.get(name);
  if (text === undefined || seen.has(name)) return seen;
  seen.add(name);
  for (const [, next] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) importsOf(next!, chunks, seen);
  return seen;
}
