import type { Task } from '../../../sim/index.ts';
import { complain } from '../messages.ts';
import type { Shell } from '../shell.ts';
import type { Redirect } from '../syntax/tree.ts';
import { applyRedirects, RedirectFailure } from './redirect.ts';

/** bash's `$(<file)`: writes out what the redirection brings in. Runs in the substitution's own process. */
export function* fileContents(shell: Shell, redirects: readonly Redirect[]): Task<number> {
  const { process } = shell;
  try {
    yield* applyRedirects(shell, redirects);
  } catch (error) {
    if (!(error instanceof RedirectFailure)) throw error;
    yield* complain(shell, error.message);
    return 1;
  }
  for (;;) {
    const piece = yield* process.read(0);
    if (piece.length === 0) return 0;
    yield* process.write(1, piece);
  }
}
