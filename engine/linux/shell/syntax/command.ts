import type {
  CommandNode,
  CompoundList,
  Assignment as ParsedAssignment,
  Statement as ParsedStatement,
  TestExpression as ParsedTest,
  Word as ParsedWord,
  Redirection,
} from 'unbash';
import type { Lowering } from './lowering.ts';
import type {
  ArithmeticText,
  ArrayLiteral,
  Assignment,
  Command,
  List,
  Pipeline,
  Redirect,
  Segment,
  SimpleCommand,
  Statement,
  TestExpression,
  Word,
} from './tree.ts';
import { lowerArithmetic, lowerSegments, lowerValue, lowerWord, lowerWords, makeWord, quotedParts } from './word.ts';

type Source<T extends CommandNode['type']> = Extract<CommandNode, { type: T }>;

export function lowerList(lowering: Lowering, list: { readonly commands: readonly ParsedStatement[] }): List {
  return { statements: list.commands.map((statement) => lowerStatement(lowering, statement)) };
}

function lowerStatement(lowering: Lowering, statement: ParsedStatement): Statement {
  const command = statement.command;
  const nodes = command.type === 'AndOr' ? command.commands : [command];
  const pipelines = nodes.map((node) => lowerPipeline(lowering, node));
  const background = statement.background === true;
  return {
    pipelines,
    operators: command.type === 'AndOr' ? command.operators : [],
    background,
    alone: background || pipelines.length > 1 ? undefined : aloneIn(pipelines[0]!),
    source: lowering.source.slice(command.pos, command.end),
    line: lowering.lineAt(statement.pos),
  };
}

function aloneIn({ commands, negated, timed }: Pipeline): Command | undefined {
  return commands.length > 1 || negated || timed ? undefined : commands[0];
}

function lowerPipeline(lowering: Lowering, node: ParsedStatement['command']): Pipeline {
  if (node.type === 'AndOr') throw new TypeError('a list inside a pipeline');
  if (node.type !== 'Pipeline') {
    return { negated: false, timed: false, commands: [lowerCommand(lowering, node)], withErrors: [] };
  }
  return {
    negated: node.prefixes.filter((prefix) => prefix.type === 'Negation').length % 2 === 1,
    timed: node.prefixes.some((prefix) => prefix.type === 'Time'),
    commands: node.commands.map((command) => lowerCommand(lowering, command)),
    withErrors: node.operators.map((operator) => operator === '|&'),
  };
}

