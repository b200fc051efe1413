import {
  type DoubleQuotedChild,
  type ParameterExpansionPart,
  type Word as ParsedWord,
  parse,
  type WordPart,
} from 'unbash';
import { parseArithmetic } from '../arithmetic/parse.ts';
import { expandBraces } from './braces.ts';
import type { Lowering } from './lowering.ts';
import type { ArithmeticText, ParameterOperation, ParameterSegment, Segment, Word } from './tree.ts';

/** The words that one written word stands for: more than one where braces expand. */
export function lowerWords(lowering: Lowering, word: ParsedWord): Word[] {
  const segments = lowerSegments(lowering, word);
  if (!lowering.braces || !mayHaveBraces(word.text)) return [makeWord(withTilde(segments))];
  return expandBraces(segments).map((expanded) => makeWord(withTilde(expanded)));
}

function mayHaveBraces(text: string): boolean {
  return text.includes('{') && text.includes('}') && (text.includes(',') || text.includes('..'));
}

/** A word in a place where braces do not expand: assignments, redirections, `case`. */
export function lowerWord(lowering: Lowering, word: ParsedWord): Word {
  return makeWord(withTilde(lowerSegments(lowering, word)));
}

/** An assignment's value: a tilde may also stand after each colon. */
export function lowerValue(lowering: Lowering, word: ParsedWord): Word {
  const segments = lowerSegments(lowering, word);
  return makeWord(word.text.includes('~') ? withTildes(segments) : segments);
}

export function makeWord(segments: readonly Segment[]): Word {
  let literal = '';
  // What a pattern would see: quoted text can be no part of one.
  let shape = '';
  for (const segment of segments) {
    if (segment.kind !== 'text') return { segments, literal: undefined };
    literal += segment.text;
    shape += segment.quoted ? 'x' : segment.text;
  }
  return { segments, literal: GLOB.test(shape) ? undefined : literal };
}

const GLOB = /[*?]|\[[^\]]*\]|[@!+]\(/;

export function lowerSegments(lowering: Lowering, word: ParsedWord): Segment[] {
  const parts = word.parts;
  if (parts === undefined) return unquotedText(word.text);
  return lowerParts(lowering, parts);
}

function lowerParts(lowering: Lowering, parts: readonly WordPart[]): Segment[] {
  const segments: Segment[] = [];
  for (const part of parts) {
    switch (part.type) {
      case 'Literal':
        segments.push(...unquotedText(part.text));
        break;
      case 'SingleQuoted':
      case 'AnsiCQuoted':
        segments.push({ kind: 'text', text: part.value, quoted: true });
        break;
      case 'DoubleQuoted':
      case 'LocaleString':
        segments.push(...quotedParts(lowering, part.parts));
        break;
      case 'Glob':
        if (part.kind === 'bracket') segments.push(...enclosed(lowering, '[', part.parts, ']'));
        else segments.push({ kind: 'text', text: part.text, quoted: false });
        break;
      case 'ExtendedGlob':
        if (part.parts === undefined) segments.push(...unquotedText(part.text));
        else segments.push(...enclosed(lowering, `${part.operator}(`, part.parts, ')'));
        break;
      case 'BraceExpansion':
        if (part.parts === undefined) segments.push(...unquotedText(part.text));
        else segments.push(...enclosed(lowering, '{', part.parts, '}'));
        break;
      case 'ProcessSubstitution':
        segments.push({ kind: 'process', direction: part.operator, script: lowering.nested(part.script, part.pos) });
        break;
      default:
        segments.push(lowerExpansion(lowering, part, false));
    }
  }
  return segments;
}

function enclosed(lowering: Lowering, open: string, parts: readonly WordPart[], close: string): Segment[] {
  return [
    { kind: 'text', text: open, quoted: false },
    ...lowerParts(lowering, parts),
    { kind: 'text', text: close, quoted: false },
  ];
}

/** Text outside quotes: a backslash quotes the next character, and with a newline vanishes. */
function unquotedText(text: string): Segment[] {
  if (!text.includes('\\')) return text === '' ? [] : [{ kind: 'text', text, quoted: false }];
  const segments: Segment[] = [];
  let plain = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      plain += text[i];
      continue;
    }
    i += 1;
    if (text[i] === '\n') continue;
    if (plain !== '') segments.push({ kind: 'text', text: plain, quoted: false });
    plain = '';
    segments.push({ kind: 'text', text: text[i] ?? '\\', quoted: true });
  }
  if (plain !== '') segments.push({ kind: 'text', text: plain, quoted: false });
  return segments;
}

