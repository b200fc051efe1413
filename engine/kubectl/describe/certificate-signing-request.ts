import { conditionText } from '../../api/certificates/certificate-signing-request.ts';
import { humanDuration } from '../../api/duration.ts';
import type { CertificateSigningRequest } from '../../api/extension-kinds.ts';
import { readSigningRequest } from '../../linux/tls.ts';
import { CommandError } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, inOneLine, longTime } from './description-writer.ts';
import { describeEvents } from './events.ts';

/** Parts of a subject that are shown when there are any, by their short names in X.509. */
const LISTED = [
  ['Organization', 'O'],
  ['Organizational Unit', 'OU'],
  ['Country', 'C'],
  ['Locality', 'L'],
  ['Province', 'ST'],
] as const;

/** Who asks for a certificate, of whom, and what the request itself says. */
export function describeCertificateSigningRequest(
  invocation: Invocation,
  writer: DescriptionWriter,
  asked: CertificateSigningRequest,
): void {
  const { metadata, spec } = asked;
  const { subject, dnsNames, addresses } = requestOf(spec?.request);
  const of = (wanted: string) => subject.filter(([type]) => type === wanted).map(([, value]) => value);
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Labels', inOneLine(metadata.labels));
  writer.field(0, 'Annotations', inOneLine(metadata.annotations));
  writer.field(0, 'CreationTimestamp', longTime(metadata.creationTimestamp));
  writer.field(0, 'Requesting User', spec?.username ?? '');
  if ((spec?.signerName ?? '') !== '') writer.field(0, 'Signer', spec!.signerName);
  const seconds = spec?.expirationSeconds;
  if (seconds !== undefined) writer.field(0, 'Requested Duration', humanDuration(seconds * 1000));
  writer.field(0, 'Status', conditionText(asked));
  writer.line(0, 'Subject:');
  writer.line(0, `\tCommon Name:\t${of('CN').at(-1) ?? ''}`);
  writer.line(0, `\tSerial Number:\t${of('serialNumber').at(-1) ?? ''}`);
  for (const [name, type] of LISTED) writeList(writer, name, of(type));
  if (dnsNames.length + addresses.length > 0) {
    writer.line(0, 'Subject Alternative Names:');
    writeList(writer, 'DNS Names', dnsNames);
    writeList(writer, 'IP Addresses', addresses);
  }
  describeEvents(invocation, writer, asked);
}

function requestOf(request: unknown) {
  try {
    return readSigningRequest(atob(String(request ?? '')));
  } catch (error) {
    throw new CommandError(`Error parsing CSR: ${(error as Error).message}`);
  }
}

function writeList(writer: DescriptionWriter, name: string, values: readonly string[]): void {
  for (const [index, value] of values.entries()) writer.line(0, `\t${index === 0 ? `${name}:` : ''}\t${value}`);
}
