import type { Task } from '../../../sim/index.ts';
import type { Shell } from '../shell.ts';
import type { Word } from '../syntax/tree.ts';

/** The expansions of whole words, handed to those of their parts: `${x:-word}`, `$((word))`. */
export interface WordExpansions {
  text(shell: Shell, word: Word): Task<string>;
  pattern(shell: Shell, word: Word): Task<string>;
}
