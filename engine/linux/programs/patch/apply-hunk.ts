import type { Hunk } from './patch-file.ts';

/** Where a hunk fits: its first line from 1, counted as if all of its context were there, and how much of that was left out. */
export interface Place {
  readonly line: number;
  readonly fuzz: number;
  readonly before: number;
  readonly after: number;
}

/** A file under the hands of hunks, which come one after the other from top to bottom. */
export class PatchedFile {
  /** With their newlines. */
  readonly lines: string[];
  /** How far the last hunk was from where it should have been. */
  offset = 0;
  /** How many lines there are more than before. */
  #grown = 0;
  /** What lies above has been changed already. */
  #frozen = 0;

  constructor(text: string) {
    this.lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  }

  /** Where a line of the old file is now. */
  nowAt(line: number): number {
    return line + this.#grown;
  }

  /** Looks where the hunk fits with so much of its context left out. */
  locate(hunk: Hunk, fuzz: number): Place | undefined {
    const old = hunk.lines.flatMap(({ kind, text }) => (kind === '+' ? [] : [text]));
    const { leading, trailing } = contextOf(hunk);
    const context = Math.max(leading, trailing);
    const before = fuzz + leading - context;
    const after = fuzz + trailing - context;
    const guess = hunk.oldStart + (old.length === 0 ? 1 : 0) + this.offset + this.#grown;
    const place = (line: number): Place => ({ line, fuzz, before: Math.max(0, before), after: Math.max(0, after) });
    if (old.length === 0) return guess - 1 <= this.lines.length ? place(guess) : undefined;
    const fits = (line: number) => this.#fits(old, line, Math.max(0, before), Math.max(0, after));
    // With less context on one side than on the other it was at that end of the file.
    if (before < 0 && hunk.oldStart <= 1) {
      if (after < 0 && this.lines.length !== old.length) return undefined;
      return fits(1) ? place(1) : undefined;
    }
    if (after < 0) {
      const line = this.lines.length - old.length + 1;
      return fits(line) ? place(line) : undefined;
    }
    for (let distance = 0; distance <= this.lines.length + old.length; distance++) {
      if (fits(guess + distance)) return place(guess + distance);
      if (distance > 0 && fits(guess - distance)) return place(guess - distance);
    }
    return undefined;
  }

  #fits(old: readonly string[], line: number, before: number, after: number): boolean {
    const start = line - 1;
    if (start + before < this.#frozen || start + old.length - after > this.lines.length) return false;
    for (let at = before; at < old.length - after; at++) if (this.lines[start + at] !== old[at]) return false;
    return true;
  }

  apply(hunk: Hunk, { line, before, after }: Place): void {
    const old = hunk.lines.filter(({ kind }) => kind !== '+').length;
    const fresh = hunk.lines.flatMap(({ kind, text }) => (kind === '-' ? [] : [text]));
    this.offset = line - this.#grown - hunk.oldStart - (old === 0 ? 1 : 0);
    const start = line - 1 + before;
    const replacement = fresh.slice(before, fresh.length - after);
    this.lines.splice(start, old - before - after, ...replacement);
    this.#grown += fresh.length - old;
    this.#frozen = start + replacement.length;
  }

  get text(): string {
    return this.lines.join('');
  }
}

export function contextOf({ lines }: Hunk): { readonly leading: number; readonly trailing: number } {
  const leading = lines.findIndex(({ kind }) => kind !== ' ');
  const trailing = lines.toReversed().findIndex(({ kind }) => kind !== ' ');
  return { leading: Math.max(0, leading), trailing: Math.max(0, trailing) };
}
