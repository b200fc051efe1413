import { Errno } from '../../errno.ts';
import { createMd5, createSha1 } from '../../hash.ts';
import type { HttpServerResponse } from '../../http.ts';
import { concatBytes, decode, encode } from '../../stdio.ts';
import { complain, type Exchange } from './exchange.ts';
import { expand } from './variables.ts';

/** Whether a request may come in, by address and by password. Undefined: it may. */
export function checkAccess(exchange: Exchange): HttpServerResponse | undefined {
  const { access, satisfyAny, auth } = exchange.settings;
  const rule = access.find(({ contains }) => contains(exchange.request.peer.address));
  const denied = access.length > 0 && rule?.allow === false;
  if (satisfyAny && access.length > 0 && auth !== undefined) {
    if (rule?.allow === true) return undefined;
    return checkPassword(exchange);
  }
  if (denied) {
    complain(exchange, 'access forbidden by rule');
    return { status: 403 };
  }
  return auth === undefined ? undefined : checkPassword(exchange);
}

/** HTTP Basic authentication against a file of `name:password` lines, as htpasswd writes it. */
function checkPassword(exchange: Exchange): HttpServerResponse | undefined {
  const { auth } = exchange.settings;
  const realm = expand(auth!.realm, exchange);
  if (realm === 'off') return undefined;
  const refusal = { status: 401, headers: { 'WWW-Authenticate': `Basic realm="${realm}"` } };
  const given = /^basic\s+(\S+)$/i.exec(exchange.request.headers['authorization'] ?? '')?.[1];
  if (given === undefined) {
    complain(exchange, 'no user/password was provided for basic authentication', 'info');
    return refusal;
  }
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(fromBase64(given)) ?? [];
  let text: string;
  try {
    text = decode(exchange.process.readFile(auth!.file));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    complain(exchange, `open() "${auth!.file}" failed (${error.code === 'ENOENT' ? 2 : 13}: ${error.message})`);
    return { status: error.code === 'ENOENT' ? 403 : 500 };
  }
  const line = text.split('\n').find((each) => each.startsWith(`${user}:`));
  if (line === undefined || user === '') {
    complain(exchange, `user "${user}" was not found in "${auth!.file}"`);
    return refusal;
  }
  const stored = line
    .slice(user.length + 1)
    .replace(/:.*/, '')
    .trim();
  if (!isPassword(password, stored)) {
    complain(exchange, `user "${user}": password mismatch`);
    return refusal;
  }
  exchange.user = user;
  return undefined;
}

function fromBase64(text: string): string {
  try {
    return decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return '';
  }
}

/** bcrypt and crypt(3)'s own are not there: such a password is never right. */
function isPassword(password: string, stored: string): boolean {
  if (stored.startsWith('{PLAIN}')) return stored.slice(7) === password;
  if (stored.startsWith('{SHA}')) return stored.slice(5) === base64(digest(createSha1, encode(password)));
  const apr1 = /^\$apr1\$([^$]{1,8})\$/.exec(stored);
  return apr1 !== null && stored === apr1Password(password, apr1[1]!);
}

function digest(create: typeof createMd5, ...pieces: readonly Uint8Array[]): Uint8Array {
  const hash = create();
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** MD5 a thousand times over, as Apache's htpasswd and `openssl passwd -apr1` do. https://httpd.apache.org/docs/2.4/misc/password_encryptions.html */
function apr1Password(password: string, salt: string): string {
  const key = encode(password);
  const grain = encode(salt);
  const inner = digest(createMd5, key, grain, key);
  const pieces: Uint8Array[] = [key, encode('$apr1$'), grain];
  for (let left = key.length; left > 0; left -= 16) pieces.push(inner.subarray(0, Math.min(16, left)));
  for (let bits = key.length; bits > 0; bits >>= 1)
    pieces.push((bits & 1) === 1 ? Uint8Array.of(0) : key.subarray(0, 1));
  let result = digest(createMd5, concatBytes(pieces));
  for (let round = 0; round < 1000; round++) {
    const parts = [round % 2 === 1 ? key : result];
    if (round % 3 !== 0) parts.push(grain);
    if (round % 7 !== 0) parts.push(key);
    parts.push(round % 2 === 1 ? result : key);
    result = digest(createMd5, ...parts);
  }
  let text = '';
  const letters = (value: number, count: number) => {
    for (let at = 0; at < count; at++) text += ALPHABET[(value >> (6 * at)) & 63];
  };
  for (const [a, b, c] of [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ] as const)
    letters((result[a]! << 16) | (result[b]! << 8) | result[c]!, 4);
  letters(result[11]!, 2);
  return `$apr1$${salt}$${text}`;
}
