import type { UserInfo } from '../api/request.ts';
import type { RequestInfo } from './request-info.ts';

/** Who a request without credentials comes from. */
export const ANONYMOUS: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** What somebody wants to do. */
export interface AuthorizationRequest {
  readonly user: UserInfo;
  readonly verb: string;
  readonly info: RequestInfo;
}

/**
 * The one place where a request can be refused for who asks: undefined lets it pass, a text refuses it. Everybody may do
 * everything until RBAC is here.
 */
export function authorize(_request: AuthorizationRequest): string | undefined {
  return undefined;
}
