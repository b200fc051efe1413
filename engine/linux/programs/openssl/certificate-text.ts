import type { Certificate, Name } from '../../tls/certificate.ts';
import { type Der, readAll, readOid, readOne, TAG } from '../../tls/der.ts';
import { EXTENSION_REQUEST, type SigningRequest } from '../../tls/signing-request.ts';
import { extensionLines } from './extension-text.ts';
import { keyLines, signatureLines } from './key-text.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Jan  2 15:04:05 2026 GMT` */
export function dateText(ms: number): string {
  const date = new Date(ms);
  return `${MONTHS[date.getUTCMonth()]} ${String(date.getUTCDate()).padStart(2)} ${date.toISOString().slice(11, 19)} ${date.getUTCFullYear()} GMT`;
}

/** `CN=foo, O=bar` */
export function lineName(name: Name): string {
  return name.map(([type, value]) => `${type}=${value}`).join(', ');
}

/** The names of a `-subj`: `/CN=foo/O=bar`. */
export function subjectName(text: string): Name {
  return text
    .split('/')
    .filter((part) => part.includes('='))
    .map((part) => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals), part.slice(equals + 1)] as const;
    });
}

/** What a certificate says beyond its subject. */
export function extensionsOf({ der }: Pick<Certificate, 'der'>): readonly Der[] {
  const [signed] = readAll(readOne(der, TAG.sequence).body);
  const block = readAll(signed!.body).find(({ tag }) => tag === 0xa3);
  return block === undefined ? [] : readAll(readOne(block.body, TAG.sequence).body);
}

/** As `openssl x509 -text` shows a certificate. */
export function certificateText(certificate: Certificate): readonly string[] {
  const { der, subject, issuer, notBeforeMs, notAfterMs, serial } = certificate;
  const [signed, , signature] = readAll(readOne(der, TAG.sequence).body);
  const fields = readAll(signed!.body).filter(({ tag }) => tag !== 0xa0);
  const extensions = extensionsOf(certificate);
  return [
    'Certificate:',
    '    Data:',
    '        Version: 3 (0x2)',
    ...serialLines(serial),
    '        Signature Algorithm: sha256WithRSAEncryption',
    `        Issuer: ${lineName(issuer)}`,
    '        Validity',
    `            Not Before: ${dateText(notBeforeMs)}`,
    `            Not After : ${dateText(notAfterMs)}`,
    `        Subject: ${lineName(subject)}`,
    ...keyLines(fields[5]!),
    ...(extensions.length === 0 ? [] : ['        X509v3 extensions:', ...extensionLines(extensions, '            ')]),
    ...signatureLines(signature!),
  ];
}

/** A small number stands on the line itself. */
function serialLines(serial: string): readonly string[] {
  const pairs = serial.match(/../g) ?? [];
  if (pairs.length > 8) return ['        Serial Number:', `            ${pairs.join(':')}`];
  const number = BigInt(`0x${serial}`);
  return [`        Serial Number: ${number} (0x${number.toString(16)})`];
}

/** As `openssl req -text` shows a request for a certificate. */
export function requestText({ der, subject }: Pick<SigningRequest, 'der' | 'subject'>): readonly string[] {
  const [info, , signature] = readAll(readOne(der, TAG.sequence).body);
  const [, , keyInfo, attributes] = readAll(info!.body);
  const given = attributes === undefined ? [] : readAll(attributes.body);
  const asked = given.find(({ body }) => readOid(readAll(body)[0]!) === EXTENSION_REQUEST);
  const extensions = asked === undefined ? [] : readAll(readOne(readAll(asked.body)[1]!.body, TAG.sequence).body);
  return [
    'Certificate Request:',
    '    Data:',
    '        Version: 1 (0x0)',
    `        Subject: ${lineName(subject)}`,
    ...keyLines(keyInfo!),
    '        Attributes:',
    ...(given.length === 0 ? ['            (none)'] : []),
    '            Requested Extensions:',
    ...extensionLines(extensions, '                '),
    ...signatureLines(signature!),
  ];
}
