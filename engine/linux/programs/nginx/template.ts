import { ConfigError } from './directives.ts';

/** A text of the configuration, cut up at its variables. */
export interface Template {
  readonly text: string;
  readonly parts: readonly (string | { readonly variable: string })[];
}

/** What is learned while a configuration is read: which variables it names, and which it makes. */
export class Reading {
  readonly referenced = new Set<string>();
  readonly defined = new Set<string>();

  /** @param place `file:line`, for the complaint. Throws ConfigError. */
  template(text: string, place: string): Template {
    const parts: (string | { variable: string })[] = [];
    let last = 0;
    for (const match of text.matchAll(/\$(?:\{(\w*)\}?|(\w*))/g)) {
      const name = match[1] ?? match[2] ?? '';
      if (match[0].startsWith('${') && !match[0].endsWith('}'))
        throw new ConfigError(`the closing bracket in "${name}" variable is missing in ${place}`);
      // A `$` at the end of a regular expression is none of a variable; elsewhere nginx refuses it.
      if (name === '') throw new ConfigError(`invalid variable name in ${place}`);
      if (match.index > last) parts.push(text.slice(last, match.index));
      // `$10` is `$1` and a zero.
      const capture = /^([1-9])(.*)$/.exec(name);
      parts.push({ variable: capture?.[1] ?? name });
      if (capture?.[2]) parts.push(capture[2]);
      if (capture === null) this.referenced.add(name);
      last = match.index + match[0].length;
    }
    if (last < text.length) parts.push(text.slice(last));
    return { text, parts };
  }

  /** Named groups of a regular expression are variables too. */
  pattern(pattern: RegExp): RegExp {
    for (const [, name] of pattern.source.matchAll(/\(\?<([A-Za-z_]\w*)>/g)) this.defined.add(name!);
    return pattern;
  }
}

/** Without variables. */
export function isPlain({ parts }: Template): boolean {
  return parts.every((part) => typeof part === 'string');
}
