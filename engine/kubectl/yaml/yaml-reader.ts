import { type Document, isAlias, parseDocument, type ScalarTag, type Tags, visit } from 'yaml';
import { goYamlMessage } from './yaml-error.ts';
import { numberText } from './yaml-scalar.ts';

/** Longest document that is read. The API server itself takes no more than 3 MiB. */
const MAX_DOCUMENT_LENGTH = 3 * 1024 * 1024;

/** A text that is no YAML; the message is what kubectl prints after `error parsing x.yaml: `. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
}

/**
 * Reads one YAML (or JSON) document as kubectl does: YAML 1.1 with merge keys, without timestamps and sexagesimals,
 * the last of several equal keys wins, keys become strings. An empty document is null.
 *
 * @throws ManifestError
 */
export function readManifest(text: string): unknown {
  if (text.length > MAX_DOCUMENT_LENGTH) {
    throw new ManifestError(`the document is too large (${text.length} characters, at most ${MAX_DOCUMENT_LENGTH})`);
  }
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) {
    throw new ManifestError('error converting YAML to JSON: yaml: control characters are not allowed');
  }
  checkDirectives(text);
  const trimmed = text.trimStart();
  if (trimmed.startsWith('{')) {
    const json = readJson(trimmed);
    if (json !== undefined) return json;
  }
  try {
    return readYaml(text);
  } catch (error) {
    if (error instanceof ManifestError) throw error;
    // The parser is recursive; so deep a document is no manifest.
    if (error instanceof RangeError) throw conversionError('yaml: exceeded max depth of 10000');
    throw error;
  }
}

/**
 * `%YAML` and `%TAG` stand before a `---`, where kubectl has already cut the file into documents: what is left of them is no
 * document.
 */
function checkDirectives(text: string): void {
  if (!text.startsWith('%')) return;
  const [, version = '1.1'] = /^%YAML (\d+\.\d+)/m.exec(text) ?? [];
  if (version !== '1.1') throw conversionError('yaml: found incompatible YAML document');
  const count = text.split('\n').filter((line) => line !== '').length;
  throw conversionError(`yaml: line ${count}: did not find expected <document start>`);
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readYaml(text: string): unknown {
  const document = parseDocument(text, {
    version: '1.1',
    merge: true,
    uniqueKeys: false,
    intAsBigInt: true,
    customTags: goTags,
  });
  const [error] = document.errors;
  if (error !== undefined) throw conversionError(goYamlMessage(error, text));
  checkAliases(document);
  let value: unknown;
  try {
    value = document.toJS({ mapAsMap: true, maxAliasCount: 100 });
  } catch (thrown) {
    if (thrown instanceof ReferenceError) throw conversionError('yaml: document contains excessive aliasing');
    throw thrown;
  }
  return plainValue(value);
}

const FLOAT = /^[-+]?(?:\.[0-9]|[0-9][0-9_]*\.)[0-9_]*$/;
const FLOAT_WITH_EXPONENT = /^[-+]?(?:\.[0-9]+|[0-9][0-9_]*(?:\.[0-9_]*)?)[eE][-+]?[0-9]+$/;

/**
 * The YAML 1.1 tags as go-yaml has them: times and sexagesimals are strings, and so are `.` and `e2`, which the parser's
 * own expressions take for floats.
 */
function goTags(tags: Tags): Tags {
  const kept: Tags = [];
  for (const tag of tags) {
    if (typeof tag === 'string') kept.push(tag);
    else if (tag.tag.endsWith(':timestamp') || tag.format === 'TIME') continue;
    else if (!tag.tag.endsWith(':float') || !('test' in tag) || tag.test?.test('.nan') === true) kept.push(tag);
    else kept.push({ ...(tag as ScalarTag), test: tag.format === 'EXP' ? FLOAT_WITH_EXPONENT : FLOAT });
  }
  return kept;
}

function checkAliases(document: Document): void {
  visit(document, {
    Alias(_key, alias) {
      if (isAlias(alias) && alias.resolve(document) === undefined) {
        throw conversionError(`yaml: unknown anchor '${alias.source}' referenced`);
      }
    },
  });
}

function conversionError(message: string): ManifestError {
  return new ManifestError(`error converting YAML to JSON: ${message}`);
}

function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (value instanceof Map) {
    return Object.fromEntries([...value].map(([key, item]) => [keyText(key, item), plainValue(item)]));
  }
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    const name = Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
    throw conversionError(`json: unsupported value: ${name}`);
  }
  return value === undefined ? null : value;
}

function keyText(key: unknown, value: unknown): string {
  if (typeof key === 'string') return key;
  if (typeof key === 'number' || typeof key === 'bigint') return numberText(key);
  if (typeof key === 'boolean') return String(key);
  if (key === null) {
    const shown = typeof value === 'string' ? JSON.stringify(value) : String(value);
    throw conversionError(`unsupported map key of type: %!s(<nil>), key: <nil>, value: ${shown}`);
  }
  throw conversionError(`yaml: invalid map key: ${goValue(key)}`);
}

/** A value in Go's `%#v`, as go-yaml shows a key that is none. */
function goValue(value: unknown): string {
  if (Array.isArray(value)) return `[]interface {}{${value.map(goValue).join(', ')}}`;
  if (value instanceof Map) {
    const entries = [...value].map(([key, item]) => `${goValue(key)}:${goValue(item)}`);
    return `map[interface {}]interface {}{${entries.join(', ')}}`;
  }
  if (value === null || value === undefined) return 'interface {}(nil)';
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** One document of a file, as text. */
export interface DocumentText {
  readonly text: string;
  /** The line of the file on which it begins, from 1. */
  readonly line: number;
}

/**
 * Splits a file at its `---` lines. Documents of nothing but white space and comments are left in: they read as null.
 *
 * @throws ManifestError for a `---` with something behind it.
 */
export function splitDocuments(text: string): readonly DocumentText[] {
  const documents: DocumentText[] = [];
  let begin = 0;
  let line = 1;
  let beginLine = 1;
  for (const match of text.matchAll(/^.*$/gm)) {
    const current = match[0];
    if (current.startsWith('---')) {
      const rest = current.slice(3).trim();
      if (rest !== '' && !rest.startsWith('#')) throw new ManifestError(`invalid Yaml document separator: ${rest}`);
      documents.push({ text: text.slice(begin, match.index), line: beginLine });
      begin = match.index + current.length + 1;
      beginLine = line + 1;
    }
    line += 1;
  }
  documents.push({ text: text.slice(begin), line: beginLine });
  return documents;
}
