import type { Secret } from '../../api/kinds.ts';
import type { UserInfo } from '../../api/request.ts';
import type { Lookup } from '../admission/admission.ts';

const GROUPS = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/** @param token of the form of one */
export type BootstrapTokenUser = (token: string, nowMs: number, lookup: Lookup) => UserInfo | undefined;

/**
 * Whom a bootstrap token stands for, with which machines ask to join: the Secret of its name in kube-system says so.
 * Undefined for any other, and one that has expired.
 * https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/, after `plugin/pkg/auth/authenticator/token/bootstrap`.
 */
export const bootstrapTokenUser: BootstrapTokenUser = (token, nowMs, lookup) => {
  const [id, secret] = token.split('.');
  const stored = id && (lookup('secrets', 'kube-system', `bootstrap-token-${id}`) as Secret | undefined);
  if (!stored || stored.metadata.deletionTimestamp || stored.type !== 'bootstrap.kubernetes.io/token') return undefined;
  const say = (key: string) => atob(stored.data?.[key] ?? '');
  if (say('token-id') !== id || say('token-secret') !== secret) return undefined;
  const expiration = say('expiration');
  // What cannot be read as a time has passed.
  if (expiration !== '' && !(Date.parse(expiration) > nowMs)) return undefined;
  if (say('usage-bootstrap-authentication') !== 'true') return undefined;
  const groups = say('auth-extra-groups').split(',');
  if (!groups.every((group) => group === '' || GROUPS.test(group))) return undefined;
  return {
    username: `system:bootstrap:${id}`,
    groups: ['system:bootstrappers', ...groups.filter((group) => group !== ''), 'system:authenticated'],
  };
};
