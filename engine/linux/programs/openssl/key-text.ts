import { hexOf } from '../../hash.ts';
import { type Der, readAll, readOid, readOne, TAG } from '../../tls/der.ts';

const CURVES: Readonly<Record<string, readonly [name: string, nist: string, bits: number]>> = {
  '1.2.840.10045.3.1.7': ['prime256v1', 'P-256', 256],
  '1.3.132.0.34': ['secp384r1', 'P-384', 384],
  '1.3.132.0.35': ['secp521r1', 'P-521', 521],
};
const EC = '1.2.840.10045.2.1';
const RSA = '1.2.840.113549.1.1.1';

/** Bytes with colons between them, so many a line. */
function hexLines(bytes: Uint8Array, perLine: number, indent: string): readonly string[] {
  const pairs = hexOf(bytes).match(/../g) ?? [];
  const lines: string[] = [];
  for (let at = 0; at < pairs.length; at += perLine) {
    const isLast = at + perLine >= pairs.length;
    lines.push(`${indent}${pairs.slice(at, at + perLine).join(':')}${isLast ? '' : ':'}`);
  }
  return lines;
}

/** `Subject Public Key Info` of a certificate or a request. */
export function keyLines({ body }: Der): readonly string[] {
  const [algorithm, bits] = readAll(body);
  const [oid, curve] = readAll(algorithm!.body);
  const key = bits!.body.subarray(1);
  const kind = readOid(oid!);
  const header = (name: string) => ['        Subject Public Key Info:', `            Public Key Algorithm: ${name}`];
  if (kind === RSA) return [...header('rsaEncryption'), ...rsaLines(key)];
  if (kind !== EC || curve === undefined) return header(kind);
  const [name, nist, size] = CURVES[readOid(curve)] ?? [readOid(curve), '', 0];
  return [
    ...header('id-ecPublicKey'),
    `                Public-Key: (${size} bit)`,
    '                pub:',
    ...hexLines(key, 15, '                    '),
    `                ASN1 OID: ${name}`,
    ...(nist === '' ? [] : [`                NIST CURVE: ${nist}`]),
  ];
}

function rsaLines(key: Uint8Array): readonly string[] {
  const [modulus, exponent] = readAll(readOne(key, TAG.sequence).body);
  const power = Number.parseInt(hexOf(exponent!.body), 16);
  const bits = BigInt(`0x${hexOf(modulus!.body)}`).toString(2).length;
  return [
    `                Public-Key: (${bits} bit)`,
    '                Modulus:',
    ...hexLines(modulus!.body, 15, '                    '),
    `                Exponent: ${power} (0x${power.toString(16)})`,
  ];
}

/** What stands at the end: by what it was signed, and the signature. */
export function signatureLines(signature: Der): readonly string[] {
  return [
    '    Signature Algorithm: sha256WithRSAEncryption',
    '    Signature Value:',
    ...hexLines(signature.body.subarray(1), 18, '        '),
  ];
}
