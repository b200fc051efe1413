import { Regex, RegexError } from '../../regex.ts';
import type { Process } from '../../syscalls.ts';
import type { Document } from './document.ts';
import type { Clip } from './vi-state.ts';

/** A command after `:`. */
export function runExCommand(
  process: Process,
  document: Document,
  command: string,
  state: { clip: Clip | undefined; numbers: boolean },
): { message: string; quit: boolean } {
  const stay = (message: string) => ({ message, quit: false });
  if (command === '') return stay('');
  if (/^\d+$/.test(command) || command === '$') {
    document.moveTo(command === '$' ? document.lines.length - 1 : Number(command) - 1, 0);
    return stay('');
  }
  const write = /^(w|wq|x)(!?)(?:\s+(\S.*))?$/.exec(command);
  if (write !== null) {
    if (write[1] !== 'x' || document.modified) {
      const problem = document.save(process, write[3] ?? document.path);
      if (problem !== undefined) return stay(`'${write[3] ?? document.path ?? ''}' ${problem}`);
    }
    return {
      message: `'${document.path}' ${document.lines.length}L, ${document.text.length}C`,
      quit: write[1] !== 'w',
    };
  }
  if (/^(q|qa|quit)$/.test(command)) {
    return document.modified ? stay('No write since last change (:q! overrides)') : { message: '', quit: true };
  }
  if (/^(q|qa|quit)!$/.test(command)) return { message: '', quit: true };
  const setting = /^set? +(no)?(?:number|nu)$/.exec(command);
  if (setting !== null) {
    state.numbers = setting[1] === undefined;
    return stay('');
  }
  if (/^set?\b/.test(command)) return stay('');
  const range = /^(%|(\d+|\.|\$)(?:,(\d+|\.|\$))?)?\s*(.*)$/.exec(command)!;
  const line = (text: string) =>
    text === '.' ? document.cursor.row : text === '$' ? document.lines.length - 1 : Number(text) - 1;
  const from = range[1] === '%' ? 0 : range[2] === undefined ? document.cursor.row : line(range[2]);
  const to = range[1] === '%' ? document.lines.length - 1 : range[3] === undefined ? from : line(range[3]);
  const rest = range[4]!;
  if (rest === 'd' || rest === 'delete' || rest === 'y') {
    const count = Math.max(0, Math.min(to, document.lines.length - 1) - from + 1);
    state.clip = { text: document.lines.slice(from, from + count).join('\n'), wholeLines: true };
    if (rest === 'y') return stay(`Yank ${count} lines`);
    document.mark();
    document.removeLines(from, count);
    return stay('');
  }
  if (rest.startsWith('s') && rest.length > 2) return stay(substitute(document, rest, from, to));
  return stay(`'${command}' is not implemented`);
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
