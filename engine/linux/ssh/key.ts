import { createSha256 } from '../hash.ts';
import { concatBytes } from '../stdio.ts';
import { readPem } from '../tls/pem.ts';
import { FieldReader, SshError, uint32, writeFields } from './wire.ts';

// Keys in the form of Ed25519 keys, and in nothing but the form: the public half is a digest of the private one, and a
// signature is a digest that anybody could make. They tell who is meant, as certificates here do.

const TYPE = 'ssh-ed25519';
const MAGIC = 'openssh-key-v1\0';
const BLOCK_BYTES = 8;

/** Random bytes that a new key takes. */
export const KEY_BYTES = 32;

export interface SshKey {
  /** As it goes over the wire, type and all. */
  readonly blob: Uint8Array;
  readonly comment: string;
  /** `-----BEGIN OPENSSH PRIVATE KEY-----` */
  readonly pem: string;
}

export function makeSshKey(random: Uint8Array, comment: string): SshKey {
  const half = digest(random);
  const blob = writeFields(TYPE, half);
  const check = uint32(random[0]! * 0x01010101);
  let secret = concatBytes([check, check, blob, writeFields(concatBytes([random, half]), comment)]);
  for (let pad = 1; secret.length % BLOCK_BYTES !== 0; pad++) secret = concatBytes([secret, Uint8Array.of(pad)]);
  const magic = Uint8Array.from(MAGIC, (letter) => letter.charCodeAt(0));
  const body = concatBytes([magic, writeFields('none', 'none', '', 1, blob, secret)]);
  const lines = toBase64(body).match(/.{1,70}/g) ?? [];
  const pem = `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
  return { blob, comment, pem };
}

/** A private key of a file; undefined when there is none in it. */
export function readSshKey(text: string): SshKey | undefined {
  const block = readPem(text).find(({ label }) => label === 'OPENSSH PRIVATE KEY');
  if (block === undefined) return undefined;
  try {
    const fields = new FieldReader(block.bytes, MAGIC.length);
    for (let skipped = 0; skipped < 3; skipped++) fields.bytes();
    if (fields.number() !== 1) return undefined;
    const blob = fields.bytes();
    const secret = new FieldReader(fields.bytes(), 8);
    secret.text();
    secret.bytes();
    secret.bytes();
    return { blob, comment: secret.text(), pem: text };
  } catch (error) {
    if (!(error instanceof SshError)) throw error;
    return undefined;
  }
}

/** `ssh-ed25519 AAAA… comment`, as `.pub` files, authorized_keys and known_hosts have it. */
export function publicLine({ blob, comment }: Pick<SshKey, 'blob' | 'comment'>): string {
  return `${TYPE} ${toBase64(blob)}${comment === '' ? '' : ` ${comment}`}`;
}

/** The key of such a line, options before it passed over; undefined when there is none. */
export function readPublicLine(line: string): { readonly blob: Uint8Array; readonly comment: string } | undefined {
  const [, text, comment = ''] = /(?:^|\s)ssh-ed25519\s+([A-Za-z0-9+/=]+)(?:\s+(.*))?$/.exec(line.trim()) ?? [];
  const blob = text === undefined ? undefined : fromBase64(text);
  return blob === undefined ? undefined : { blob, comment };
}

export function sameKey(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}

/** `SHA256:` and the digest without its filling, as everything shows keys. */
export function fingerprint(blob: Uint8Array): string {
  return `SHA256:${toBase64(digest(blob)).replaceAll('=', '')}`;
}

/** What stands for a signature of these bytes. */
export function sealOf(blob: Uint8Array, bytes: Uint8Array): Uint8Array {
  const first = digest(concatBytes([blob, bytes]));
  return writeFields(TYPE, concatBytes([first, digest(first)]));
}

export function digest(bytes: Uint8Array): Uint8Array {
  const hash = createSha256();
  hash.update(bytes);
  return hash.digest();
}

function toBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
