import type { Invocation } from '../invocation.ts';
import { valueText } from '../output/jsonpath.ts';
import { isObject, type Unstructured } from '../unstructured.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';

/** A kind without a describer of its own: its fields under smart headings, as kubectl shows custom resources. */
export function describeAny(invocation: Invocation, writer: DescriptionWriter, object: Unstructured): void {
  const { metadata } = object;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  const {
    name: _name,
    namespace: _namespace,
    labels: _labels,
    annotations: _annotations,
    managedFields: _managed,
    ...rest
  } = metadata;
  writeFields(writer, 0, {
    ...Object.fromEntries(Object.entries(object).filter(([key]) => key !== 'metadata')),
    metadata: rest,
  });
  describeEvents(invocation, writer, object);
}

/** Words that are written all in capitals in a heading. */
const ACRONYMS: Readonly<Record<string, string>> = {
  Api: 'API',
  Uid: 'UID',
  Id: 'ID',
  Ip: 'IP',
  Url: 'URL',
  Cpu: 'CPU',
};

function heading(field: string): string {
  return field
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .split(/[\s_-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .map((word) => ACRONYMS[word] ?? word)
    .join(' ');
}

function writeFields(writer: DescriptionWriter, level: number, object: Readonly<Record<string, unknown>>): void {
  for (const key of Object.keys(object).sort()) {
    const value = object[key];
    const label = heading(key);
    if (isObject(value)) {
      writer.line(level, `${label}:`);
      writeFields(writer, level + 1, value);
    } else if (Array.isArray(value)) {
      writer.line(level, `${label}:`);
      for (const item of value) {
        if (isObject(item)) writeFields(writer, level + 1, item);
        else writer.line(level + 1, valueText(item));
      }
    } else {
      writer.field(level, label, value === null ? '<nil>' : valueText(value));
    }
  }
}
