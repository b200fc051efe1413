import type { Task } from '../../../sim/index.ts';
import { printError } from '../../stdio.ts';
import { parseFor } from '../interpreter.ts';
import { complain } from '../messages.ts';
import type { Shell } from '../shell.ts';
import { type Expanded, expandHistory } from './expansion.ts';
import { HistoryError, type HistoryMemory } from './memory.ts';

/**
 * A line as the shell is to read it, or several that were pasted at once. What was expanded is shown; undefined for what cannot
 * be, which is said.
 *
 * @param before what has been read of the same command
 */
export function* expandLine(
  shell: Shell,
  before: string,
  line: string,
  memory: HistoryMemory,
): Task<Expanded | undefined> {
  try {
    let [text, changed, printOnly] = ['', false, false];
    for (const piece of line.split(/(?<=\n)/)) {
      const expanded = expandPiece(shell, before + text, piece, memory);
      text += expanded.text;
      changed ||= expanded.changed;
      printOnly ||= expanded.printOnly;
    }
    if (changed) yield* printError(shell.process, `${text}\n`);
    return { text, changed, printOnly };
  } catch (error) {
    if (!(error instanceof HistoryError)) throw error;
    yield* complain(shell, error.message);
    return undefined;
  }
}

/** Inside a here-document or single quotes nothing is expanded. */
function expandPiece(shell: Shell, before: string, line: string, memory: HistoryMemory): Expanded {
  const asItIs = { text: line, changed: false, printOnly: false };
  if (!shell.options.histexpand || !/!|^\^/.test(line)) return asItIs;
  const open = before === '' ? undefined : parseFor(shell, before).fault?.message;
  if (open === 'unterminated here-document') return asItIs;
  const quote = open === 'unterminated single quote' ? "'" : open === 'unterminated double quote' ? '"' : '';
  return expandHistory(line, { history: shell.history, memory, quote, extglob: shell.shopts.has('extglob') });
}
