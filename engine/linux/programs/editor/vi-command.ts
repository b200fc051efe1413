import { Regex, RegexError } from '../../regex.ts';
import type { Process } from '../../syscalls.ts';
import type { Document } from './document.ts';
import { joinLines, placeLines, removeMatching, shiftLines, toLine } from './vi-lines.ts';
import { applySettings, type ViSettings } from './vi-settings.ts';
import type { Clip } from './vi-state.ts';

/** A command after `:`. */
export function runExCommand(
  process: Process,
  document: Document,
  command: string,
  state: { clip: Clip | undefined; readonly settings: ViSettings },
): { message: string; quit: boolean } {
  const stay = (message: string) => ({ message, quit: false });
  if (command === '') return stay('');
  if (/^\d+$/.test(command) || command === '$') {
    toLine(document, command === '$' ? document.lines.length - 1 : Number(command) - 1);
    return stay('');
  }
  const write = /^(w|wq|x|wa|wqa|xa)(!?)(?:\s+(\S.*))?$/.exec(command);
  if (write !== null) {
    if (!write[1]!.startsWith('x') || document.modified) {
      const problem = document.save(process, write[3] ?? document.path);
      if (problem !== undefined) return stay(`'${write[3] ?? document.path ?? ''}' ${problem}`);
    }
    return {
      message: `'${document.path}' ${document.lines.length}L, ${document.text.length}C`,
      quit: write[1] !== 'w' && write[1] !== 'wa',
    };
  }
  if (/^(q|qa|quit|qall)$/.test(command)) {
    return document.modified ? stay('No write since last change (:q! overrides)') : { message: '', quit: true };
  }
  if (/^(q|qa|quit|qall)!$/.test(command)) return { message: '', quit: true };
  if (/^set?\b/.test(command)) {
    applySettings(state.settings, command.replace(/^set?\s*/, ''));
    return stay('');
  }
  if (/^(noh(lsearch)?|syn(tax)?\b.*)$/.test(command)) return stay('');
  const { from, to, rest } = readRange(document, command);
  return stay(onLines(document, rest, from, to, state) ?? `E492: Not an editor command: ${command}`);
}

/** One end of a range: `12`, `.`, `$`, `.+3`, `$-1` */
const PLACE = String.raw`(?:\d+|[.$])?(?:[-+]\d+)?`;
const RANGE = new RegExp(`^(?:(%)|(${PLACE})(?:,(${PLACE}))?)\\s*(.*)$`, 's');

function readRange(document: Document, command: string): { from: number; to: number; rest: string } {
  const last = document.lines.length - 1;
  const [, all, first = '', second, rest = ''] = RANGE.exec(command)!;
  const row = (text: string) => {
    const [, base = '', offset = '0'] = /^(\d+|[.$])?([-+]\d+)?$/.exec(text)!;
    const start = base === '$' ? last : base === '' || base === '.' ? document.cursor.row : Number(base) - 1;
    return Math.max(0, Math.min(last, start + Number(offset)));
  };
  // `:g` and `:v` go over the whole text unless told.
  if (all !== undefined || (first === '' && second === undefined && /^[gv]\W/.test(rest)))
    return { from: 0, to: last, rest };
  const from = row(first);
  return { from, to: second === undefined ? from : row(second), rest };
}

/** What a command does to a range of lines: a message, or undefined for what is none. */
function onLines(
  document: Document,
  command: string,
  from: number,
  to: number,
  state: { clip: Clip | undefined; readonly settings: ViSettings },
): string | undefined {
  if (/^(d|de|delete|y|ya|yank)$/.test(command)) {
    const lines = document.lines.slice(from, to + 1);
    state.clip = { text: lines.join('\n'), wholeLines: true };
    if (command.startsWith('y')) return `Yank ${lines.length} lines`;
    document.mark();
    document.removeLines(from, lines.length);
    toLine(document, from);
    return '';
  }
  if (/^(>+|<+)$/.test(command)) {
    shiftLines(document, state.settings, from, to, command.startsWith('>') ? command.length : -command.length);
    return '';
  }
  if (/^j(oin)?$/.test(command)) {
    joinLines(document, from, to);
    return '';
  }
  const place = /^(t|co|copy|m|move)\s*(\d+|[.$])$/.exec(command);
  if (place !== null) {
    const behind = place[2] === '0' ? -1 : readRange(document, place[2]!).from;
    placeLines(document, from, to, behind, place[1]!.startsWith('m'));
    return '';
  }
  const global = /^(g!?|v)(\W)(.*?)\2d$/.exec(command);
  if (global !== null) return removeMatching(document, global[3]!, from, to, global[1] !== 'g');
  if (command.startsWith('s') && command.length > 2) return substitute(document, command, from, to);
  return undefined;
}

function substitute(document: Document, command: string, from: number, to: number): string {
  const mark = command[1]!;
  const parts = command.slice(2).split(new RegExp(`(?<!\\\\)${mark.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`));
  const [pattern = '', replacement = '', flags = ''] = parts.map((part) => part.replaceAll(`\\${mark}`, mark));
  try {
    const regex = new Regex(pattern, { extended: false, ignoreCase: flags.includes('i') });
    let count = 0;
    document.mark();
    for (let row = from; row <= Math.min(to, document.lines.length - 1); row++) {
      const line = document.lines[row]!;
      let result = '';
      let at = 0;
      for (
        let match = regex.search(line);
        match !== undefined;
        match = flags.includes('g') && at <= line.length ? regex.search(line, at) : undefined
      ) {
        const { groups } = match;
        const text = replacement.replace(
          /\\(\d)|\\(.)|&/g,
          (whole, group: string | undefined, escaped: string | undefined) =>
            group !== undefined ? (groups[Number(group)] ?? '') : (escaped ?? (whole === '&' ? groups[0]! : '')),
        );
        result += line.slice(at, match.start) + text;
        count += 1;
        at = match.end;
        if (match.end > match.start) continue;
        result += line.slice(at, at + 1);
        at += 1;
      }
      document.lines[row] = result + line.slice(at);
    }
    return count === 0 ? 'No match' : `${count} substitutions`;
  } catch (error) {
    if (error instanceof RegexError) return error.message;
    throw error;
  }
}
