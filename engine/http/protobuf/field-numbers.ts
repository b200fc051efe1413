import { readFileSync } from 'node:fs';

/**
 * Messages that no published schema tells of: numbers too large for a double come as int64, and of a field that may hold
 * one of two things each has a number of its own (k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1, JSONSchemaProps).
 */
export type FieldForm = 'int64' | 'orList' | 'orBoolean' | 'orStrings';

/** What a field number of a message stands for. */
export type NumberedField =
  /** A field of the JSON object. A pointer's zero is a value; that of others means the field was left out. */
  | { readonly type: 'field'; readonly name: string; readonly pointer: boolean; readonly form?: FieldForm }
  /** A message whose fields are written into the JSON object that it is part of. */
  | { readonly type: 'inline'; readonly definition: string };

export type MessageFields = ReadonlyMap<number, NumberedField>;

/** Extracted from kubectl, and what the API server's own packages have beside, which kubectl does not link. */
const FILES = ['field-numbers.txt', 'own-field-numbers.txt'];
const LINES: ReadonlyMap<string, string> = new Map(FILES.flatMap(readLines));
const DECODED = new Map<string, MessageFields>();

function readLines(file: string): (readonly [string, string])[] {
  const text = readFileSync(new URL(file, import.meta.url), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [definition = '', ...fields] = line.split(' ');
      return [definition, fields.join(' ')];
    });
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
  for (const entry of line.split(' ').filter((each) => each !== '')) {
    const equals = entry.indexOf('=');
    const number = equals < 0 ? next : Number(entry.slice(0, equals));
    const text = entry.slice(equals + 1);
    next = number + 1;
    if (text.startsWith('<')) fields.set(number, { type: 'inline', definition: `${packageName}.${text.slice(1)}` });
    else fields.set(number, decodeField(text));
  }
  return fields;
}

/** `NAME`, `NAME*` for a pointer, `NAME:FORM`. */
function decodeField(text: string): NumberedField {
  const [name = '', form] = text.split(':');
  const field = { type: 'field', name: name.replace('*', ''), pointer: name.endsWith('*') } as const;
  return form === undefined ? field : { ...field, form: form as FieldForm };
}