export function quotedParts(lowering: Lowering, parts: readonly (DoubleQuotedChild | WordPart)[]): Segment[] {
  if (parts.length === 0) return [{ kind: 'text', text: '', quoted: true }];
  return parts.map((part) =>
    part.type === 'Literal'
      ? { kind: 'text', text: part.value, quoted: true }
      : lowerExpansion(lowering, part as DoubleQuotedChild, true),
  );
}

function lowerExpansion(lowering: Lowering, part: DoubleQuotedChild | WordPart, quoted: boolean): Segment {
  switch (part.type) {
    case 'SimpleExpansion':
      return parameter(part.text.slice(1), quoted, part.text);
    case 'ParameterExpansion':
      return lowerParameter(lowering, part, quoted);
    case 'CommandExpansion':
      return { kind: 'command', script: lowering.nested(part.script, part.pos), quoted };
    case 'ArithmeticExpansion': {
      const body = part.text.startsWith('$[') ? part.text.slice(2, -1) : part.text.slice(3, -2);
      return { kind: 'arithmetic', expression: lowerArithmetic(lowering, body, part.pos), quoted };
    }
    default:
      return { kind: 'text', text: part.text, quoted };
  }
}

function parameter(name: string, quoted: boolean, source: string): ParameterSegment {
  return {
    kind: 'parameter',
    name,
    quoted,
    length: false,
    indirect: false,
    index: undefined,
    operation: undefined,
    source,
  };
}

function lowerParameter(lowering: Lowering, part: ParameterExpansionPart, quoted: boolean): ParameterSegment {
  const bad = part.operation?.type === 'Unknown' || !PARAMETER_NAME.test(part.parameter);
  return {
    kind: 'parameter',
    name: part.parameter,
    quoted,
    length: part.prefix === '#',
    indirect: part.prefix === '!',
    index: part.index === undefined ? undefined : lowerWord(lowering, part.index),
    operation: bad ? { kind: 'bad' } : lowerOperation(lowering, part, quoted),
    source: part.text,
  };
}

