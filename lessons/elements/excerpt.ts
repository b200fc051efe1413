const AROUND = 70;
/** What words are made of where they have gaps between them: Chinese may be cut anywhere. */
const LETTER = /[\p{Script=Latin}\p{N}]/u;

/** The words around the place where a text first has a term, whatever its case; what is left out is marked. */
export function excerpt(text: string, term: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(term));
  let from = Math.max(0, at - AROUND);
  while (from < at && inWord(text, from)) from += 1;
  let to = Math.min(text.length, at + 2 * AROUND);
  while (to > at + term.length && inWord(text, to)) to -= 1;
  return `${from > 0 ? '… ' : ''}${text.slice(from, to).trim()}${to < text.length ? ' …' : ''}`;
}

/** Whether a cut there would go through a word. */
function inWord(text: string, at: number): boolean {
  return LETTER.test(text[at - 1] ?? '') && LETTER.test(text[at] ?? '');
}
