import type { CharacterFind } from './vi-find.ts';
import type { ViSettings } from './vi-settings.ts';

/** What `yy` and `dd` keep. */
export interface Clip {
  readonly text: string;
  readonly wholeLines: boolean;
}

/** Text that is typed on the first of several lines is to stand on the others, too, when the insert ends. */
export interface BlockInsert {
  readonly first: number;
  readonly last: number;
  readonly column: number;
  /** How long the first line was. */
  readonly length: number;
}

interface Selection {
  readonly row: number;
  readonly column: number;
  /** `v`, `V` and `ctrl-v` */
  readonly kind: 'characters' | 'lines' | 'block';
}

export interface NormalState {
  /** A command under way: a count, `d`, `2d`, `g`, `r`. */
  pending: string;
  clip: Clip | undefined;
  search: string;
  find?: CharacterFind;
  insert: boolean;
  /** Where a selection has begun, which reaches to the cursor. */
  visual: Selection | undefined;
  /** An insert at the side of a block. */
  block?: BlockInsert;
  readonly settings: ViSettings;
  /** The line after `:`, `/` or `?`, with it. */
  command: string | undefined;
}
