import type { Secret } from '../../api/kinds.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, writeAnnotations, writeMap } from './description-writer.ts';

/** A Secret's values stay secret: only how long each is. */
export function describeSecret(_invocation: Invocation, writer: DescriptionWriter, secret: Secret): void {
  const { metadata, type = '', data = {} } = secret;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.write(`\nType:\t${type}\n`);
  writer.write('\nData\n====\n');
  for (const key of Object.keys(data).sort()) {
    const text = atob(data[key] ?? '');
    const shown = key === 'token' && type === 'kubernetes.io/service-account-token';
    writer.write(shown ? `${key}:\t${text}\n` : `${key}:\t${text.length} bytes\n`);
  }
}
