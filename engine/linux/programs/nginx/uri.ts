import { percentDecoded } from '../../http.ts';

/** A path decoded, without `.`, `..` and, unless told otherwise, double slashes. Undefined for one that leads out of the root. */
export function normalUri(target: string, mergeSlashes: boolean): string | undefined {
  const raw = /^[^?#]*/.exec(target.replace(/^https?:\/\/[^/?#]*/i, ''))![0];
  const decoded = percentDecoded(raw === '' ? '/' : raw);
  if (decoded === undefined || decoded.includes('\0') || !decoded.startsWith('/')) return undefined;
  const kept: string[] = [];
  const parts = decoded.slice(1).split('/');
  for (const [at, part] of parts.entries()) {
    const last = at === parts.length - 1;
    if (part === '..') {
      if (kept.length === 0) return undefined;
      kept.pop();
    } else if (part !== '.' && (part !== '' || last || !mergeSlashes)) {
      kept.push(part);
      continue;
    }
    if (last) kept.push('');
  }
  return `/${kept.join('/')}`;
}

const UNSAFE = /[^!$&'()*+,\-./0-9:;=@A-Z_a-z~[\]\\^`{|}<>"]/g;

/** A decoded path as it is put into a request line or a Location. */
export function escapeUri(uri: string): string {
  return uri.replace(UNSAFE, (character) => encodeURIComponent(character));
}
