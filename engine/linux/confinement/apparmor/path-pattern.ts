/** A pattern that is none; the message says why. */
export class PatternError extends Error {
  override readonly name = 'PatternError';
}

/**
 * AppArmor's patterns: `*` within a name, `**` across directories, `?`, `[abc]`, `[^abc]`, `{a,b}`. After a slash at the end
 * a star stands for one character at least, so that a directory does not match what is for its contents.
 *
 * @throws PatternError
 */
export function pathPattern(text: string): RegExp {
  let source = '';
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    switch (char) {
      case '\\':
        at += 1;
        if (at === text.length) throw new PatternError(`pattern ends with a backslash: ${text}`);
        source += escaped(text[at]!);
        break;
      case '*': {
        const any = text[at + 1] === '*';
        const one = any ? '[^\\0]' : '[^/]';
        const first = text[at - 1] === '/';
        while (text[at + 1] === '*') at += 1;
        const isLast = at + 1 === text.length || text[at + 1] === ',' || text[at + 1] === '}';
        source += first && isLast ? `${one}+` : `${one}*`;
        break;
      }
      case '?':
        source += '[^/]';
        break;
      case '[': {
        const end = text.indexOf(']', at + 2);
        if (end === -1) throw new PatternError(`unclosed [ in ${text}`);
        source += characterClass(text.slice(at + 1, end));
        at = end;
        break;
      }
      case '{':
        depth += 1;
        source += '(?:';
        break;
      case '}':
        if (depth === 0) throw new PatternError(`unmatched } in ${text}`);
        depth -= 1;
        source += ')';
        break;
      case ',':
        source += depth > 0 ? '|' : ',';
        break;
      default:
        source += escaped(char);
    }
  }
  if (depth > 0) throw new PatternError(`unclosed { in ${text}`);
  return new RegExp(`^${source}$`, 's');
}

function characterClass(text: string): string {
  const negated = text.startsWith('^');
  const body = (negated ? text.slice(1) : text).replace(/[\\\]^[]/g, '\\$&');
  try {
    return new RegExp(negated ? `[^/${body}]` : `[${body}]`).source;
  } catch {
    throw new PatternError(`invalid character class [${text}]`);
  }
}

function escaped(char: string): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) ? `\\${char}` : char;
}
