import type { ParsedScript } from 'unbash';
import type { Script } from './tree.ts';

/** A syntax error: where, and what the grammar library says. */
export interface SyntaxFault {
  readonly message: string;
  /** UTF-16 offset into the script. */
  readonly position: number;
}

/** What the parts of the lowering share: the script's text, the way into nested scripts, and the errors found. */
export interface Lowering {
  readonly source: string;
  /** Whether the shell knows braces: ash and dash do not. */
  readonly braces: boolean;
  readonly faults: SyntaxFault[];
  /** Lowers the script of a substitution, which may own another text (backticks). */
  nested(parsed: ParsedScript | undefined, position: number): Script;
  /** The line (from 1) that a position is on. */
  lineAt(position: number): number;
}
