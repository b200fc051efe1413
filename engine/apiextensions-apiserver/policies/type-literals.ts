const TYPE_LITERAL = /^(?:Object(?:\.\w+)*|JSONPatch)\s*\{/;
const FIELD = /^\??([a-zA-Z_]\w*)\s*:/;
const TEXT = /^(?:[rb]{0,2})(?:"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')/i;
const WORD = /^\w+/;

/**
 * Mutations write objects with the names of their types: `Object{spec: Object.spec{replicas: 3}}`. To CEL as it is
 * evaluated here they are maps: `{"spec": {"replicas": 3}}`.
 * https://kubernetes.io/docs/reference/access-authn-authz/mutating-admission-policy/#patch-type-apply-configuration
 */
export function withoutTypeNames(expression: string): string {
  let result = '';
  /** What is open: a typed object, whose fields have bare names, or anything else. */
  const open: ('typed' | 'other')[] = [];
  let at = 0;
  const take = (text: string, instead = text) => {
    result += instead;
    at += text.length;
  };
  while (at < expression.length) {
    const rest = expression.slice(at);
    const text = TEXT.exec(rest);
    const literal = TYPE_LITERAL.exec(rest);
    const field = open.at(-1) === 'typed' ? FIELD.exec(rest) : null;
    const [character = ''] = rest;
    if (text !== null) take(text[0]);
    else if (literal !== null && !/[\w.]$/.test(result)) {
      open.push('typed');
      take(literal[0], '{');
    } else if (field !== null && /[{,]\s*$/.test(result)) take(field[0], `${JSON.stringify(field[1])}:`);
    else if (WORD.test(rest)) take(WORD.exec(rest)![0]);
    else {
      if ('{[('.includes(character)) open.push('other');
      else if ('}])'.includes(character)) open.pop();
      take(character);
    }
  }
  return result;
}
