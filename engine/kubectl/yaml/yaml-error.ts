import type { YAMLError } from 'yaml';

/**
 * Says what go-yaml would say about a document that cannot be parsed. Learners search the web for these words, so the
 * words and the line are the real ones for the mistakes people make.
 *
 * go-yaml numbers lines from the scanner as people do and those from the parser one less; with line 0 it leaves the
 * number out: https://github.com/yaml/go-yaml (yaml.v2 decode.go, `fail`).
 */
export function goYamlMessage(error: YAMLError, source: string): string {
  const lines = source.split('\n');
  const line = error.linePos?.[0].line ?? 1;
  const text = lines[line - 1] ?? '';
  const detail = error.message;
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return scanner(
        line,
        continuesPlainScalar(lines, line)
          ? 'found a tab character that violates indentation'
          : 'found character that cannot start any token',
      );
    case 'BAD_SCALAR_START':
      return scanner(line, 'found character that cannot start any token');
    case 'BAD_DQ_ESCAPE':
      return scanner(line, 'found unknown escape character');
    case 'BLOCK_AS_IMPLICIT_KEY':
      if (detail.includes('block sequence')) return parser(line, 'did not find expected key');
      return scanner(lineOfColon(source, error.pos[0]), 'mapping values are not allowed in this context');
    case 'MULTILINE_IMPLICIT_KEY': {
      const required = hasElderSibling(lines, line);
      const problem = required ? "could not find expected ':'" : 'mapping values are not allowed in this context';
      return scanner(lineOfColon(source, error.pos[0]), problem);
    }
    case 'BAD_INDENT':
      if (detail.startsWith('Flow sequence')) return parser(line, "did not find expected ',' or ']'");
      if (detail.startsWith('Flow map')) return parser(line, "did not find expected ',' or '}'");
      return parser(
        line,
        insideIndentedList(lines, line) ? "did not find expected '-' indicator" : 'did not find expected key',
      );
    case 'MISSING_CHAR':
      if (detail.startsWith('Missing closing')) return scanner(line, 'found unexpected end of stream');
      if (detail.startsWith('Block scalars') && text.startsWith('\t')) {
        return scanner(line, 'found a tab character where an indentation space is expected');
      }
      if (detail.startsWith('Sequence item')) {
        return parser(
          line,
          listIsFlush(lines, line) ? 'did not find expected key' : "did not find expected '-' indicator",
        );
      }
      if (detail.startsWith('Flow sequence')) return parser(line, "did not find expected ',' or ']'");
      if (detail.startsWith('Flow map')) return parser(line, "did not find expected ',' or '}'");
      if (detail.startsWith('Implicit map keys')) return scanner(line + 1, "could not find expected ':'");
      return parser(line, 'did not find expected key');
    case 'UNEXPECTED_TOKEN':
      if (detail.includes('block-seq-ind')) {
        return scanner(line, 'block sequence entries are not allowed in this context');
      }
      return parser(line, 'did not find expected key');
    default:
      return parser(line, 'did not find expected node content');
  }
}

function scanner(line: number, problem: string): string {
  return line <= 1 ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`;
}

function parser(line: number, problem: string): string {
  return line <= 1 ? `yaml: ${problem}` : `yaml: line ${line - 1}: ${problem}`;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isBlank(line: string): boolean {
  return /^\s*(?:#.*)?$/.test(line);
}

/** Whether what stands before a line is an unquoted value that could go on there. */
function continuesPlainScalar(lines: readonly string[], line: number): boolean {
  for (let index = line - 2; index >= 0; index--) {
    const text = lines[index]!;
    if (!isBlank(text)) return !/(?:[:'"\]}>|]|[|>][-+]?)\s*$/.test(text);
  }
  return false;
}

/** The line of the first `:` with white space after it, from a position on. */
function lineOfColon(source: string, from: number): number {
  const found = /:(?=\s|$)/.exec(source.slice(from));
  const position = found === null ? source.length : from + found.index;
  return source.slice(0, position).split('\n').length;
}

/** Whether the line is a later key of a mapping that has begun (its key is then required to be one). */
function hasElderSibling(lines: readonly string[], line: number): boolean {
  const indent = indentOf(lines[line - 1] ?? '');
  for (let index = line - 2; index >= 0; index--) {
    const text = lines[index]!;
    if (isBlank(text)) continue;
    if (indentOf(text) < indent) return /^\s*- /.test(text) && text.indexOf('- ') + 2 === indent;
    if (indentOf(text) === indent) return true;
  }
  return false;
}

/** Whether the line is at the column of the dashes of a list that is indented below its key. */
function insideIndentedList(lines: readonly string[], line: number): boolean {
  const indent = indentOf(lines[line - 1] ?? '');
  for (let index = line - 2; index >= 0; index--) {
    const text = lines[index]!;
    if (isBlank(text) || indentOf(text) > indent) continue;
    return indentOf(text) === indent && /^\s*-(?:\s|$)/.test(text);
  }
  return false;
}

/** Whether the list that a line breaks has its dashes flush with its key. */
function listIsFlush(lines: readonly string[], line: number): boolean {
  let dash: number | undefined;
  for (let index = line - 2; index >= 0; index--) {
    const text = lines[index]!;
    if (isBlank(text)) continue;
    if (/^\s*-(?:\s|$)/.test(text) && (dash === undefined || indentOf(text) < dash)) dash = indentOf(text);
    else if (dash !== undefined && indentOf(text) <= dash) return indentOf(text) === dash;
  }
  return false;
}
