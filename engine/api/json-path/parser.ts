/** A template that cannot be parsed, in the words of k8s.io/client-go/util/jsonpath. */
export class JsonPathError extends Error {
  override readonly name = 'JsonPathError';
}

/** A piece of a JSONPath template in kubectl's dialect: https://kubernetes.io/docs/reference/kubectl/jsonpath/ */
export type JsonPathNode =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'path'; readonly steps: readonly Step[] }
  | { readonly type: 'range'; readonly steps: readonly Step[]; readonly body: readonly JsonPathNode[] };

export type Step =
  | { readonly type: 'field'; readonly name: string }
  | { readonly type: 'wildcard' }
  | { readonly type: 'recursive' }
  | { readonly type: 'slice'; readonly from?: number; readonly to?: number; readonly by?: number }
  | { readonly type: 'index'; readonly index: number }
  | { readonly type: 'union'; readonly members: readonly (readonly Step[])[] }
  | { readonly type: 'filter'; readonly left: Operand; readonly operator: string; readonly right: Operand };

export type Operand =
  | { readonly type: 'path'; readonly steps: readonly Step[] }
  | { readonly type: 'value'; readonly value: string | number | boolean };

/** Parses a template such as `{range .items[*]}{.metadata.name}{"\n"}{end}`. @throws JsonPathError */
export function parseJsonPath(template: string): readonly JsonPathNode[] {
  return new TemplateParser(template).parse();
}

class TemplateParser {
  readonly #template: string;
  #at = 0;

  constructor(template: string) {
    this.#template = template;
  }

  parse(): readonly JsonPathNode[] {
    const nodes = this.#nodes(false);
    return nodes;
  }