const PARAMETER_NAME = /^(?:[A-Za-z_][A-Za-z_0-9]*|[0-9]+|[@*#?$!_-])$/;

function lowerOperation(
  lowering: Lowering,
  part: ParameterExpansionPart,
  quoted: boolean,
): ParameterOperation | undefined {
  const operation = part.operation;
  if (operation === undefined) return undefined;
  switch (operation.type) {
    case 'Default':
      return {
        kind: 'default',
        operator: operation.operator,
        operand: lowerOperand(lowering, operation.operand, quoted),
      };
    case 'Remove':
      return { kind: 'remove', operator: operation.operator, pattern: lowerWord(lowering, operation.operand) };
    case 'Replace':
      return {
        kind: 'replace',
        operator: operation.operator,
        pattern: lowerWord(lowering, operation.pattern),
        replacement: lowerWord(lowering, operation.replacement),
      };
    case 'Slice':
      return {
        kind: 'slice',
        offset: lowerArithmetic(lowering, operation.offset.text, operation.offset.pos),
        length:
          operation.length === undefined
            ? undefined
            : lowerArithmetic(lowering, operation.length.text, operation.length.pos),
      };
    case 'CaseModification':
      return {
        kind: 'case',
        operator: operation.operator,
        pattern: operation.operand === undefined ? undefined : lowerWord(lowering, operation.operand),
      };
    case 'Transform':
      return { kind: 'transform', operator: operation.operand.text };
    case 'Names':
      return { kind: 'names', operator: operation.operator };
    default:
      return { kind: 'bad' };
  }
}

/** The word of `${x:-word}`: inside double quotes its plain text is quoted as well. */
function lowerOperand(lowering: Lowering, word: ParsedWord, quoted: boolean): Word {
  if (!quoted) return lowerWord(lowering, word);
  if (word.parts === undefined) return makeWord([{ kind: 'text', text: dequote(word.text), quoted: true }]);
  const segments: Segment[] = [];
  for (const part of word.parts) {
    if (part.type === 'Literal') segments.push({ kind: 'text', text: dequote(part.text), quoted: true });
    else if (part.type === 'DoubleQuoted') segments.push(...quotedParts(lowering, part.parts));
    else if (part.type === 'AnsiCQuoted') segments.push({ kind: 'text', text: part.value, quoted: true });
    else segments.push(lowerExpansion(lowering, part, true));
  }
  return makeWord(segments);
}

function dequote(text: string): string {
  return text.replace(/\\([$`"\\}\n])/g, (_, character: string) => (character === '\n' ? '' : character));
}

/** An arithmetic expression from its text: expansions in it run first, the result is parsed as an expression. */
export function lowerArithmetic(lowering: Lowering, body: string, position: number): ArithmeticText {
  const text = body.replace(/\\\n/g, '');
  if (!/[$`"'\\]/.test(text)) {
    const word = makeWord([{ kind: 'text', text, quoted: true }]);
    const tree = parseArithmetic(text);
    return { word, tree: 'message' in tree ? undefined : tree };
  }
  return { word: lowerText(lowering, text.replace(/["']/g, ''), position), tree: undefined };
}

/** A text with expansions but without quotes, as the body of a here-document is. */
export function lowerText(lowering: Lowering, text: string, position: number): Word {
  // The grammar library knows such a text only as the body of a here-document, so it is made one.
  const parsed = parse(`:<<${TEXT_END}\n${text}\n${TEXT_END}\n`);
  const command = parsed.commands[0]?.command;
  const redirect = command?.type === 'Command' ? command.redirects[0] : undefined;
  const parts = redirect?.type === 'HereDoc' ? redirect.body.parts : undefined;
  if (parts === undefined) return makeWord([{ kind: 'text', text: dequote(text), quoted: true }]);
  const segments = quotedParts({ ...lowering, nested: (script) => lowering.nested(script, position) }, parts);
  const last = segments.at(-1);
  if (last?.kind === 'text') segments[segments.length - 1] = { ...last, text: last.text.replace(/\n$/, '') };
  return makeWord(segments);
}

const TEXT_END = '__end_of_embedded_text__';

/** Turns a leading unquoted `~` or `~user` into a tilde segment. */
function withTilde(segments: readonly Segment[]): readonly Segment[] {
  const first = segments[0];
  if (first?.kind !== 'text' || first.quoted || !first.text.startsWith('~')) return segments;
  const slash = first.text.indexOf('/');
  // `~"user"` is no tilde prefix: the whole of it must be unquoted.
  if (slash < 0 && segments.length > 1) return segments;
  const user = first.text.slice(1, slash < 0 ? undefined : slash);
  if (!/^[A-Za-z0-9_.+-]*$/.test(user)) return segments;
  const rest = slash < 0 ? '' : first.text.slice(slash);
  const tail = rest === '' ? [] : [{ kind: 'text', text: rest, quoted: false } as const];
  return [{ kind: 'tilde', user }, ...tail, ...segments.slice(1)];
}

function withTildes(segments: readonly Segment[]): readonly Segment[] {
  const result: Segment[] = [];
  let start = true;
  for (const [at, segment] of segments.entries()) {
    if (segment.kind !== 'text' || segment.quoted) {
      result.push(segment);
      start = false;
      continue;
    }
    for (const [index, piece] of segment.text.split(/(?<=:)/).entries()) {
      const last = at === segments.length - 1 || piece.includes('/') || piece.endsWith(':');
      const match = (start || index > 0) && last ? /^~([A-Za-z0-9_.+-]*)(?=$|\/|:)/.exec(piece) : null;
      if (match !== null) result.push({ kind: 'tilde', user: match[1]! });
      const rest = match === null ? piece : piece.slice(match[0].length);
      if (rest !== '') result.push({ kind: 'text', text: rest, quoted: false });
    }
    start = segment.text.endsWith(':');
  }
  return result;
}
