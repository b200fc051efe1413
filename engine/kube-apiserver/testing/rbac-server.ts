import type { ApiRequest, UserInfo } from '../../api/request.ts';
import { type Answer, startTestServer } from './test-server.ts';

export const RBAC = '/apis/rbac.authorization.k8s.io/v1';

const MASTER: UserInfo = { username: 'root', groups: ['system:masters', 'system:authenticated'] };

/** A server with `Node,RBAC`; `as('jane')` sends requests as a user, `root` may do everything. */
export function startRbacServer(options: Parameters<typeof startTestServer>[0] = {}) {
  const server = startTestServer({ authorizationModes: ['Node', 'RBAC'], ...options });
  const sender =
    (user: UserInfo) =>
    (method: ApiRequest['method'], url: string, body?: unknown, headers?: Record<string, string>): Answer =>
      server.request(method, url, body, headers, user);
  const as = (username: string, ...groups: string[]) =>
    sender({ username, groups: [...groups, 'system:authenticated'] });
  const root = sender(MASTER);
  const node = (name: string) => as(`system:node:${name}`, 'system:nodes');
  root('POST', '/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'default' } });
  return { ...server, as, root, node };
}

/** A ClusterRole of these rules and its binding to a user, in a namespace if one is given. */
export function grant(
  root: ReturnType<typeof startRbacServer>['root'],
  user: string,
  rules: readonly object[],
  namespace = '',
): void {
  const name = `${user}-can`;
  root('POST', `${RBAC}/clusterroles`, { metadata: { name }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const subjects = [{ kind: 'User', name: user }];
  const path = namespace === '' ? 'clusterrolebindings' : `namespaces/${namespace}/rolebindings`;
  root('POST', `${RBAC}/${path}`, { metadata: { name }, roleRef, subjects });
}
