import { concatBytes, decode, encode } from '../stdio.ts';

/** Header fields by lower-case name; a field that came more than once is joined with `, `, Set-Cookie with a newline. */
export type HttpHeaders = Readonly<Record<string, string>>;

/** A message that breaks RFC 9112, with the status a server answers it with. */
export class HttpProtocolError extends Error {
  override readonly name = 'HttpProtocolError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** How long a message may be before its body, and one line of it. */
export interface HeadLimits {
  readonly bytes: number;
  readonly lineBytes: number;
}

const HEAD_LIMITS: HeadLimits = { bytes: 16 * 1024, lineBytes: 16 * 1024 };

const NOTHING = new Uint8Array(0);

/**
 * Bytes that have come and are not yet used. A piece that comes alone is held as it is, so whoever pushes must not change it
 * afterwards; adding to others is cheap however small the pieces.
 */
export class ByteQueue {
  #buffer: Uint8Array = NOTHING;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(piece: Uint8Array): void {
    if (this.length === 0) {
      this.#hold(piece, piece.length);
      return;
    }
    if (this.#end + piece.length > this.#buffer.length) {
      const roomy = new Uint8Array((this.length + piece.length) * 2);
      roomy.set(this.peek());
      this.#hold(roomy, this.length);
    }
    this.#buffer.set(piece, this.#end);
    this.#end += piece.length;
  }