function lowerCommand(lowering: Lowering, node: CommandNode): Command {
  const list = (body: CompoundList) => lowerList(lowering, body);
  switch (node.type) {
    case 'Command':
      return lowerSimple(lowering, node);
    case 'Redirected':
      return {
        kind: 'redirected',
        command: lowerCommand(lowering, node.command),
        redirects: node.redirects.map((redirect) => lowerRedirect(lowering, redirect)),
      };
    case 'Subshell':
      return { kind: 'subshell', body: list(node.body) };
    case 'BraceGroup':
      return { kind: 'group', body: list(node.body) };
    case 'If':
      return {
        kind: 'if',
        branches: [node, ...node.elif].map(({ clause, then }) => ({ test: list(clause), body: list(then) })),
        otherwise: node.else === undefined ? undefined : list(node.else),
      };
    case 'While':
      return { kind: 'while', until: node.kind === 'until', test: list(node.clause), body: list(node.body) };
    case 'For':
    case 'Select': {
      const words = node.wordlist?.flatMap((word) => lowerWords(lowering, word));
      const loop = { name: node.name.value, words, body: list(node.body) };
      if (node.type === 'Select') return { kind: 'select', ...loop };
      return { kind: 'for', ...loop, line: lowering.lineAt(node.pos) };
    }
    case 'ArithmeticFor':
      return lowerArithmeticFor(lowering, node);
    case 'Case':
      return {
        kind: 'case',
        subject: lowerWord(lowering, node.word),
        items: node.items.map((item) => ({
          patterns: item.pattern.map((pattern) => lowerWord(lowering, pattern)),
          body: list(item.body),
          terminator: item.terminator ?? ';;',
        })),
      };
    case 'TestCommand':
      return { kind: 'test', expression: lowerTest(lowering, node.expression), line: lowering.lineAt(node.pos) };
    case 'ArithmeticCommand': {
      const expression = lowerArithmetic(lowering, node.body, node.pos);
      return { kind: 'arithmetic', expression, line: lowering.lineAt(node.pos) };
    }
    case 'Function': {
      const body = node.body.type === 'CompoundList' ? undefined : lowerCommand(lowering, node.body);
      if (!/^[^\s$`"'\\=(){}<>|&;]+$/.test(node.name.text)) {
        lowering.faults.push({ message: `unexpected token '('`, position: node.name.end });
      }
      const source = lowering.source.slice(node.body.pos, node.body.end);
      return {
        kind: 'function',
        name: node.name.value,
        body: body ?? { kind: 'unsupported', what: 'function' },
        source,
      };
    }
    default: {
      if (node.body.type === 'CompoundList') return { kind: 'unsupported', what: 'coproc' };
      const source = lowering.source.slice(node.pos, node.end);
      return { kind: 'coproc', name: node.name?.value ?? 'COPROC', body: lowerCommand(lowering, node.body), source };
    }
  }
}

function lowerArithmeticFor(lowering: Lowering, node: Source<'ArithmeticFor'>): Command {
  const part = (expression: { pos: number; end: number } | undefined): ArithmeticText | undefined =>
    expression === undefined
      ? undefined
      : lowerArithmetic(lowering, lowering.source.slice(expression.pos, expression.end), expression.pos);
  return {
    kind: 'arithmetic-for',
    initialize: part(node.initialize),
    test: part(node.test),
    update: part(node.update),
    body: lowerList(lowering, node.body),
  };
}

function lowerSimple(lowering: Lowering, node: Source<'Command'>): SimpleCommand {
  const assignments: Assignment[] = [];
  for (const part of node.prefix) if (part.type === 'Assignment') assignments.push(lowerAssignment(lowering, part));
  const words: (Word | Assignment)[] = node.name === undefined ? [] : lowerWords(lowering, node.name);
  const declares = node.name !== undefined && DECLARATIONS.has(node.name.text);
  let before: ParsedWord | undefined = node.name;
  let joined: readonly Segment[] = [];
  for (const argument of node.args) {
    if (argument.type === 'Assignment') {
      words.push(declares ? lowerAssignment(lowering, argument) : assignmentAsWord(lowering, argument));
      before = undefined;
      continue;
    }
    // The grammar library splits `--x=<(cmd)` into two words; they are one.
    const process =
      argument.parts?.[0]?.type === 'ProcessSubstitution' || before?.parts?.[0]?.type === 'ProcessSubstitution';
    if (process && before !== undefined && before.end === argument.pos) {
      joined = [...(words.pop() as Word).segments, ...lowerSegments(lowering, argument)];
      words.push(makeWord(joined));
    } else words.push(...lowerWords(lowering, argument));
    before = argument;
  }
  const redirects = node.redirects.map((redirect) => lowerRedirect(lowering, redirect));
  const line = lowering.lineAt(node.pos);
  return { kind: 'simple', assignments, words, literals: literalsOf(words), redirects, line };
}

function literalsOf(words: readonly (Word | Assignment)[]): readonly string[] | undefined {
  const literals: string[] = [];
  for (const word of words) {
    if ('kind' in word || word.literal === undefined) return undefined;
    // No text at all is no argument: the second word of `{a,}`.
    if (word.segments.length > 0) literals.push(word.literal);
  }
  return literals;
}

/** Builtins whose arguments may be assignments: their values are not split, and may be arrays. */
const DECLARATIONS: ReadonlySet<string> = new Set(['declare', 'typeset', 'local', 'export', 'readonly']);

function assignmentAsWord(lowering: Lowering, assignment: ParsedAssignment): Word {
  if (assignment.value.type === 'ArrayValue') {
    lowering.faults.push({ message: `unexpected token '('`, position: assignment.value.pos });
    return makeWord([]);
  }
  const name = assignment.text.slice(0, assignment.value.pos - assignment.pos);
  return makeWord([{ kind: 'text', text: name, quoted: false }, ...lowerSegments(lowering, assignment.value)]);
}

function lowerAssignment(lowering: Lowering, assignment: ParsedAssignment): Assignment {
  return {
    kind: 'assignment',
    name: assignment.name,
    index: assignment.index === undefined ? undefined : lowerWord(lowering, assignment.index),
    append: assignment.append === true,
    value:
      assignment.value.type === 'ArrayValue'
        ? { elements: assignment.value.elements.flatMap((element) => lowerElement(lowering, element)) }
        : lowerValue(lowering, assignment.value),
  };
}

/** An element of `(a b [key]=value)`. */
function lowerElement(lowering: Lowering, element: ParsedWord): ArrayLiteral['elements'] {
  if (!/^\[[\s\S]*\]\+?=/.test(element.text)) {
    return lowerWords(lowering, element).map((value) => ({ key: undefined, append: false, value }));
  }
  const segments = lowerSegments(lowering, element);
  for (const [at, segment] of segments.entries()) {
    if (segment.kind !== 'text' || segment.quoted) continue;
    const match = /\]\+?=/.exec(segment.text);
    if (match === null) {
      // A bracket whose equals sign is in the next segment.
      const next = segments[at + 1];
      if (!segment.text.endsWith(']') || next?.kind !== 'text' || next.quoted || !/^\+?=/.test(next.text)) continue;
      const operator = next.text.startsWith('+') ? 2 : 1;
      return [keyed(segments, at, segment.text.slice(0, -1), next.text.slice(operator), at + 2, operator === 2)];
    }
    const rest = segment.text.slice(match.index + match[0].length);
    return [keyed(segments, at, segment.text.slice(0, match.index), rest, at + 1, match[0].length === 3)];
  }
  return [{ key: undefined, append: false, value: makeWord(segments) }];
}

function keyed(segments: readonly Segment[], at: number, keyTail: string, head: string, rest: number, append: boolean) {
  const text = (value: string): Segment => ({ kind: 'text', text: value, quoted: false });
  const key = [...segments.slice(0, at), text(keyTail)];
  const first = key[0];
  if (first?.kind === 'text') key[0] = { ...first, text: first.text.slice(1) };
  const value = [...(head === '' ? [] : [text(head)]), ...segments.slice(rest)];
  return { key: makeWord(key), append, value: makeWord(value) };
}

function lowerRedirect(lowering: Lowering, redirect: Redirection): Redirect {
  const given =
    redirect.descriptor === undefined
      ? undefined
      : 'value' in redirect.descriptor
        ? redirect.descriptor.value
        : redirect.descriptor.name;
  if (redirect.type === 'HereDoc') {
    const strip = redirect.operator === '<<-';
    if (redirect.closing === undefined) {
      lowering.faults.push({ message: 'unterminated here-document', position: lowering.source.length });
    }
    return { kind: 'text', fd: given ?? 0, text: lowerHereDoc(lowering, redirect, strip), newline: false };
  }
  const target = redirect.target === undefined ? makeWord([]) : lowerWord(lowering, redirect.target);
  if (redirect.type === 'HereString') return { kind: 'text', fd: given ?? 0, text: target, newline: true };
  const input = redirect.operator.startsWith('<');
  const fd = given ?? (input ? 0 : 1);
  if (
    redirect.operator === '<&' ||
    (redirect.operator === '>&' && (given !== undefined || /^(\d+-?|-)$|\$/.test(redirect.target?.text ?? '')))
  ) {
    return { kind: 'duplicate', operator: redirect.operator, fd, source: target };
  }
  return { kind: 'file', operator: redirect.operator === '>&' ? '&>' : redirect.operator, fd, path: target };
}

function lowerHereDoc(lowering: Lowering, redirect: Extract<Redirection, { type: 'HereDoc' }>, strip: boolean): Word {
  const tabs = (text: string) => (strip ? text.replace(/^\t+/gm, '') : text);
  const { body } = redirect;
  if (redirect.delimiter?.quoted) return makeWord([{ kind: 'text', text: tabs(body.text), quoted: true }]);
  if (body.parts === undefined) {
    const text = tabs(body.text).replace(/\\([$`\\\n])/g, (_, character: string) =>
      character === '\n' ? '' : character,
    );
    return makeWord([{ kind: 'text', text, quoted: true }]);
  }
  let lineStart = true;
  return makeWord(
    quotedParts(lowering, body.parts).map((segment) => {
      if (segment.kind !== 'text') {
        lineStart = false;
        return segment;
      }
      const text = strip ? segment.text.replace(lineStart ? /^\t+/gm : /(?<=\n)\t+/g, '') : segment.text;
      lineStart = segment.text.endsWith('\n');
      return { ...segment, text };
    }),
  );
}

function lowerTest(lowering: Lowering, expression: ParsedTest): TestExpression {
  switch (expression.type) {
    case 'TestUnary':
      return { kind: 'unary', operator: expression.operator, operand: lowerWord(lowering, expression.operand) };
    case 'TestBinary':
      return {
        kind: 'binary',
        operator: expression.operator,
        left: lowerWord(lowering, expression.left),
        right: lowerWord(lowering, expression.right),
      };
    case 'TestLogical':
      return {
        kind: 'logical',
        operator: expression.operator,
        operands: expression.operands.map((operand) => lowerTest(lowering, operand)),
      };
    case 'TestNot': {
      const operand = lowerTest(lowering, expression.operand);
      return expression.negations.length % 2 === 1 ? { kind: 'not', operand } : operand;
    }
    default:
      return lowerTest(lowering, expression.expression);
  }
}
