import { HistoryError, type HistoryMemory } from './memory.ts';
import { historyWords } from './words.ts';

/** What `:h:s/a/b/` and the like made of a text. */
interface Modified {
  readonly text: string;
  /** Behind the last modifier. */
  readonly end: number;
  /** `:p`: to be shown, and not run. */
  readonly printOnly: boolean;
}

/**
 * Applies the modifiers that stand at a place in a line. https://www.gnu.org/software/bash/manual/html_node/Modifiers.html
 *
 * @throws HistoryError
 */
export function modify(line: string, start: number, text: string, memory: HistoryMemory): Modified {
  let modified = text;
  let at = start;
  let printOnly = false;
  let quoted: 'whole' | 'words' | undefined;
  while (line[at] === ':') {
    const { scope, letterAt } = readScope(line, at + 1);
    const letter = line[letterAt] ?? '';
    const path = PATHS[letter];
    if (path !== undefined) modified = path(modified);
    else if (letter === 'p') printOnly = true;
    else if (letter === 'q') quoted = 'whole';
    else if (letter === 'x') quoted = 'words';
    else if (letter === 's' || letter === '&') {
      const end = letter === 's' ? readSubstitution(line, letterAt + 1, memory) : letterAt + 1;
      modified = substitute(modified, scope, memory, line.slice(at, end));
      at = end;
      continue;
    } else throw new HistoryError(`${letter}: unrecognized history modifier`);
    at = letterAt + 1;
  }
  return { text: quoted === undefined ? modified : QUOTERS[quoted](modified), end: at, printOnly };
}

const PATHS: Readonly<Record<string, (text: string) => string>> = {
  h: (text) => (text.includes('/') ? text.slice(0, text.lastIndexOf('/')) : text),
  t: (text) => text.slice(text.lastIndexOf('/') + 1),
  r: (text) => (text.includes('.') ? text.slice(0, text.lastIndexOf('.')) : text),
  e: (text) => (text.includes('.') ? text.slice(text.lastIndexOf('.')) : text),
};

const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
const QUOTERS = {
  whole: quote,
  words: (text: string) =>
    text.split(/([ \t\n]+)/).reduce((all, part, at) => all + (at % 2 === 0 ? quote(part) : part), ''),
};

/** How often a substitution is made: once, wherever it can be, or once in each word. */
type Scope = 'once' | 'everywhere' | 'each word';

function readScope(line: string, at: number): { readonly scope: Scope; readonly letterAt: number } {
  if (line[at] === 'g' || line[at] === 'a') return { scope: 'everywhere', letterAt: at + 1 };
  if (line[at] === 'G') return { scope: 'each word', letterAt: at + 1 };
  return { scope: 'once', letterAt: at };
}

/** Reads `/old/new/` into the memory; returns where it ends. */
function readSubstitution(line: string, start: number, memory: HistoryMemory): number {
  const delimiter = line[start] ?? '';
  const [old, oldEnd] = readUntil(line, start + 1, delimiter);
  const [replacement, end] = readUntil(line, oldEnd, delimiter);
  if (old !== '') memory.old = old;
  else if (memory.old === '') memory.old = memory.searched;
  memory.replacement = replacement;
  return end;
}

/** A text up to a delimiter, which a backslash takes for itself; and where what follows begins. */
function readUntil(line: string, start: number, delimiter: string): readonly [text: string, end: number] {
  let text = '';
  let at = start;
  for (; at < line.length && line[at] !== delimiter; at++) {
    if (line[at] === '\\' && line[at + 1] === delimiter) at++;
    text += line[at];
  }
  return [text, Math.min(at + 1, line.length)];
}

function substitute(text: string, scope: Scope, { old, replacement }: HistoryMemory, asked: string): string {
  const failed = () => new HistoryError(`${asked}: substitution failed`);
  if (old === '') throw new HistoryError(`${asked}: no previous substitution`);
  if (!text.includes(old)) throw failed();
  // `&` in the new text stands for the old one.
  const made = replacement.replace(/\\&|&/g, (sign) => (sign === '&' ? old : '&'));
  if (scope === 'everywhere') return text.replaceAll(old, () => made);
  if (scope === 'once') return text.replace(old, () => made);
  let [done, rest] = ['', text];
  for (const word of historyWords(text)) {
    const end = rest.indexOf(word) + word.length;
    done += rest.slice(0, end).replace(old, () => made);
    rest = rest.slice(end);
  }
  return done + rest;
}
