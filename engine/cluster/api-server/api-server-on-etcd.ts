import type { ApiHandler, ApiResponse } from '../../api/request.ts';
import type { Etcd } from '../../etcd/index.ts';
import type { ApiServer } from '../../kube-apiserver/index.ts';
import type { TaskGroup } from '../../linux/task-group.ts';
import type { Task } from '../../sim/index.ts';
import type { EtcdServer } from '../etcd/etcd-server.ts';

/** A server over a store; undefined where that cannot be read. */
type CreateServer = (store: Etcd) => Task<ApiServer | undefined>;

/**
 * An API server over whatever store etcd serves. While none is served, requests end as those of the real server do after their
 * time-out. Simplified: when etcd comes back with another store, all is read anew and every watch ends, where the real server's
 * caches show what was before until somebody restarts it.
 */
export class ApiServerOnEtcd {
  readonly #etcd: EtcdServer;
  readonly #create: CreateServer;
  readonly #stopFollowing: () => void;
  #store: Etcd;
  #server: ApiServer;

  /** @param server that over the store which is served now */
  constructor(etcd: EtcdServer, store: Etcd, server: ApiServer, threads: TaskGroup, create: CreateServer) {
    this.#etcd = etcd;
    this.#create = create;
    this.#store = store;
    this.#server = server;
    this.#stopFollowing = etcd.onStore(() => threads.start(this.#goOver()));
  }

  readonly handle: ApiHandler = (request, sourceIp) => {
    if (this.#etcd.served === this.#store) return this.#server.handle(request, sourceIp);
    if (!HEALTH.test(request.path)) return this.#unavailable();
    const query = { ...request.query, verbose: '' };
    return unhealthy(this.#server.handle({ ...request, query }, sourceIp));
  };

  #unavailable(): ApiResponse {
    const message = `etcdserver: ${this.#etcd.isElecting ? 'leader changed' : 'request timed out'}`;
    const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 };
    return { status: 500, headers: { 'content-type': 'application/json' }, body };
  }

  close(): void {
    this.#stopFollowing();
    this.#server.close();
  }

  *#goOver(): Task<void> {
    const { served } = this.#etcd;
    if (served === undefined || served === this.#store) return;
    const server = yield* this.#create(served);
    if (server === undefined) return;
    this.#server.close();
    this.#store = served;
    this.#server = server;
  }
}

const HEALTH = /^\/(healthz|livez|readyz)$/;

/** What a server tells of its health that all is well with but for etcd. */
function unhealthy(healthy: ApiResponse): ApiResponse {
  if (typeof healthy.body !== 'string') return healthy;
  const body = healthy.body
    .replace('[+]etcd ok', '[-]etcd failed: reason withheld')
    .replace('check passed', 'check failed');
  return { ...healthy, status: 500, body };
}
