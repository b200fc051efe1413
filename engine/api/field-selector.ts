// https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/

type Fields = Readonly<Record<string, string>>;

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

/** All requirements must hold; without any, everything is selected. */
export class FieldSelector {
  readonly requirements: readonly FieldRequirement[];

  constructor(requirements: readonly FieldRequirement[]) {
    this.requirements = requirements;
  }

  get isEmpty(): boolean {
    return this.requirements.length === 0;
  }

  matches(fields: Fields): boolean {
    for (const { field, operator, value } of this.requirements) {
      if (((fields[field] ?? '') === value) !== (operator === '=')) return false;
    }
    return true;
  }

  /** The value a field must have, if the selector says so. */
  requiredValue(field: string): string | undefined {
    return this.requirements.find((each) => each.field === field && each.operator === '=')?.value;
  }
}

const SELECT_ALL = new FieldSelector([]);

/**
 * Reads the `fieldSelector` parameter: `spec.nodeName=node-1,status.phase!=Failed`. A backslash escapes `\`, `,` and `=`.
 *
 * @throws Error in the words of k8s.io/apimachinery/pkg/fields.
 */
export function parseFieldSelector(text: string): FieldSelector {
  if (text === '') return SELECT_ALL;
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const at = operatorIndex(term);
    if (at < 0) throw new Error(`invalid selector: '${text}'; can't understand '${term}'`);
    const operator = term.startsWith('!=', at) ? '!=' : term.startsWith('==', at) ? '==' : '=';
    const value = unescapeValue(term.slice(at + operator.length));
    requirements.push({ field: term.slice(0, at), operator: operator === '!=' ? '!=' : '=', value });
  }
  return new FieldSelector(requirements);
}

/** A value as `parseFieldSelector` reads it back. */
export function escapeFieldValue(value: string): string {
  return value.replaceAll(/[\\,=]/g, '\\$&');
}

function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let term = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '\\' && at + 1 < text.length) term += letter + text[++at];
    else if (letter === ',') {
      terms.push(term);
      term = '';
    } else term += letter;
  }
  terms.push(term);
  return terms;
}

function operatorIndex(term: string): number {
  for (let at = 0; at < term.length; at++) {
    if (term[at] === '=' || term.startsWith('!=', at)) return at;
  }
  return -1;
}

function unescapeValue(text: string): string {
  let value = '';
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '\\') {
      const next = text[++at];
      if (next === undefined || !'\\,='.includes(next)) {
        throw new Error(`invalid field selector: invalid escape sequence: ${JSON.stringify(`\\${next ?? ''}`)}`);
      }
      value += next;
    } else if (letter === ',' || letter === '=') {
      throw new Error(`invalid field selector: unescaped character in value: ${letter.charCodeAt(0)}`);
    } else value += letter;
  }
  return value;
}
