import { hexOf } from '../../hash.ts';
import { decode } from '../../stdio.ts';
import { type Der, readAll, readOid, readOne, TAG } from '../../tls/der.ts';

/** How an extension is called, and how its value is shown. */
interface Shown {
  readonly name: string;
  show(value: Uint8Array): string;
}

const KEY_USAGES = [
  'Digital Signature',
  'Non Repudiation',
  'Key Encipherment',
  'Data Encipherment',
  'Key Agreement',
  'Certificate Sign',
  'CRL Sign',
  'Encipher Only',
  'Decipher Only',
];

const EXTENDED_USAGES: Readonly<Record<string, string>> = {
  '1.3.6.1.5.5.7.3.1': 'TLS Web Server Authentication',
  '1.3.6.1.5.5.7.3.2': 'TLS Web Client Authentication',
  '1.3.6.1.5.5.7.3.3': 'Code Signing',
  '1.3.6.1.5.5.7.3.4': 'E-mail Protection',
  '1.3.6.1.5.5.7.3.8': 'Time Stamping',
};

const EXTENSIONS: Readonly<Record<string, Shown>> = {
  '2.5.29.14': { name: 'X509v3 Subject Key Identifier', show: (value) => colons(readOne(value, TAG.octetString).body) },
  '2.5.29.15': { name: 'X509v3 Key Usage', show: keyUsages },
  '2.5.29.17': { name: 'X509v3 Subject Alternative Name', show: alternativeNames },
  '2.5.29.19': { name: 'X509v3 Basic Constraints', show: constraints },
  '2.5.29.35': { name: 'X509v3 Authority Key Identifier', show: (value) => colons(sequence(value)[0]!.body) },
  '2.5.29.37': {
    name: 'X509v3 Extended Key Usage',
    show: (value) =>
      sequence(value)
        .map((oid) => EXTENDED_USAGES[readOid(oid)] ?? readOid(oid))
        .join(', '),
  },
};

/** A list of extensions, each on two lines. */
export function extensionLines(extensions: readonly Der[], indent: string): readonly string[] {
  return extensions.flatMap(({ body }) => {
    const [oid, ...rest] = readAll(body);
    const value = rest.at(-1)!.body;
    const critical = rest.length > 1 ? 'critical' : '';
    const known = EXTENSIONS[readOid(oid!)];
    const [name, text] = known === undefined ? [readOid(oid!), hexOf(value)] : [known.name, known.show(value)];
    return [`${indent}${name}: ${critical}`, `${indent}    ${text}`];
  });
}

/** How `-ext` calls them. */
const SHORT_NAMES: Readonly<Record<string, string>> = {
  authorityKeyIdentifier: '2.5.29.35',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  subjectKeyIdentifier: '2.5.29.14',
};

/** Those of a list that are named, in the certificate's order. */
export function namedExtensions(extensions: readonly Der[], names: readonly string[]): readonly string[] {
  const wanted = names.map((name) => SHORT_NAMES[name] ?? name);
  return extensionLines(
    extensions.filter(({ body }) => wanted.includes(readOid(readAll(body)[0]!))),
    '',
  );
}

function sequence(bytes: Uint8Array): readonly Der[] {
  return readAll(readOne(bytes, TAG.sequence).body);
}

function colons(bytes: Uint8Array): string {
  return (hexOf(bytes).toUpperCase().match(/../g) ?? []).join(':');
}

function keyUsages(value: Uint8Array): string {
  const bits = readOne(value, TAG.bitString).body.subarray(1);
  return KEY_USAGES.filter((_, at) => ((bits[at >> 3] ?? 0) & (0x80 >> (at & 7))) !== 0).join(', ');
}

function constraints(value: Uint8Array): string {
  const [isAuthority, pathLength] = sequence(value);
  const length = pathLength === undefined ? '' : `, pathlen:${Number.parseInt(hexOf(pathLength.body), 16)}`;
  return `CA:${isAuthority?.body[0] === 0xff ? 'TRUE' : 'FALSE'}${length}`;
}

function alternativeNames(value: Uint8Array): string {
  const names = sequence(value).map(({ tag, body }) => {
    if (tag === 0x82) return `DNS:${decode(body)}`;
    if (tag === 0x81) return `email:${decode(body)}`;
    if (tag === 0x86) return `URI:${decode(body)}`;
    if (tag !== 0x87) return '<unsupported>';
    if (body.length === 4) return `IP Address:${body.join('.')}`;
    const groups = Array.from({ length: 8 }, (_, at) => ((body[2 * at]! << 8) | body[2 * at + 1]!).toString(16));
    return `IP Address:${groups.join(':').toUpperCase()}`;
  });
  return names.join(', ');
}
