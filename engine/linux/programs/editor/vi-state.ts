import type { CharacterFind } from './vi-find.ts';

/** What `yy` and `dd` keep. */
export interface Clip {
  readonly text: string;
  readonly wholeLines: boolean;
}

export interface NormalState {
  /** A command under way: a count, `d`, `2d`, `g`, `r`. */
  pending: string;
  clip: Clip | undefined;
  search: string;
  find?: CharacterFind;
  insert: boolean;
  /** Where `v` or `V` has begun a selection, which reaches to the cursor. */
  visual: { readonly row: number; readonly column: number; readonly lines: boolean } | undefined;
  /** `:set number` */
  numbers: boolean;
  /** The line after `:`, `/` or `?`, with it. */
  command: string | undefined;
}
