import type { ApiHandler } from '../api/request.ts';
import type { Etcd } from '../etcd/index.ts';
import type { ApiServer } from '../kube-apiserver/index.ts';
import type { TaskGroup } from '../linux/task-group.ts';
import type { Task } from '../sim/index.ts';
import type { EtcdServer } from './etcd-server.ts';

/**
 * An API server over whatever store etcd serves. While none is served, requests end as those of the real server do after their
 * time-out. Simplified: when etcd comes back with another store, all is read anew and every watch ends, where the real server's
 * caches show what was before until somebody restarts it.
 */
export class ApiServerOnEtcd {
  readonly #etcd: EtcdServer;
  readonly #create: (store: Etcd) => ApiServer;
  readonly #stopFollowing: () => void;
  #store: Etcd;
  #server: ApiServer;

  constructor(etcd: EtcdServer, store: Etcd, threads: TaskGroup, create: (store: Etcd) => ApiServer) {
    this.#etcd = etcd;
    this.#create = create;
    this.#store = store;
    this.#server = create(store);
    this.#stopFollowing = etcd.onStore(() => threads.start(this.#goOver()));
  }

  readonly handle: ApiHandler = (request, sourceIp) =>
    this.#etcd.served === this.#store ? this.#server.handle(request, sourceIp) : ETCD_UNAVAILABLE;

  close(): void {
    this.#stopFollowing();
    this.#server.close();
  }

  *#goOver(): Task<void> {
    const { served } = this.#etcd;
    if (served === undefined || served === this.#store) return;
    this.#server.close();
    this.#store = served;
    this.#server = this.#create(served);
  }
}

const ETCD_UNAVAILABLE = {
  status: 500,
  headers: { 'content-type': 'application/json' },
  body: {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: 'etcdserver: request timed out',
    code: 500,
  },
} as const;
