import { badRequest } from '../../api/errors.ts';
import { describeJsonError } from '../../api/json-syntax.ts';

/** Where a list in chunks goes on: at which revision (-1: whatever is present), and after which key. */
export interface ContinueToken {
  readonly revision: number;
  /** Relative to the listed prefix, with its leading slash. */
  readonly start: string;
}

const VERSION = 'meta.k8s.io/v1';

/** @param lastKey the last key given out, relative to the prefix; the next page begins right after it. */
export function encodeContinue(revision: number, lastKey: string): string {
  const token = JSON.stringify({ v: VERSION, rv: revision, start: `${lastKey}\u0000` });
  return btoa(token).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** @throws StatusError BadRequest for a token this server never made. */
export function decodeContinue(token: string): ContinueToken {
  let text: string;
  try {
    text = atob(token.replaceAll('-', '+').replaceAll('_', '/'));
  } catch {
    throw unusable('continue key is not valid: illegal base64 data at input byte 0');
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw unusable(`continue key is not valid: ${describeJsonError(text)}`);
  }
  const { v, rv, start } = (parsed ?? {}) as Record<string, unknown>;
  if (v !== VERSION)
    throw unusable(
      `continue key is not valid: server does not recognize this encoded version ${JSON.stringify(v ?? '')}`,
    );
  if (typeof rv !== 'number' || !Number.isInteger(rv) || rv === 0) {
    throw unusable(`continue key is not valid: incorrect encoded start resourceVersion (version ${VERSION})`);
  }
  if (typeof start !== 'string' || start === '') {
    throw unusable(`continue key is not valid: encoded start key empty (version ${VERSION})`);
  }
  return { revision: rv, start: start.startsWith('/') ? start : `/${start}` };
}

function unusable(why: string): Error {
  return badRequest(`invalid continue token: ${why}`);
}
