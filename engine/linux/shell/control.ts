import { Errno } from '../errno.ts';

/** Thrown to leave commands early. None of them is an Error: they are cheap and never reach the user. */

export class LoopExit {
  readonly kind: 'break' | 'continue';
  levels: number;

  constructor(kind: 'break' | 'continue', levels: number) {
    this.kind = kind;
    this.levels = levels;
  }
}

export class FunctionReturn {
  readonly status: number;

  constructor(status: number) {
    this.status = status;
  }
}

export class ShellExit {
  readonly status: number;
  /** The program was replaced by exec(2): nothing of the shell may run any more. */
  readonly replaced: boolean;

  constructor(status: number, replaced = false) {
    this.status = status;
    this.replaced = replaced;
  }
}

/** Ctrl-C at a running command of an interactive shell: back to the prompt. */
export class Interrupted {
  readonly status = 130;
}

/**
 * An error of the shell itself: a bad substitution, an unset variable under `set -u`. It ends a script; an interactive
 * shell goes back to its prompt.
 */
export class ShellFault {
  readonly message: string;
  readonly status: number;
  /** Whether only the command fails and the script goes on (what bash does with most expansion errors). */
  readonly commandOnly: boolean;

  constructor(message: string, status: number, commandOnly = false) {
    this.message = message;
    this.status = status;
    this.commandOnly = commandOnly;
  }
}

/** Errors that end a command or a script, with the host's own limits among them. */
export function faultOf(error: unknown): ShellFault | undefined {
  if (error instanceof ShellFault) return error;
  if (error instanceof Errno) return new ShellFault(error.message, 2);
  // Deeper nesting than the host's stack holds.
  if (error instanceof RangeError) return new ShellFault('maximum nesting level exceeded', 2);
  return undefined;
}
