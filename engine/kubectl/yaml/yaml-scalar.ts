/** How a string is written. `literal` is the block form with `|`. */
export type ScalarStyle = 'plain' | 'single' | 'double' | 'literal';

const YAML_11_WORDS = new Set(
  (
    'y Y yes Yes YES n N no No NO true True TRUE false False FALSE on On ON off Off OFF ~ null Null NULL ' +
    '.nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF'
  ).split(' '),
);

const NUMBER =
  /^[-+]?(?:0[xX][0-9a-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\.[0-9_]+|[0-9][0-9_]*(?:\.[0-9_]*)?)(?:[eE][-+]?[0-9]+)?)$/;
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/;
const TIMESTAMP =
  /^\d{4}-\d{1,2}-\d{1,2}(?:(?:[Tt]| +)\d{1,2}:\d{1,2}:\d{1,2}(?:\.\d+)? ?(?:Z|[-+]\d{1,2}(?::\d{2})?)?)?$/;

/** Whether a YAML 1.1 reader would take the bare word for something else than a string. */
function needsQuotes(text: string): boolean {
  return text === '' || YAML_11_WORDS.has(text) || NUMBER.test(text) || SEXAGESIMAL.test(text) || TIMESTAMP.test(text);
}

const INDICATOR_FIRST = /^(?:[#,[\]{}&*!|>'"%@`]|[?:-](?:\s|$)|---|\.\.\.)/;
const INDICATOR_WITHIN = /:(?:\s|$)|\s#/;
// What go-yaml does not print: controls (the tab too), the byte order mark, and everything beyond the basic plane.
const UNPRINTABLE = /[\0-\t\x0b-\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]/;

/**
 * The style in which go-yaml (as used by sigs.k8s.io/yaml) writes a string.
 * @param key whether it is a mapping's key
 */
export function scalarStyle(text: string, key = false): ScalarStyle {
  if (UNPRINTABLE.test(text) || / \n/.test(text)) return 'double';
  if (text.includes('\n')) return key || text.endsWith(' ') ? 'double' : 'literal';
  if (needsQuotes(text)) return 'double';
  if (/^ | $/.test(text) || INDICATOR_FIRST.test(text) || INDICATOR_WITHIN.test(text)) return 'single';
  return 'plain';
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\x07': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '\x1b': '\\e',
  '"': '\\"',
  '\\': '\\\\',
  '\x85': '\\N',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

/** The inside of a double-quoted scalar, character by character. */
export function escapeCharacter(character: string): string {
  const known = ESCAPES[character];
  if (known !== undefined) return known;
  if (!UNPRINTABLE.test(character)) return character;
  const code = character.codePointAt(0)!;
  if (code <= 0xff) return `\\x${code.toString(16).toUpperCase().padStart(2, '0')}`;
  if (code <= 0xffff) return `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`;
  return `\\U${code.toString(16).toUpperCase().padStart(8, '0')}`;
}

/** A number as Go prints it: integers whole, others in the shortest form, with an exponent from 1e+21 or below 1e-4. */
export function numberText(value: number | bigint): string {
  if (typeof value === 'bigint') return value.toString();
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 63)
    return Object.is(value, -0) ? '0' : BigInt(value).toString();
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < 6) return String(value);
  const digits = String(Math.abs(exponent)).padStart(2, '0');
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${digits}`;
}

/** The order in which go-yaml writes keys: letters after everything else, digits by their number. */
export function compareKeys(left: string, right: string): number {
  let inDigits = false;
  const length = Math.min(left.length, right.length);
  for (let index = 0; index < length; index++) {
    const [a, b] = [left[index]!, right[index]!];
    if (a === b) {
      inDigits = isDigit(a);
      continue;
    }
    const [letterA, letterB] = [isLetter(a), isLetter(b)];
    if (letterA && letterB) return a < b ? -1 : 1;
    if (letterA || letterB) return letterA === inDigits ? -1 : 1;
    const [numberA, numberB] = [digitsAt(left, index), digitsAt(right, index)];
    if (numberA !== '' && numberB !== '' && Number(numberA) !== Number(numberB) && !(a === '0' || b === '0')) {
      return Number(numberA) - Number(numberB);
    }
    if (numberA.length !== numberB.length) return numberA.length - numberB.length;
    return a < b ? -1 : 1;
  }
  return left.length - right.length;
}

function isDigit(character: string): boolean {
  return character >= '0' && character <= '9';
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character);
}

function digitsAt(text: string, index: number): string {
  return /^\d*/.exec(text.slice(index))![0];
}
