/** What text with backslash escapes stands for. `stop` is set by `\c`: nothing after it is printed. */
export interface Unescaped {
  readonly text: string;
  readonly stop: boolean;
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  e: '\x1b',
  E: '\x1b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/**
 * Expands escapes as `echo -e` and `printf` do.
 *
 * @param octal `echo` wants a zero before octal digits (`\0nnn`), a printf format does not (`\nnn`)
 */
export function unescapeText(text: string, octal: 'zero' | 'plain'): Unescaped {
  if (!text.includes('\\')) return { text, stop: false };
  // The `\n` that most of them are.
  const only = text.length === 2 && text.startsWith('\\') ? SIMPLE[text[1]!] : undefined;
  if (only !== undefined) return { text: only, stop: false };
  let result = '';
  const pattern = octal === 'zero' ? ECHO_ESCAPE : FORMAT_ESCAPE;
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    result += text.slice(from, match.index);
    from = match.index + match[0].length;
    const body = match[0].slice(1);
    const first = body[0]!;
    if (first === 'c') return { text: result, stop: true };
    if (/[0-7]/.test(first)) result += byteText(Number.parseInt(body, 8) & 255);
    else if (first === 'x') result += byteText(Number.parseInt(body.slice(1), 16));
    else if (first === 'u' || first === 'U') result += codePoint(Number.parseInt(body.slice(1), 16));
    else result += SIMPLE[first] ?? match[0];
  }
  return { text: joinBytes(result + text.slice(from)), stop: false };
}

const ECHO_ESCAPE = /\\(?:0[0-7]{0,3}|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[abceEfnrtv\\])/g;
const FORMAT_ESCAPE = /\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|[abceEfnrtv\\])/g;

/** A byte as text: those from 128 on are escaped, see stdio. */
function byteText(byte: number): string {
  return String.fromCharCode(byte < 128 ? byte : 0xdc00 + byte);
}

function codePoint(code: number): string {
  return code <= 0x10ffff ? String.fromCodePoint(code) : '';
}

/** Bytes written one by one may make up a character: `\303\244`. */
function joinBytes(text: string): string {
  return text.replace(/[\udc80-\udcff]{2,4}/g, (run) => {
    const bytes = Uint8Array.from([...run].map((unit) => unit.charCodeAt(0) - 0xdc00));
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return run;
    }
  });
}
