import type { Certificate, Name } from '../../tls/certificate.ts';

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

/** As `openssl x509 -text` shows a certificate, without the numbers of its key and its signature. */
export function certificateText(certificate: Certificate): readonly string[] {
  const { subject, issuer, notBeforeMs, notAfterMs, dnsNames, addresses, isAuthority, serial, keyType } = certificate;
  const names = [...dnsNames.map((name) => `DNS:${name}`), ...addresses.map((address) => `IP Address:${address}`)];
  const extensions = [
    ...(isAuthority ? ['            X509v3 Basic Constraints: critical', '                CA:TRUE'] : []),
    ...(names.length === 0
      ? []
      : ['            X509v3 Subject Alternative Name: ', `                ${names.join(', ')}`]),
  ];
  return [
    'Certificate:',
    '    Data:',
    '        Version: 3 (0x2)',
    '        Serial Number:',
    `            ${serial.match(/../g)?.join(':') ?? ''}`,
    '        Signature Algorithm: sha256WithRSAEncryption',
    `        Issuer: ${lineName(issuer)}`,
    '        Validity',
    `            Not Before: ${dateText(notBeforeMs)}`,
    `            Not After : ${dateText(notAfterMs)}`,
    `        Subject: ${lineName(subject)}`,
    '        Subject Public Key Info:',
    `            Public Key Algorithm: ${keyType === 'EC' ? 'id-ecPublicKey' : 'rsaEncryption'}`,
    ...(extensions.length === 0 ? [] : ['        X509v3 extensions:', ...extensions]),
  ];
}
