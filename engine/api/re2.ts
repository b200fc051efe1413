/**
 * A pattern of RE2, the dialect of Go, as a regular expression of this language: flags in front become flags, and
 * `\z`, `\A` and named groups are spelled as here. Undefined for a pattern that cannot be compiled.
 */
export function compileRe2(pattern: string): RegExp | undefined {
  let source = pattern;
  let flags = 'u';
  const inline = /^\(\?([ims]+)\)/.exec(source);
  if (inline !== null) {
    flags += inline[1]!;
    source = source.slice(inline[0].length);
  }
  source = source.replaceAll('(?P<', '(?<').replace(/\\A/g, '^').replace(/\\z/g, '$');
  try {
    return new RegExp(source, flags);
  } catch {
    // Escapes that RE2 allows for any punctuation are errors in the strict mode of this language.
    return compileLeniently(source, flags.replace('u', ''));
  }
}

function compileLeniently(source: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(source, flags);
  } catch {
    return undefined;
  }
}
