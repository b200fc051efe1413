import { readFileSync } from 'node:fs';

/** What a field number of a message stands for. */
type NumberedField =
  /** A field of the JSON object. A pointer's zero is a value; that of others means the field was left out. */
  | { readonly type: 'field'; readonly name: string; readonly pointer: boolean }
  /** A message whose fields are written into the JSON object that it is part of. */
  | { readonly type: 'inline'; readonly definition: string };

export type MessageFields = ReadonlyMap<number, NumberedField>;

const LINES: ReadonlyMap<string, string> = readLines();
const DECODED = new Map<string, MessageFields>();

function readLines(): ReadonlyMap<string, string> {
  const text = readFileSync(new URL('field-numbers.txt', import.meta.url), 'utf8');
  return new Map(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}

/** The fields of a definition by their numbers, e.g. of `io.k8s.api.core.v1.Pod`; undefined when it is not known. */
export function fieldsByNumber(definition: string): MessageFields | undefined {
  const known = DECODED.get(definition);
  const line = LINES.get(definition);
  if (known !== undefined || line === undefined) return known;
  const fields = decodeLine(definition.slice(0, definition.lastIndexOf('.')), line);
  DECODED.set(definition, fields);
  return fields;
}

/** The notation of extract.ts: names in the order of their numbers, `NUMBER=` where there is a gap. */
function decodeLine(packageName: string, line: string): MessageFields {
  const fields = new Map<number, NumberedField>();
  let next = 1;
  for (const entry of line.split(' ')) {
    const equals = entry.indexOf('=');
    const number = equals < 0 ? next : Number(entry.slice(0, equals));
    const text = entry.slice(equals + 1);
    next = number + 1;
    if (text.startsWith('<')) fields.set(number, { type: 'inline', definition: `${packageName}.${text.slice(1)}` });
    else fields.set(number, { type: 'field', name: text.replace('*', ''), pointer: text.endsWith('*') });
  }
  return fields;
}
