import { concatBytes, decode, encode } from '../../stdio.ts';

/** What a command answers: text is a bulk string, null is nothing. https://redis.io/docs/latest/develop/reference/protocol-spec/ */
export type Reply =
  | string
  | number
  | null
  | readonly Reply[]
  | { readonly status: string }
  | { readonly error: string }
  | { readonly double: number }
  | { readonly pairs: readonly (readonly [Reply, Reply])[] }
  | { readonly pushed: readonly Reply[] };

export const OK: Reply = { status: 'OK' };

/** A command cannot be done; the text is what the client is told. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export const wrongType = () => new CommandError('WRONGTYPE Operation against a key holding the wrong kind of value');
export const syntaxError = () => new CommandError('ERR syntax error');
export const notAnInteger = () => new CommandError('ERR value is not an integer or out of range');

/** A number as Redis writes it: without exponent where it can be. */
export function formatDouble(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  if (value === Number.NEGATIVE_INFINITY) return '-inf';
  return Number.isInteger(value) ? value.toFixed(0) : String(value);
}

/** A reply as it travels, in version 2 or 3 of the protocol. */
export function encodeReply(reply: Reply, protocol: 2 | 3): Uint8Array {
  const pieces: Uint8Array[] = [];
  put(pieces, reply, protocol);
  return concatBytes(pieces);
}

function put(pieces: Uint8Array[], reply: Reply, protocol: 2 | 3): void {
  const line = (text: string) => pieces.push(encode(`${text}\r\n`));
  if (reply === null) line(protocol === 3 ? '_' : '$-1');
  else if (typeof reply === 'number') line(`:${reply}`);
  else if (typeof reply === 'string') {
    const bytes = encode(reply);
    pieces.push(encode(`$${bytes.length}\r\n`), bytes, encode('\r\n'));
  } else if ('status' in reply) line(`+${reply.status}`);
  else if ('error' in reply) line(`-${reply.error}`);
  else if ('double' in reply) {
    if (protocol === 3) line(`,${formatDouble(reply.double)}`);
    else put(pieces, formatDouble(reply.double), protocol);
  } else if ('pairs' in reply) {
    line(protocol === 3 ? `%${reply.pairs.length}` : `*${reply.pairs.length * 2}`);
    for (const each of reply.pairs.flat()) put(pieces, each, protocol);
  } else {
    const items = 'pushed' in reply ? reply.pushed : reply;
    line(`${'pushed' in reply && protocol === 3 ? '>' : '*'}${items.length}`);
    for (const each of items) put(pieces, each, protocol);
  }
}

/** The other side sent what is not the protocol. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError';
}

const MAX_ITEMS = 1024 * 1024;
const MAX_BULK_BYTES = 64 * 1024 * 1024;
const MAX_INLINE_BYTES = 64 * 1024;

/** Bytes as they come; whole values as they go. */
export class RespReader {
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;

  push(piece: Uint8Array): void {
    this.#bytes = concatBytes([this.#bytes.subarray(this.#at), piece]);
    this.#at = 0;
  }

  /** The next command of a client; undefined until it is complete. Throws ProtocolError. */
  command(): readonly string[] | undefined {
    if (this.#bytes[this.#at] !== 0x2a) {
      const line = this.#line(this.#at);
      if (line === undefined) {
        if (this.#bytes.length - this.#at > MAX_INLINE_BYTES) throw new ProtocolError('too big inline request');
        return undefined;
      }
      this.#at = line.next;
      return splitWords(line.text) ?? invalid('unbalanced quotes in request');
    }
    const value = this.#value(this.#at, (text) => new ProtocolError(text));
    if (value === undefined) return undefined;
    this.#at = value.next;
    const { reply } = value;
    if (!Array.isArray(reply)) return [];
    return reply.map((item) => (typeof item === 'string' ? item : invalid("expected '$'")));
  }

  /** The next reply of a server; undefined until it is complete. */
  reply(): Reply | undefined {
    const value = this.#value(this.#at, (text) => new ProtocolError(text));
    if (value === undefined) return undefined;
    this.#at = value.next;
    return value.reply;
  }

  #line(from: number): { text: string; next: number } | undefined {
    const end = this.#bytes.indexOf(10, from);
    if (end < 0) return undefined;
    const stop = this.#bytes[end - 1] === 13 ? end - 1 : end;
    return { text: decode(this.#bytes.subarray(from, Math.max(from, stop))), next: end + 1 };
  }

  #value(from: number, wrong: (text: string) => Error): { reply: Reply; next: number } | undefined {
    const line = this.#line(from);
    if (line === undefined) return undefined;
    const [kind, rest] = [line.text[0], line.text.slice(1)];
    switch (kind) {
      case '+':
        return { reply: { status: rest }, next: line.next };
      case '-':
        return { reply: { error: rest }, next: line.next };
      case ':':
        return { reply: Number(rest), next: line.next };
      case ',':
        return { reply: { double: rest === 'inf' ? Infinity : Number(rest) }, next: line.next };
      case '_':
        return { reply: null, next: line.next };
      case '$':
        return this.#bulk(rest, line.next, wrong);
      case '*':
      case '>':
      case '~':
      case '%':
        return this.#items(kind, rest, line.next, wrong);
      default:
        throw wrong(`expected '$', got '${kind ?? ' '}'`);
    }
  }

  #bulk(size: string, from: number, wrong: (text: string) => Error) {
    const length = Number(size);
    if (length === -1) return { reply: null, next: from };
    if (!/^\d+$/.test(size) || length > MAX_BULK_BYTES) throw wrong('invalid bulk length');
    if (this.#bytes.length < from + length + 2) return undefined;
    return { reply: decode(this.#bytes.subarray(from, from + length)), next: from + length + 2 };
  }

  #items(kind: string, count: string, from: number, wrong: (text: string) => Error) {
    const length = Number(count);
    if (length === -1) return { reply: null, next: from };
    if (!/^\d+$/.test(count) || length > MAX_ITEMS) throw wrong('invalid multibulk length');
    const items: Reply[] = [];
    let next = from;
    for (let i = 0; i < length * (kind === '%' ? 2 : 1); i++) {
      const value = this.#value(next, wrong);
      if (value === undefined) return undefined;
      items.push(value.reply);
      next = value.next;
    }
    if (kind === '>') return { reply: { pushed: items }, next };
    if (kind !== '%') return { reply: items, next };
    const pairs = Array.from({ length }, (_, i) => [items[2 * i]!, items[2 * i + 1]!] as const);
    return { reply: { pairs }, next };
  }
}

function invalid(text: string): never {
  throw new ProtocolError(text);
}

/** A command line's words, with quotes; undefined when a quote is left open. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  const pattern = /\s*(?:"((?:[^"\\]|\\.)*)"(?=\s|$)|'((?:[^'\\]|\\.)*)'(?=\s|$)|([^\s"']\S*))|\s+$/y;
  while (pattern.lastIndex < line.length) {
    const match = pattern.exec(line);
    if (match === null) return undefined;
    const [, double, single, plain] = match;
    if (double !== undefined)
      words.push(double.replace(/\\(x[0-9a-fA-F]{2}|.)/g, (_, code: string) => unescaped(code)));
    else if (single !== undefined) words.push(single.replaceAll("\\'", "'"));
    else if (plain !== undefined) words.push(plain);
  }
  return words;
}

function unescaped(code: string): string {
  if (code.length === 3) return decode(Uint8Array.of(Number.parseInt(code.slice(1), 16)));
  return { n: '\n', r: '\r', t: '\t', b: '\b', a: '\u0007' }[code] ?? code;
}
