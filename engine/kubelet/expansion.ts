/** Values by name. */
export interface Variables {
  get(name: string): string | undefined;
}

/**
 * Replaces `$(NAME)` by the variable's value; `$$` is a dollar sign, and what names no variable stays as it is.
 * https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
 */
export function expand(text: string, variables: Variables): string {
  if (!text.includes('$')) return text;
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const next = text[i + 1];
    if (text[i] !== '$' || next === undefined) {
      result += text[i];
      continue;
    }
    i += 1;
    const close = next === '(' ? text.indexOf(')', i) : -1;
    if (next === '$') {
      result += '$';
    } else if (close < 0) {
      result += `$${next}`;
    } else {
      const name = text.slice(i + 1, close);
      result += variables.get(name) ?? `$(${name})`;
      i = close;
    }
  }
  return result;
}
