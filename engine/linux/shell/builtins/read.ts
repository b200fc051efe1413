import type { Task } from '../../../sim/index.ts';
import { Errno } from '../../errno.ts';
import { signalExitCode } from '../../signal.ts';
import { decode, printError, readAll } from '../../stdio.ts';
import { splitLine } from '../expand/fields.ts';
import { complain } from '../messages.ts';
import { isBash, type Shell } from '../shell.ts';
import { type Builtin, parseOptions, textArguments } from './builtin.ts';
import { type InputLine, readLineBytewise } from './read-line.ts';

export const read: Builtin = {
  *run(shell, args) {
    const options = parseOptions(textArguments(args), 'rsep:a:d:n:N:t:u:i:');
    if (options.bad !== undefined) {
      yield* complain(
        shell,
        isBash(shell) ? `-${options.bad}: invalid option` : `illegal option -${options.bad}`,
        'read',
      );
      return 2;
    }
    const fd = Number(options.values.get('u') ?? '0');
    const prompt = options.values.get('p');
    if (prompt !== undefined && (!isBash(shell) || shell.process.isTerminal(fd)))
      yield* printError(shell.process, prompt);
    const timeout = options.values.get('t');
    if (timeout !== undefined) {
      const ready = yield* shell.process.poll([fd], Math.max(0, Number(timeout) * 1000) || 0);
      if (ready.length === 0) return isBash(shell) ? 142 : 1;
    }
    const raw = options.flags.has('r');
    const limit = Number(options.values.get('n') ?? options.values.get('N') ?? '') || undefined;
    let line: { text: string; escaped: Set<number>; terminated: boolean } | undefined;
    try {
      line = yield* readLogicalLine(shell, fd, raw, options.values.get('d'), limit);
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      if (error.code === 'EINTR') {
        shell.pendingSignals.push(...shell.process.takeSignals());
        return signalExitCode(shell.pendingSignals[0] ?? 'INT');
      }
      yield* complain(shell, `read error: ${fd}: ${error.message}`, isBash(shell) ? 'read' : undefined);
      return 1;
    }
    assignFields(
      shell,
      line ?? { text: '', escaped: new Set() },
      options.operands,
      options.values.get('a'),
      options.flags.has('N'),
    );
    return line?.terminated ? 0 : 1;
  },
};

/** A line with its backslashes resolved; `escaped` are the positions that IFS does not split at. */
function* readLogicalLine(
  shell: Shell,
  fd: number,
  raw: boolean,
  delimiter: string | undefined,
  limit: number | undefined,
): Task<{ text: string; escaped: Set<number>; terminated: boolean } | undefined> {
  const end = delimiter === undefined ? 10 : delimiter === '' ? 0 : delimiter.charCodeAt(0);
  let text = '';
  const escaped = new Set<number>();
  for (;;) {
    const piece: InputLine | undefined = yield* readLineBytewise(shell.process, fd, end, limit);
    if (piece === undefined) return text === '' ? undefined : { text, escaped, terminated: false };
    if (raw) return { text: piece.text, escaped, terminated: piece.terminated };
    let continued = false;
    for (let at = 0; at < piece.text.length; at++) {
      if (piece.text[at] !== '\\') {
        text += piece.text[at];
        continue;
      }
      at += 1;
      if (at >= piece.text.length) continued = piece.terminated;
      else if (piece.text[at] !== '\n') {
        escaped.add(text.length);
        text += piece.text[at];
      }
    }
    if (!continued) return { text, escaped, terminated: piece.terminated };
  }
}

function assignFields(
  shell: Shell,
  line: { readonly text: string; readonly escaped: ReadonlySet<number> },
  names: readonly string[],
  array: string | undefined,
  whole: boolean,
): void {
  const ifs = shell.variables.value('IFS') ?? ' \t\n';
  if (array !== undefined) {
    shell.variables.setArray(array, splitLine(line.text, line.escaped, ifs, Number.POSITIVE_INFINITY));
    return;
  }
  if (names.length === 0) {
    // Bash keeps the blanks of a line that goes to REPLY.
    shell.variables.set('REPLY', isBash(shell) ? line.text : (splitLine(line.text, line.escaped, ifs, 1)[0] ?? ''));
    return;
  }
  const fields = whole ? [line.text] : splitLine(line.text, line.escaped, ifs, names.length);
  for (const [at, name] of names.entries()) shell.variables.set(name, fields[at] ?? '');
}

export const mapfile: Builtin = {
  *run(shell, args) {
    const options = parseOptions(textArguments(args), 'td:n:s:u:O:');
    const name = options.operands[0] ?? 'MAPFILE';
    const fd = Number(options.values.get('u') ?? '0');
    const text = decode(yield* readAll(shell.process, fd));
    const delimiter = options.values.get('d');
    const end = delimiter === undefined ? '\n' : delimiter === '' ? '\0' : delimiter[0]!;
    const lines = text.split(end);
    if (lines.at(-1) === '') lines.pop();
    const kept = lines.slice(Number(options.values.get('s') ?? '0'));
    const count = Number(options.values.get('n') ?? '0');
    const taken = count > 0 ? kept.slice(0, count) : kept;
    const last = taken.length - 1;
    shell.variables.setArray(
      name,
      taken.map((line, at) => (options.flags.has('t') || (at === last && !text.endsWith(end)) ? line : line + end)),
    );
    return 0;
  },
};
