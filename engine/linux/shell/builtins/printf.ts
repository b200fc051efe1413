import { floating, pad, signed, unsigned } from '../../c-format.ts';
import { formatDate } from '../../date-format.ts';
import { quoteForShell } from '../quote.ts';
import { unescapeText } from './escapes.ts';

export interface Formatted {
  readonly text: string;
  /** What was wrong with arguments, in the order they came. */
  readonly warnings: readonly string[];
}

const DIRECTIVE =
  /%(?:(%)|([-+ #0]*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|q|L|j|z|t)?([diouxXeEfFgGaAcsbq]|\([^()]*\)T))|\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|u[0-9A-Fa-f]{1,4}|U[0-9A-Fa-f]{1,8}|.)/gs;

/** No field is wider. */
const MAX_WIDTH = 100_000;

/**
 * printf(1): the format is used again while arguments are left.
 *
 * @param nowMs for bash's `%(format)T`, milliseconds since 1970; without it there is no such directive
 */
export function printfText(format: string, args: readonly string[], nowMs?: number): Formatted {
  const state = { args, at: 0, warnings: [] as string[], stop: false, nowMs };
  let text = '';
  do {
    const before = state.at;
    text += formatOnce(format, state);
    if (state.at === before) break;
  } while (state.at < args.length && !state.stop && text.length < 16_000_000);
  return { text, warnings: state.warnings };
}

interface FormatState {
  readonly args: readonly string[];
  at: number;
  readonly warnings: string[];
  stop: boolean;
  readonly nowMs: number | undefined;
}

function formatOnce(format: string, state: FormatState): string {
  let text = '';
  let from = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    text += format.slice(from, match.index);
    from = match.index + match[0].length;
    if (match[0].startsWith('\\')) {
      const escaped = unescapeText(match[0], 'plain');
      text += escaped.text;
      if (escaped.stop) {
        state.stop = true;
        return text;
      }
      if (/^\\["']$/.test(match[0])) text = text.slice(0, -2) + match[0][1];
    } else if (match[1] === '%') text += '%';
    else {
      text += directive(match, state);
      if (state.stop) return text;
    }
  }
  return text + format.slice(from);
}

function directive(match: RegExpMatchArray, state: FormatState): string {
  let flags = match[2] ?? '';
  let width = 0;
  if (match[3] !== undefined) width = match[3] === '*' ? Number(integer(state)) : Number(match[3]);
  if (width < 0) flags += '-';
  width = Math.min(Math.abs(width), MAX_WIDTH);
  let precision: number | undefined;
  if (match[4] !== undefined) precision = match[4] === '*' ? Number(integer(state)) : Number(match[4] || 0);
  if (precision !== undefined) precision = precision < 0 ? undefined : Math.min(precision, MAX_WIDTH);
  const conversion = match[5]!;
  let body: string;
  let numeric = false;
  switch (conversion) {
    case 's':
      body = state.args[state.at++] ?? '';
      if (precision !== undefined) body = [...body].slice(0, precision).join('');
      break;
    case 'b': {
      const escaped = unescapeText(state.args[state.at++] ?? '', 'zero');
      state.stop = escaped.stop;
      body = escaped.text;
      break;
    }
    case 'q':
      body = quoteArgument(state.args[state.at++] ?? '');
      break;
    case 'c':
      body = [...(state.args[state.at++] ?? '')][0] ?? '';
      break;
    case 'd':
    case 'i':
      numeric = true;
      body = signed(integer(state), flags, precision);
      break;
    case 'o':
    case 'u':
    case 'x':
    case 'X':
      numeric = true;
      body = unsigned(integer(state), conversion, flags, precision);
      break;
    default:
      if (conversion.startsWith('(')) {
        body = dateText(conversion.slice(1, -2), state, match[0]);
        break;
      }
      numeric = true;
      body = floating(real(state), conversion, flags, precision);
  }
  return pad(body, width, flags, numeric && (precision === undefined || !/[diouxX]/.test(conversion)));
}

/** `%(format)T`: the argument is seconds since 1970; -1, or none, is now. */
function dateText(format: string, state: FormatState, source: string): string {
  if (state.nowMs === undefined) return source;
  const given = state.at < state.args.length ? integer(state) : -1n;
  return formatDate(format === '' ? '%X' : format, given < 0n ? state.nowMs : Number(given) * 1000);
}

function quoteArgument(text: string): string {
  if (text === '') return "''";
  if (/[\x00-\x1f\x7f]/.test(text)) return quoteForShell(text, true);
  return text.replace(/[^A-Za-z0-9_@%+=:,./\u0080-\uffff-]/g, '\\$&');
}

function integer(state: FormatState): bigint {
  const text = state.args[state.at++];
  if (text === undefined || text === '') return 0n;
  if (/^["']./.test(text)) return BigInt(text.codePointAt(1)!);
  const match = /^\s*([-+]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9]\d*)(.*)$/s.exec(text);
  if (match === null || match[3] !== '') state.warnings.push(`${text}: invalid number`);
  if (match === null) return 0n;
  const digits = match[2]!;
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const max = 2n ** 63n;
  const negative = match[1] === '-';
  if (value >= max && !(negative && value === max)) return negative ? -max : value < 2n ** 64n ? value : max - 1n;
  return negative ? -value : value;
}

function real(state: FormatState): number {
  const text = state.args[state.at++];
  if (text === undefined || text === '') return 0;
  if (/^["']./.test(text)) return text.codePointAt(1)!;
  const match =
    /^\s*[-+]?(?:0[xX][0-9A-Fa-f]+|\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf(?:inity)?|nan)/i.exec(text);
  if (match === null || match[0].length !== text.length) state.warnings.push(`${text}: invalid number`);
  if (match === null) return 0;
  const plain = match[0].trim().toLowerCase();
  if (plain.includes('inf')) return plain.startsWith('-') ? -Infinity : Infinity;
  return Number(plain);
}
