import { Errno } from '../../errno.ts';
import { createSha1 } from '../../hash.ts';
import type { HttpServerResponse } from '../../http.ts';
import { decode, encode } from '../../stdio.ts';
import { apr1Password } from '../apr1.ts';
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
  if (stored.startsWith('{SHA}')) return stored.slice(5) === sha1Of(password);
  const apr1 = /^\$apr1\$([^$]{1,8})\$/.exec(stored);
  return apr1 !== null && stored === apr1Password(password, apr1[1]!);
}

function sha1Of(password: string): string {
  const hash = createSha1();
  hash.update(encode(password));
  return btoa(String.fromCharCode(...hash.digest()));
}
