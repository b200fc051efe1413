import type { KubeObject } from '../../api/object.ts';
import type { ApiRequest, ApiResponse, WatchEvent, WatchSink } from '../../api/request.ts';
import type { Status } from '../../api/status-error.ts';
import type { Simulation } from '../../sim/index.ts';
import { ConnectionError } from '../transport.ts';

interface Watcher {
  readonly prefix: string;
  readonly sink: WatchSink;
}

/**
 * The least of an API server that a client can be tested against: collections by path, versions, conflicts, merge
 * patches and watches, and the faults a client must survive. It knows no kinds and checks nothing.
 */
export class FakeApiServer {
  /** While true nobody answers. */
  down = false;
  readonly requests: string[] = [];
  readonly #sim: Simulation;
  readonly #objects = new Map<string, KubeObject>();
  readonly #history: { revision: number; path: string; event: WatchEvent }[] = [];
  readonly #watchers = new Set<Watcher>();
  #revision = 1;
  #compacted = 0;

  constructor(sim: Simulation) {
    this.#sim = sim;
  }

  get watchers(): number {
    return this.#watchers.size;
  }

  /** Ends all watches, as a server does that restarts. */
  dropWatches(): void {
    for (const watcher of [...this.#watchers]) {
      this.#watchers.delete(watcher);
      this.#sim.schedule(0, 'drop', () => watcher.sink.end());
    }
  }

  /** Forgets the history: watches from before get 410. */
  compact(): void {
    this.#compacted = this.#revision;
  }

  readonly transport = (request: ApiRequest): ApiResponse => {
    const isWatch = request.query?.['watch'] === 'true';
    this.requests.push(`${isWatch ? 'WATCH' : request.method} ${request.path}`);
    if (this.down) throw new ConnectionError('dial tcp 10.0.0.2:6443: connect: connection refused');
    if (isWatch) return this.#watch(request);
    switch (request.method) {
      case 'GET':
      case 'HEAD':
        return this.#get(request.path);
      case 'POST':
        return this.#create(request.path, request.body as KubeObject);
      case 'PUT':
        return this.#update(request.path, request.body as KubeObject);
      case 'PATCH':
        return this.#patch(request.path, request.body as Record<string, unknown>);
      case 'DELETE':
        return this.#delete(request.path);
      case 'OPTIONS':
        return failure(405, 'MethodNotAllowed', request.path);
    }
  };

  #get(path: string): ApiResponse {
    const object = this.#objects.get(path);
    if (object !== undefined) return ok(object);
    if (isCollection(path)) {
      const items = [...this.#objects].filter(([at]) => isIn(at, path)).map(([, item]) => item);
      return ok({ kind: 'List', apiVersion: 'v1', metadata: { resourceVersion: String(this.#revision) }, items });
    }
    return failure(404, 'NotFound', `${path} not found`);
  }

  #create(collection: string, body: KubeObject): ApiResponse {
    const path = `${collection}/${body.metadata.name}`;
    if (this.#objects.has(path)) return failure(409, 'AlreadyExists', `${path} already exists`);
    const uid = this.#sim.random('uid').uuid();
    return this.#store('ADDED', path, { ...body, metadata: { ...body.metadata, uid } });
  }

  #update(path: string, body: KubeObject): ApiResponse {
    const stored = this.#objects.get(path);
    if (stored === undefined) return failure(404, 'NotFound', `${path} not found`);
    if (body.metadata.resourceVersion !== stored.metadata.resourceVersion) return failure(409, 'Conflict', 'conflict');
    return this.#store('MODIFIED', path, body);
  }

  #patch(path: string, patch: Record<string, unknown>): ApiResponse {
    const stored = this.#objects.get(path);
    if (stored === undefined) return failure(404, 'NotFound', `${path} not found`);
    return this.#store('MODIFIED', path, { ...stored, ...patch });
  }

  #delete(path: string): ApiResponse {
    const stored = this.#objects.get(path);
    if (stored === undefined) return failure(404, 'NotFound', `${path} not found`);
    const answer = this.#store('DELETED', path, stored);
    this.#objects.delete(path);
    return answer;
  }

  #store(type: 'ADDED' | 'MODIFIED' | 'DELETED', path: string, object: KubeObject): ApiResponse {
    const revision = ++this.#revision;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    this.#objects.set(path, stored);
    const event = { type, object: stored };
    this.#history.push({ revision, path, event });
    for (const watcher of this.#watchers) if (isIn(path, watcher.prefix)) this.#deliver(watcher, event);
    return ok(stored);
  }

  #watch(request: ApiRequest): ApiResponse {
    const from = Number(request.query?.['resourceVersion'] ?? 0);
    return {
      status: 200,
      headers: {},
      watch: (sink) => {
        const watcher: Watcher = { prefix: request.path, sink };
        this.#watchers.add(watcher);
        if (from < this.#compacted) {
          const status = failure(410, 'Expired', 'too old resource version').body as KubeObject;
          this.#deliver(watcher, { type: 'ERROR', object: status });
        } else {
          for (const { revision, path, event } of this.#history) {
            if (revision > from && isIn(path, watcher.prefix)) this.#deliver(watcher, event);
          }
        }
        return () => this.#watchers.delete(watcher);
      },
    };
  }

  #deliver(watcher: Watcher, event: WatchEvent): void {
    this.#sim.schedule(0, 'watch', () => {
      if (this.#watchers.has(watcher)) watcher.sink.event(event);
    });
  }
}

const COLLECTION = /^(\/api\/v1|\/apis\/[^/]+\/[^/]+)(\/namespaces\/[^/]+)?\/[^/]+$/;

function isCollection(path: string): boolean {
  return COLLECTION.test(path);
}

/** Whether an object's path lies in a collection, also in the one over all namespaces. */
function isIn(path: string, collection: string): boolean {
  return (
    path.startsWith(`${collection}/`) || path.replace(/\/namespaces\/[^/]+(?=\/)/, '').startsWith(`${collection}/`)
  );
}

function ok(body: unknown): ApiResponse {
  return { status: 200, headers: {}, body };
}

function failure(code: number, reason: string, message: string): ApiResponse {
  const status: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason, message, code };
  return { status: code, headers: {}, body: status };
}
