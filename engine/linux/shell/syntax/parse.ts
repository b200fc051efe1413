import { type ParsedScript, parse } from 'unbash';
import { lowerList } from './command.ts';
import type { Lowering, SyntaxFault } from './lowering.ts';
import type { Script, Word } from './tree.ts';
import { lowerText } from './word.ts';

/** A larger script is refused: nested openings cost the parser the square of their number. */
export const MAX_SCRIPT_LENGTH = 256 * 1024;

export interface ParsedSource {
  /** What can run: everything, or with a fault the commands on the lines before it. */
  readonly script: Script;
  /** The first syntax error, with its line from 1. */
  readonly fault:
    | (SyntaxFault & {
        readonly line: number;
        readonly token: string | undefined;
        readonly expected: string | undefined;
      })
    | undefined;
  /** Whether more text could make it right: the shell then prompts with PS2. */
  readonly incomplete: boolean;
}

export interface ParseOptions {
  readonly braces: boolean;
  /** The line number of the first line; 1 unless told. */
  readonly firstLine?: number;
}

/** Parses a script or a part of one. Never throws: what is wrong is in the result. */
export function parseScript(source: string, options: ParseOptions): ParsedSource {
  const firstLine = options.firstLine ?? 1;
  if (source.length > MAX_SCRIPT_LENGTH) {
    const message = `script too large (${source.length} characters, at most ${MAX_SCRIPT_LENGTH})`;
    return {
      script: { statements: [] },
      fault: { message, position: 0, line: firstLine, token: undefined, expected: undefined },
      incomplete: false,
    };
  }
  const faults: SyntaxFault[] = [];
  const lineAt = lineCounter(source, firstLine);
  const parsed = parse(source);
  for (const error of parsed.errors ?? []) faults.push({ message: error.message, position: error.pos });
  const lowering = lowerWith(source, options.braces, faults, lineAt);
  if (faults.length === 0) {
    const script = lowerList(lowering, parsed);
    if (faults.length === 0) return { script, fault: undefined, incomplete: endsInBackslash(source) };
  }
  const first = faults.reduce((earliest, fault) => (fault.position < earliest.position ? fault : earliest));
  const runnable = statementsBefore(parsed, source, first.position);
  return {
    script: lowerList(lowerWith(source, options.braces, [], lineAt), { commands: runnable }),
    fault: { ...first, line: lineAt(first.position), token: tokenAt(source, first), expected: expectedAfter(faults) },
    incomplete: endsInBackslash(source) || isOpenEnded(source, faults),
  };
}

/** A text with expansions but without quotes and commands of its own: a prompt. */
export function parseText(source: string): Word {
  return lowerText(
    lowerWith(source, false, [], () => 1),
    source,
    0,
  );
}

function lowerWith(
  source: string,
  braces: boolean,
  faults: SyntaxFault[],
  lineAt: (position: number) => number,
): Lowering {
  const lowering: Lowering = {
    source,
    braces,
    faults,
    lineAt,
    nested(parsed, position) {
      if (parsed === undefined) return { statements: [] };
      const own = parsed.source;
      for (const error of parsed.errors ?? []) faults.push({ message: error.message, position });
      if (own === undefined) return lowerList(lowering, parsed);
      // The decoded text of backticks: its positions are its own, its lines are near enough those of the opening one.
      const line = lineAt(position);
      return lowerList({ ...lowerWith(own, braces, faults, () => line) }, parsed);
    },
  };
  return lowering;
}

/** Bash and ash run the complete lines before a syntax error. */
function statementsBefore(parsed: ParsedScript, source: string, position: number) {
  const broken = parsed.commands.findLast((statement) => statement.pos <= position);
  const line = source.lastIndexOf('\n', Math.min(position, broken?.pos ?? position)) + 1;
  return parsed.commands.filter((statement) => statement !== broken && statement.end < line);
}

function isOpenEnded(source: string, faults: readonly SyntaxFault[]): boolean {
  if (faults.some((fault) => fault.message.startsWith('unterminated'))) return true;
  // More text does not make a wrong token right.
  if (faults.some((fault) => fault.message.startsWith('unexpected token'))) return false;
  return faults.some((fault) => source.slice(fault.position).trim() === '');
}

function endsInBackslash(source: string): boolean {
  const match = /(\\+)\n?$/.exec(source);
  return match !== null && match[1]!.length % 2 === 1;
}

/** The token a message names; undefined at the end of the file. */
function tokenAt(source: string, fault: SyntaxFault): string | undefined {
  const quoted = /^unexpected token '([\s\S]+)'$/.exec(fault.message);
  if (quoted !== null) return quoted[1] === '\n' ? 'newline' : quoted[1];
  const rest = source.slice(fault.position).replace(/^[ \t]+/, '');
  if (rest === '') return undefined;
  if (rest.startsWith('\n')) return rest.trim() === '' ? undefined : 'newline';
  return /^(?:[A-Za-z0-9_]+|;;|&&|\|\||>>|<<|.)/.exec(rest)?.[0];
}

function expectedAfter(faults: readonly SyntaxFault[]): string | undefined {
  for (const fault of faults) {
    const match = /^expected '([^']+)'/.exec(fault.message);
    if (match !== null) return match[1];
  }
  return undefined;
}

function lineCounter(source: string, firstLine: number): (position: number) => number {
  let starts: number[] | undefined;
  return (position) => {
    if (starts === undefined) {
      starts = [0];
      for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) starts.push(at + 1);
    }
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= position) low = middle;
      else high = middle - 1;
    }
    return firstLine + low;
  };
}
