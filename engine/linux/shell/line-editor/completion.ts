/** What may be completed at the cursor. */
export interface Completion {
  /** The part of each candidate that is there already. */
  readonly prefix: string;
  /** Whole words that begin with the prefix, sorted. */
  readonly candidates: readonly string[];
  /** What follows the only candidate: a blank, or nothing after a directory. */
  readonly suffix: (candidate: string) => string;
}

export function commonPrefix(candidates: readonly string[]): string {
  let prefix = candidates[0] ?? '';
  for (const candidate of candidates) {
    let length = 0;
    while (length < prefix.length && prefix[length] === candidate[length]) length += 1;
    prefix = prefix.slice(0, length);
  }
  return prefix;
}

/** The words of the command that the cursor is in, the one at the cursor last (perhaps empty). */
export function wordsBeforeCursor(before: string): string[] {
  let words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < before.length; at++) {
    const character = before[at]!;
    if (quote !== '') {
      if (character === quote) quote = '';
      else word += character;
    } else if (character === "'" || character === '"') quote = character;
    else if (character === '\\') word += before[++at] ?? '';
    else if (/[;|&(){}`\n]/.test(character)) {
      words = [];
      word = '';
    } else if (/\s/.test(character)) {
      if (word !== '') words.push(word);
      word = '';
    } else word += character;
  }
  return [...words, word];
}
