import { unauthorized } from '../../api/errors.ts';
import type { ApiRequest, UserInfo } from '../../api/request.ts';
import { ANONYMOUS } from '../authorization.ts';
import type { ServerContext } from '../context.ts';
import { tokenUser, verifyToken } from './service-account-tokens.ts';

const BEARER = /^bearer (.*)$/i;

/**
 * Who sends a request: whom the transport knows, whom a ServiceAccount's token names, or nobody in particular.
 *
 * @throws StatusError Unauthorized for a token that is not valid.
 */
export function authenticate({ user, headers }: ApiRequest, { clock, lookup }: ServerContext): UserInfo {
  if (user !== undefined) return user;
  const token = BEARER.exec(headers?.['authorization'] ?? '')?.[1];
  if (token === undefined) return ANONYMOUS;
  const claims = verifyToken(token.trim(), clock.nowMs / 1000, lookup);
  if (claims === undefined) throw unauthorized();
  return tokenUser(claims);
}