  #nodes(inRange: boolean): readonly JsonPathNode[] {
    const nodes: JsonPathNode[] = [];
    while (this.#at < this.#template.length) {
      const open = this.#template.indexOf('{', this.#at);
      const until = open < 0 ? this.#template.length : open;
      if (until > this.#at) nodes.push({ type: 'text', text: this.#template.slice(this.#at, until) });
      this.#at = until;
      if (open < 0) break;
      const action = this.#action();
      const trimmed = action.trim();
      if (trimmed === 'end') {
        if (!inRange) throw this.#error('not in range, nothing to end');
        return nodes;
      }
      const range = /^range\s+(.*)$/s.exec(trimmed);
      if (range !== null) {
        const steps = this.#steps(range[1]!);
        nodes.push({ type: 'range', steps, body: this.#nodes(true) });
      } else {
        nodes.push(...this.#actionNodes(trimmed));
      }
    }
    // A range that nobody ends goes on to the end.
    return nodes;
  }

  /** The inside of the braces at the position, which moves behind them. Braces in quotes do not count. */
  #action(): string {
    const begin = this.#at + 1;
    let quote = '';
    for (let index = begin; index < this.#template.length; index++) {
      const character = this.#template[index]!;
      if (character === '\\') index += 1;
      else if (quote !== '') quote = character === quote ? '' : quote;
      else if (character === '"' || character === "'") quote = character;
      else if (character === '}') {
        this.#at = index + 1;
        return this.#template.slice(begin, index);
      }
    }
    if (quote !== '') throw this.#error('unterminated quoted string');
    throw this.#error(/\[[^\]]*$/.test(this.#template) ? 'unterminated array' : 'unclosed action');
  }

  #actionNodes(action: string): readonly JsonPathNode[] {
    const text = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/s.exec(action);
    if (text !== null) {
      const rest = action.slice(text[0].length).trim();
      const node: JsonPathNode = { type: 'text', text: unescapeText(text[1] ?? text[2] ?? '') };
      return rest === '' ? [node] : [node, ...this.#actionNodes(rest)];
    }
    const [first, rest] = splitPath(action);
    const node: JsonPathNode = { type: 'path', steps: this.#steps(first) };
    return rest === '' ? [node] : [node, ...this.#actionNodes(rest)];
  }

  #steps(text: string): readonly Step[] {
    return parseSteps(text, (problem) => this.#error(problem));
  }

  #error(problem: string): JsonPathError {
    return new JsonPathError(`error parsing jsonpath ${this.#template}, ${problem}`);
  }
}

/** Splits at the first blank that is neither in brackets nor in quotes: two paths may stand in one action. */
function splitPath(text: string): readonly [string, string] {
  let depth = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (character === '[' || character === '(') depth += 1;
    else if (character === ']' || character === ')') depth -= 1;
    else if (character === '\\') index += 1;
    else if (/\s/.test(character) && depth <= 0) return [text.slice(0, index), text.slice(index).trim()];
  }
  return [text, ''];
}

function unescapeText(text: string): string {
  return text.replace(/\\(.)/gs, (_all, character: string) => ({ n: '\n', t: '\t', r: '\r' })[character] ?? character);
}

/** Parses `.a.b[0]['c'][?(@.x=="y")]..d`. */
function parseSteps(text: string, error: (problem: string) => JsonPathError): readonly Step[] {
  const steps: Step[] = [];
  let rest = text.replace(/^[@$]/, '');
  while (rest !== '') {
    if (rest.startsWith('..')) {
      steps.push({ type: 'recursive' });
      rest = rest.startsWith('..[') ? rest.slice(2) : rest.slice(1);
    } else if (rest.startsWith('.*')) {
      steps.push({ type: 'wildcard' });
      rest = rest.slice(2);
    } else if (rest.startsWith('[')) {
      const end = closingBracket(rest);
      if (end < 0) throw error('unterminated array');
      steps.push(parseBracket(rest.slice(1, end).trim(), error));
      rest = rest.slice(end + 1);
    } else {
      const field = /^\.?((?:\\.|[^\s.[\]{}()\\])+)/.exec(rest);
      if (field === null) {
        if (rest === '.') break;
        throw error(
          `unrecognized character in action: U+${rest.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} '${rest[0]}'`,
        );
      }
      steps.push({ type: 'field', name: field[1]!.replace(/\\(.)/g, '$1') });
      rest = rest.slice(field[0].length);
    }
  }
  return steps;
}

function closingBracket(text: string): number {
  let depth = 0;
  let quote = '';
  for (let index = 0; index < text.length; index++) {
    const character = text[index]!;
    if (quote !== '') quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '[') depth += 1;
    else if (character === ']' && --depth === 0) return index;
  }
  return -1;
}

function parseBracket(inside: string, error: (problem: string) => JsonPathError): Step {
  const filter = /^\?\((.*)\)$/s.exec(inside);
  if (filter !== null) return parseFilter(filter[1]!.trim(), error);
  if (inside === '*') return { type: 'wildcard' };
  if (/^-?\d+$/.test(inside)) return { type: 'index', index: Number(inside) };
  const quoted = /^(['"])(.*)\1$/s.exec(inside);
  if (quoted !== null && !quoted[2]!.includes(quoted[1]!))
    return { type: 'field', name: quoted[2]!.replace(/\\(.)/g, '$1') };
  const slice = /^(-?\d*):(-?\d*)(?::(-?\d+))?$/.exec(inside);
  if (slice !== null) {
    const [, from, to, by] = slice;
    return {
      type: 'slice',
      ...(from === '' ? {} : { from: Number(from) }),
      ...(to === '' ? {} : { to: Number(to) }),
      ...(by === undefined ? {} : { by: Number(by) }),
    };
  }
  if (inside.includes(',')) {
    return { type: 'union', members: inside.split(',').map((member) => [parseBracket(member.trim(), error)]) };
  }
  throw error(`invalid array index ${inside}`);
}

function parseFilter(text: string, error: (problem: string) => JsonPathError): Step {
  const match = /^(.*?)\s*(==|!=|<=|>=|<|>)\s*(.*)$/s.exec(text);
  if (match === null) {
    return {
      type: 'filter',
      left: parseOperand(text, error),
      operator: 'exists',
      right: { type: 'value', value: true },
    };
  }
  return {
    type: 'filter',
    left: parseOperand(match[1]!, error),
    operator: match[2]!,
    right: parseOperand(match[3]!, error),
  };
}

function parseOperand(text: string, error: (problem: string) => JsonPathError): Operand {
  const quoted = /^(['"])(.*)\1$/s.exec(text);
  if (quoted !== null) return { type: 'value', value: unescapeText(quoted[2]!) };
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return { type: 'value', value: Number(text) };
  if (text === 'true' || text === 'false') return { type: 'value', value: text === 'true' };
  return { type: 'path', steps: parseSteps(text, error) };
}
