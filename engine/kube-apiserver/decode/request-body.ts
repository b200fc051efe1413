import { type Document, Lexer, parseDocument, YAMLParseError } from 'yaml';
import { badRequest, requestEntityTooLarge, unsupportedMediaType } from '../../api/errors.ts';
import { describeJsonError } from '../../api/json-syntax.ts';
import type { ApiRequest } from '../../api/request.ts';
import { ACCEPTED_TYPES, parseMediaType } from '../media-type.ts';
import { duplicateJsonFields, duplicateYamlKeys } from './duplicate-keys.ts';

/** The server reads no more of a request. */
const MAX_BODY_BYTES = 3 * 1024 * 1024;
/** A deeper object is nobody's manifest; the limit keeps recursion bounded. */
const MAX_DEPTH = 500;
const SUMMARY_LENGTH = 30;

/** A body that could be read, and how far it is to be trusted. */
export interface ParsedBody {
  readonly value: unknown;
  /** Whether it came as text, i.e. from outside; plain objects come from clients in the same process. */
  readonly wasText: boolean;
  /** The text's beginning, as errors quote it. */
  readonly summary: string;
  /** Looks for fields that the text has twice, in the words of the strict decoder. */
  readonly duplicates: () => readonly string[];
}

/** A text that is not JSON or YAML; the message is the parser's. */
export class BodySyntaxError extends Error {
  readonly summary: string;

  constructor(message: string, summary: string) {
    super(message);
    this.summary = summary;
  }
}

/**
 * The body of a write. @throws StatusError for a foreign content type or too long a body, BodySyntaxError.
 * @param accepted the content types that may be sent.
 */
export function readBody(request: ApiRequest, accepted: readonly string[] = ACCEPTED_TYPES): ParsedBody {
  const { body } = request;
  const contentType = request.headers?.['content-type'] ?? '';
  const type = contentType === '' ? '' : parseMediaType(contentType).type;
  if (type !== '' && !accepted.includes(type)) throw unsupportedMediaType(accepted);
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) {
    if (request.fromComponent !== true) checkSize(body);
    return { value: body, wasText: false, summary: '<empty>', duplicates: () => NO_DUPLICATES };
  }
  if (body.length > MAX_BODY_BYTES) throw requestEntityTooLarge(MAX_BODY_BYTES);
  const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
  const summary = summarize(text);
  // JSON is YAML too, and what clients send as YAML is mostly JSON, which is read a hundred times faster.
  const json = type.includes('yaml') && text[0] === '{' ? parseJson(text) : undefined;
  if (type.includes('yaml') && json === undefined) {
    const { document, value } = readYaml(text, summary);
    checkSize(value);
    return { value, wasText: true, summary, duplicates: () => duplicateYamlKeys(document, text) };
  }
  const value = json ?? readJson(text, summary);
  checkSize(value);
  return { value, wasText: true, summary, duplicates: () => duplicateJsonFields(text, value) };
}

const NO_DUPLICATES: readonly string[] = [];

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readJson(text: string, summary: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BodySyntaxError(`couldn't get version/kind; json parse error: ${describeJsonError(text)}`, summary);
  }
}

function readYaml(text: string, summary: string): { readonly document: Document; readonly value: unknown } {
  try {
    // As in Go's decoder the last of equal keys wins; aliases are bounded by the parser.
    if (nestsTooDeep(text)) throw new Error('exceeded max depth');
    const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' });
    if (document.errors.length > 0) throw document.errors[0];
    return { document, value: document.toJS() };
  } catch (error) {
    if (!(error instanceof YAMLParseError)) throw new BodySyntaxError(`yaml: ${(error as Error).message}`, summary);
    const line = error.linePos?.[0].line ?? 1;
    throw new BodySyntaxError(`yaml: line ${line}: ${error.message.split(' at line')[0]}`, summary);
  }
}

/** The parser would take many seconds to find out that a text of nothing but brackets is too deep for it. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let inRow = 0;
  for (const token of new Lexer().lex(text)) {
    if (token === '[' || token === '{') depth += 1;
    else if (token === ']' || token === '}') depth -= 1;
    // `- - - …`: a list in a list in a list.
    if (token === '-' || token === '?') inRow += 1;
    else if (token.includes('\n') || token.trim() !== '') inRow = 0;
    if (depth > MAX_DEPTH || inRow > MAX_DEPTH) return true;
  }
  return false;
}

/** What errors quote of a body, as summarizeData in k8s.io/apiserver pkg/endpoints/handlers/rest.go. */
function summarize(text: string): string {
  if (text === '') return '<empty>';
  const long = text.length > SUMMARY_LENGTH ? ' ...' : '';
  const start = text.slice(0, SUMMARY_LENGTH);
  if (text[0] === '{') return start + long;
  return Array.from(new TextEncoder().encode(start), (byte) => byte.toString(16).padStart(2, '0')).join('') + long;
}

/** Refuses objects that no text of permitted length could have made. The estimate counts letters, not bytes. */
function checkSize(root: unknown): void {
  if (sizeOf(root, 0) > MAX_BODY_BYTES) throw requestEntityTooLarge(MAX_BODY_BYTES);
}

/** How long a text of the value would be about; counting ends where the limit is passed. */
function sizeOf(value: unknown, depth: number): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 4;
  if (depth > MAX_DEPTH) throw badRequest('exceeded max depth');
  let size = 0;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && size <= MAX_BODY_BYTES; index++)
      size += sizeOf(value[index], depth + 1);
    return size;
  }
  for (const key in value) {
    size += key.length + 3 + sizeOf((value as Record<string, unknown>)[key], depth + 1);
    if (size > MAX_BODY_BYTES) break;
  }
  return size;
}