  #hold(buffer: Uint8Array, length: number): void {
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = length;
  }

  /** The bytes held. */
  peek(): Uint8Array {
    return within(this.#buffer, this.#start, this.#end);
  }

  take(count: number): Uint8Array {
    const taken = within(this.#buffer, this.#start, Math.min(this.#start + count, this.#end));
    this.skip(taken.length);
    return taken;
  }

  skip(count: number): void {
    this.#start += count;
  }
}

/** Without making an object where there is one. */
function within(bytes: Uint8Array, start: number, end: number): Uint8Array {
  if (start === end) return NOTHING;
  return start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
}

export interface MessageHead {
  readonly startLine: string;
  readonly headers: HttpHeaders;
}

/**
 * The start line and fields of the next message, once they are complete.
 * @throws HttpProtocolError: 414 for a start line that is too long, 431 for fields.
 */
export function takeHead(queue: ByteQueue, limits: HeadLimits = HEAD_LIMITS): MessageHead | undefined {
  const bytes = queue.peek();
  // RFC 9112, section 2.2: an empty line before the start line is skipped.
  let start = 0;
  while (bytes[start] === 13 || bytes[start] === 10) start += 1;
  // No method and no version begins so: it is another protocol, and waiting for a line of it leads nowhere.
  if (bytes[start] !== undefined && bytes[start]! < 0x20) throw new HttpProtocolError(400, 'malformed start line');
  const end = headEnd(bytes, start);
  checkHeadLength(bytes, start, end?.at ?? bytes.length, limits);
  if (end === undefined) return undefined;
  const [startLine = '', ...fields] = decode(bytes.subarray(start, end.at)).split('\n');
  queue.skip(end.next);
  const headers: Record<string, string> = Object.create(null);
  for (const field of fields) addField(headers, field);
  return { startLine: startLine.replace(/\r$/, ''), headers };
}

/** The name and the value of a line, which may end in a carriage return. */
const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*\r?$/;

function addField(headers: Record<string, string>, line: string): void {
  const match = FIELD.exec(line);
  if (match === null || line.includes('\0')) throw new HttpProtocolError(400, `malformed header field`);
  const name = match[1]!.toLowerCase();
  const before = headers[name];
  // A comma may be part of a cookie.
  const separator = name === 'set-cookie' ? '\n' : ', ';
  headers[name] = before === undefined ? match[2]! : before + separator + match[2]!;
}

function checkHeadLength(bytes: Uint8Array, from: number, to: number, { bytes: most, lineBytes }: HeadLimits): void {
  for (let start = from; to - start > lineBytes; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? to : Math.min(newline, to);
    if (end - start > lineBytes) {
      if (start === from) throw new HttpProtocolError(414, 'start line too long');
      throw new HttpProtocolError(431, 'header field too large');
    }
    start = end + 1;
  }
  if (to - from > most) throw new HttpProtocolError(431, 'header fields too large');
}

function headEnd(bytes: Uint8Array, from: number): { at: number; next: number } | undefined {
  for (let i = bytes.indexOf(10, from); i >= 0; i = bytes.indexOf(10, i + 1)) {
    if (bytes[i + 1] === 10) return { at: i, next: i + 2 };
    if (bytes[i + 1] === 13 && bytes[i + 2] === 10) return { at: i, next: i + 3 };
  }
  return undefined;
}

/** How long a body is: a count, chunks, or until the connection ends. */
export type BodyFraming =
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

/** RFC 9112, section 6.3. `absent` is what no field about length means: 0 for requests, `close` for responses. */
export function bodyFraming(headers: HttpHeaders, absent: BodyFraming): BodyFraming {
  const transfer = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (transfer !== undefined) {
    if (length !== undefined) throw new HttpProtocolError(400, 'both Transfer-Encoding and Content-Length');
    if (transfer.toLowerCase() !== 'chunked') throw new HttpProtocolError(501, `transfer encoding ${transfer}`);
    return { kind: 'chunked' };
  }
  if (length === undefined) return absent;
  // A field that came twice may say the same twice.
  const [value = '', ...again] = length.split(',').map((each) => each.trim());
  if (!/^\d{1,15}$/.test(value) || again.some((each) => each !== value))
    throw new HttpProtocolError(400, 'malformed Content-Length');
  return { kind: 'length', length: Number(value) };
}

/** Takes a body piece by piece off a queue. */
export class BodyReader {
  readonly #framing: BodyFraming;
  readonly #maxBytes: number;
  readonly #pieces: Uint8Array[] = [];
  #size = 0;
  #chunkLeft = 0;
  #state: 'size' | 'data' | 'data-end' | 'trailer' = 'size';

  constructor(framing: BodyFraming, maxBytes: number) {
    this.#framing = framing;
    this.#maxBytes = maxBytes;
    if (framing.kind === 'length' && framing.length > maxBytes) throw new HttpProtocolError(413, 'body too large');
  }

  get body(): Uint8Array {
    return concatBytes(this.#pieces);
  }

  /** What has come of it and was not taken yet. */
  take(): Uint8Array {
    return concatBytes(this.#pieces.splice(0));
  }

  /** Whether the body is complete with what the queue holds. */
  read(queue: ByteQueue): boolean {
    if (this.#framing.kind === 'close') {
      this.#keep(queue.take(queue.length));
      return false;
    }
    if (this.#framing.kind === 'length') {
      this.#keep(queue.take(Math.min(queue.length, this.#framing.length - this.#size)));
      return this.#size === this.#framing.length;
    }
    for (;;) {
      const done = this.#readChunk(queue);
      if (done !== 'more') return done === 'end';
    }
  }

  #readChunk(queue: ByteQueue): 'more' | 'wait' | 'end' {
    if (this.#state === 'data') {
      const piece = queue.take(Math.min(queue.length, this.#chunkLeft));
      this.#keep(piece);
      this.#chunkLeft -= piece.length;
      if (this.#chunkLeft > 0) return 'wait';
      this.#state = 'data-end';
    }
    const line = takeLine(queue);
    if (line === undefined) return 'wait';
    if (this.#state === 'data-end') {
      if (line !== '') throw new HttpProtocolError(400, 'malformed chunk');
      this.#state = 'size';
      return 'more';
    }
    if (this.#state === 'trailer') return line === '' ? 'end' : 'more';
    const size = /^([0-9A-Fa-f]{1,8})[ \t]*(;.*)?$/.exec(line);
    if (size === null) throw new HttpProtocolError(400, 'malformed chunk size');
    this.#chunkLeft = Number.parseInt(size[1]!, 16);
    this.#state = this.#chunkLeft === 0 ? 'trailer' : 'data';
    return 'more';
  }

  #keep(piece: Uint8Array): void {
    if (piece.length === 0) return;
    this.#size += piece.length;
    if (this.#size > this.#maxBytes) throw new HttpProtocolError(413, 'body too large');
    this.#pieces.push(piece);
  }
}

function takeLine(queue: ByteQueue): string | undefined {
  const newline = queue.peek().indexOf(10);
  if (newline < 0) {
    if (queue.length > HEAD_LIMITS.bytes) throw new HttpProtocolError(400, 'line too long');
    return undefined;
  }
  return decode(queue.take(newline + 1)).replace(/\r?\n$/, '');
}

/** A message in bytes. Fields keep the case they are given in; one with several values is written several times. */
export function formatMessage(
  startLine: string,
  headers: Readonly<Record<string, string | readonly string[]>>,
  body: Uint8Array,
): Uint8Array {
  let head = `${startLine}\r\n`;
  for (const [name, value] of Object.entries(headers)) {
    const several = typeof value !== 'string' || (value.includes('\n') && name.toLowerCase() === 'set-cookie');
    if (!several) head += fieldLine(name, value);
    else for (const each of typeof value === 'string' ? value.split('\n') : value) head += fieldLine(name, each);
  }
  const bytes = encode(`${head}\r\n`);
  return body.length === 0 ? bytes : concatBytes([bytes, body]);
}

function fieldLine(name: string, value: string): string {
  return `${name}: ${value.replace(/[\r\n]+/g, ' ')}\r\n`;
}

/** `%41` as `A`; undefined for a `%` that no two hexadecimal digits follow. */
export function percentDecoded(text: string): string | undefined {
  if (!text.includes('%')) return text;
  if (/%(?![\da-f]{2})/i.test(text)) return undefined;
  const decoded: number[] = [];
  for (let at = 0; at < text.length; at++) {
    if (text[at] !== '%') decoded.push(...encode(text[at]!));
    else {
      decoded.push(Number.parseInt(text.slice(at + 1, at + 3), 16));
      at += 2;
    }
  }
  return decode(Uint8Array.from(decoded));
}

/** Reason phrases of RFC 9110. */
export const STATUS_TEXT: Readonly<Record<number, string>> = {
  100: 'Continue',
  101: 'Switching Protocols',
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  206: 'Partial Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  413: 'Content Too Large',
  414: 'URI Too Long',
  416: 'Range Not Satisfiable',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
  505: 'HTTP Version Not Supported',
};
