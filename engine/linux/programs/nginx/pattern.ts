import { ConfigError } from './directives.ts';

/**
 * A regular expression of a configuration. nginx's are those of PCRE; here they are JavaScript's, which agree in what
 * configurations use, with the spellings that differ put into JavaScript's.
 *
 * @param place `file:line`, for the complaint. Throws ConfigError.
 */
export function patternOf(source: string, ignoreCase: boolean, place: string): RegExp {
  let text = source
    .replace(/\(\?P?<([A-Za-z_]\w*)>/g, '(?<$1>')
    .replace(/\\A/g, '^')
    .replace(/\\[zZ]/g, '$');
  let flags = ignoreCase ? 'i' : '';
  const inline = /^\(\?([imsx]+)\)/.exec(text);
  if (inline !== null) {
    text = text.slice(inline[0].length);
    flags = [...new Set(flags + inline[1]!.replace('x', ''))].join('');
  }
  try {
    return new RegExp(text, flags);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    const reason = /Unterminated group/.test(error.message)
      ? 'missing closing parenthesis'
      : /Nothing to repeat/.test(error.message)
        ? 'quantifier does not follow a repeatable item'
        : /Unterminated character class/.test(error.message)
          ? 'missing terminating ] for character class'
          : /Unmatched '\)'/.test(error.message)
            ? 'unmatched closing parenthesis'
            : 'syntax error';
    throw new ConfigError(`pcre2_compile() failed: ${reason} in "${source}" in ${place}`);
  }
}
