import { badRequest, forbidden, resourceName } from '../../api/errors.ts';
import { ANONYMOUS, type ApiRequest, type UserInfo } from '../../api/request.ts';
import { type Access, type Authorizer, refusalOf } from '../authorization/access.ts';

// https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/

const USER = 'impersonate-user';
const GROUP = 'impersonate-group';
const UID = 'impersonate-uid';
const EXTRA = 'impersonate-extra-';
const AUTHENTICATION = 'authentication.k8s.io';
const ACCOUNT = /^system:serviceaccount:([^:]+):([^:]+)$/;

/** Whom a request is to be taken for. */
interface Wanted {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid: string | undefined;
  readonly extra: Readonly<Record<string, readonly string[]>>;
}

/**
 * The user that a request is made as when its sender asks to be taken for somebody else; undefined when not.
 *
 * @throws StatusError Forbidden when the sender may not `impersonate` each thing asked for.
 */
export function impersonate({ headers }: ApiRequest, sender: UserInfo, authorizer: Authorizer): UserInfo | undefined {
  if (headers === undefined || !asksForIt(headers)) return undefined;
  const wanted = readWanted(headers);
  if (wanted === undefined) return undefined;
  for (const access of asks(wanted, sender)) {
    const decision = authorizer.authorize(access);
    if (decision.allowed) continue;
    throw forbidden(resourceName(access.resource, access.group), access.name, refusalOf(access, decision.reason));
  }
  return impersonated(wanted);
}

function asksForIt(headers: Readonly<Record<string, string>>): boolean {
  for (const name in headers) if (name.startsWith('impersonate-')) return true;
  return false;
}

function readWanted(headers: Readonly<Record<string, string>>): Wanted | undefined {
  const username = headers[USER] ?? '';
  const uid = headers[UID];
  const groups = values(headers[GROUP]);
  const extra: Record<string, readonly string[]> = {};
  for (const name in headers) {
    if (name.startsWith(EXTRA)) extra[decodeKey(name.slice(EXTRA.length))] = values(headers[name]);
  }
  if (username !== '') return { username, groups, uid, extra };
  if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return undefined;
  throw badRequest('requested impersonation of groups or a uid without impersonating a user');
}

/** Several values of one header come as lines. */
function values(header: string | undefined): readonly string[] {
  return header === undefined || header === '' ? [] : header.split('\n');
}

function decodeKey(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

/** What the sender must be allowed to impersonate. */
function asks({ username, groups, uid, extra }: Wanted, user: UserInfo): readonly Access[] {
  const ask = (resource: string, name: string, more: Partial<Access> = {}): Access => {
    const base = { user, verb: 'impersonate', group: '', resource, subresource: '', namespace: '', name, path: '' };
    return { ...base, ...more };
  };
  const account = ACCOUNT.exec(username);
  return [
    account === null ? ask('users', username) : ask('serviceaccounts', account[2]!, { namespace: account[1]! }),
    ...groups.map((group) => ask('groups', group)),
    ...Object.entries(extra).flatMap(([key, all]) =>
      all.map((value) => ask('userextras', value, { group: AUTHENTICATION, subresource: key })),
    ),
    ...(uid === undefined ? [] : [ask('uids', uid, { group: AUTHENTICATION })]),
  ];
}

/** Groups that a user always has come by themselves. */
function impersonated({ username, groups, uid, extra }: Wanted): UserInfo {
  const account = ACCOUNT.exec(username);
  const all = [...groups];
  if (account !== null && groups.length === 0) {
    all.push('system:serviceaccounts', `system:serviceaccounts:${account[1]}`);
  }
  if (username === ANONYMOUS.username) {
    if (all.length === 0) all.push('system:unauthenticated');
  } else if (!all.includes('system:unauthenticated') && !all.includes('system:authenticated')) {
    all.push('system:authenticated');
  }
  return {
    username,
    ...(uid === undefined ? {} : { uid }),
    groups: all,
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  };
}
