import { type Document, isMap, isScalar, LineCounter, type Node, visit } from 'yaml';

/** More would help nobody. */
const MAX_REPORTS = 100;

/** `duplicate field "spec.replicas"`: the fields that a JSON text has twice. @param value what the text was read as. */
export function duplicateJsonFields(text: string, value: unknown): readonly string[] {
  // Hardly any text has: where as many keys came out as went in, none was lost.
  return countColons(text) === countKeys(value) ? NONE : findDuplicates(text);
}

const NONE: readonly string[] = [];
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/** The colons outside of strings: one for each key. */
function countColons(text: string): number {
  let count = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) inString = !inString;
    else if (inString) {
      if (code === BACKSLASH) at += 1;
    } else if (code === COLON) count += 1;
  }
  return count;
}

function countKeys(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let count = 0;
  if (Array.isArray(value)) for (const item of value) count += countKeys(item);
  else for (const key in value) count += 1 + countKeys((value as Readonly<Record<string, unknown>>)[key]);
  return count;
}

function findDuplicates(text: string): readonly string[] {
  const found: string[] = [];
  const levels: { readonly keys: Set<string> | undefined; name: string; index: number }[] = [];
  for (const { 0: token, index } of text.matchAll(TOKENS)) {
    const level = levels.at(-1);
    if (token === '{') levels.push({ keys: new Set(), name: '', index: 0 });
    else if (token === '[') levels.push({ keys: undefined, name: '', index: 0 });
    else if (token === '}' || token === ']') levels.pop();
    else if (token === ',') {
      if (level !== undefined) level.index += 1;
    } else if (level?.keys !== undefined && isKey(text, index + token.length)) {
      level.name = JSON.parse(token) as string;
      if (level.keys.has(level.name)) {
        if (found.length < MAX_REPORTS) found.push(`duplicate field ${JSON.stringify(printLevels(levels))}`);
      } else level.keys.add(level.name);
    }
  }
  return found;
}

const TOKENS = /[{}[\],]|"(?:[^"\\]|\\.)*"/g;

function isKey(text: string, end: number): boolean {
  let at = end;
  while (text[at] === ' ' || text[at] === '\n' || text[at] === '\t' || text[at] === '\r') at += 1;
  return text[at] === ':';
}

function printLevels(levels: readonly { readonly keys: unknown; readonly name: string; readonly index: number }[]) {
  let path = '';
  for (const { keys, name, index } of levels) {
    if (keys === undefined) path += `[${index}]`;
    else path += path === '' ? name : `.${name}`;
  }
  return path;
}

/** One sentence with the keys that a YAML document sets twice, by line, as Go's decoder lists them. */
export function duplicateYamlKeys(document: Document, text: string): readonly string[] {
  const lines: string[] = [];
  let counter: LineCounter | undefined;
  visit(document, {
    Map(_, map) {
      const keys = new Set<unknown>();
      for (const { key } of map.items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value) && lines.length < MAX_REPORTS) {
          counter ??= countLines(text);
          lines.push(`  line ${lineOf(counter, key)}: key ${JSON.stringify(String(key.value))} already set in map`);
        }
        keys.add(key.value);
      }
    },
  });
  return lines.length === 0 || !isMap(document.contents) ? [] : [`yaml: unmarshal errors:\n${lines.join('\n')}`];
}

function countLines(text: string): LineCounter {
  const counter = new LineCounter();
  counter.addNewLine(0);
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) counter.addNewLine(at + 1);
  return counter;
}

function lineOf(counter: LineCounter, node: Node): number {
  return counter.linePos(node.range?.[0] ?? 0).line;
}
