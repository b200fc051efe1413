import type { BlockInsert } from './vi-block.ts';
import type { CharacterFind } from './vi-find.ts';
import type { ViSettings } from './vi-settings.ts';

/** What `yy` and `dd` keep. */
export interface Clip {
  readonly text: string;
  readonly wholeLines: boolean;
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
