import type { KubeList, KubeObject, Manifest } from '../api/object.ts';
import type { ApiRequest, ApiResponse, WatchSink } from '../api/request.ts';
import { type Resource, resourcePath } from '../api/resources.ts';
import { type Status, StatusError } from '../api/status-error.ts';
import type { Transport } from './transport.ts';

export interface ListOptions {
  /** All namespaces unless told. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  readonly resourceVersion?: string;
}

export interface WatchOptions extends Omit<ListOptions, 'limit' | 'continue'> {
  readonly allowWatchBookmarks?: boolean;
}

export interface WriteOptions {
  readonly fieldManager?: string;
  readonly dryRun?: boolean;
  readonly fieldValidation?: 'Strict' | 'Warn' | 'Ignore';
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export type PatchType = 'json' | 'merge' | 'strategic-merge' | 'apply';

const PATCH_CONTENT_TYPES: Readonly<Record<PatchType, string>> = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
};

/**
 * A typed client of the API server. Every method throws a `StatusError` for what the server refuses and a
 * `ConnectionError` when no server answers.
 */
export class Client {
  readonly #transport: Transport;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #isComponent: boolean;

  /** @param options `isComponent` for one of the cluster's own: the server need not look how large is what it sends. */
  constructor(transport: Transport, options: { readonly userAgent?: string; readonly isComponent?: boolean } = {}) {
    this.#transport = transport;
    this.#headers = { 'user-agent': options.userAgent ?? 'drydock', accept: 'application/json' };
    this.#isComponent = options.isComponent ?? false;
  }

  /** The operations on one resource. */
  resource<T extends KubeObject>(resource: Resource<T>): ResourceClient<T> {
    return new ResourceClient<T>(this, resource);
  }

  /** Any request, with the answer as it is. */
  request(request: ApiRequest): ApiResponse {
    const headers = request.headers === undefined ? this.#headers : { ...this.#headers, ...request.headers };
    return this.#exchange({ ...request, headers, fromComponent: this.#isComponent });
  }

  /** The body of the answer to a request about a resource. */
  send(method: ApiRequest['method'], { path, info }: Target, query?: ApiRequest['query'], body?: unknown): unknown {
    const [headers, fromComponent] = [this.#headers, this.#isComponent];
    return this.#exchange({ method, path, info, query, body, headers, fromComponent }).body;
  }

  #exchange(request: ApiRequest): ApiResponse {
    const response = this.#transport(request);
    if (response.status >= 400) throw new StatusError(refusal(response));
    return response;
  }
}

/** A path that nobody serves is answered with a text; client-go makes this Status of it. */
function refusal({ status, body }: ApiResponse): Status {
  if (typeof body === 'object' && body !== null) return body as Status;
  const unknown = status === 404;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message: unknown ? 'the server could not find the requested resource' : String(body),
    reason: unknown ? 'NotFound' : 'Unknown',
    code: status,
  };
}

type Target = Pick<ApiRequest, 'path' | 'info'>;

/** The operations on one resource; `namespace` is required for namespaced kinds. */
export class ResourceClient<T extends KubeObject> {
  readonly #client: Client;
  readonly #resource: Resource<T>;

  constructor(client: Client, resource: Resource<T>) {
    this.#client = client;
    this.#resource = resource;
  }

  get(name: string, namespace?: string): T {
    return this.#client.send('GET', this.#at(namespace, name)) as T;
  }

  list(options: ListOptions = {}): KubeList<T> {
    const { namespace, ...query } = options;
    return this.#client.send('GET', this.#at(namespace), stringQuery(query)) as KubeList<T>;
  }

  create(object: Manifest<T>, options: WriteOptions = {}): T {
    return this.#client.send('POST', this.#at(object.metadata.namespace), writeQuery(options), object) as T;
  }

  update(object: T, options: WriteOptions = {}): T {
    return this.#put(object, undefined, options);
  }

  updateStatus(object: T, options: WriteOptions = {}): T {
    return this.#put(object, 'status', options);
  }

  patch(
    name: string,
    namespace: string | undefined,
    type: PatchType,
    body: unknown,
    options: WriteOptions & { readonly subresource?: string; readonly force?: boolean } = {},
  ): T {
    const at = this.#at(namespace, name, options.subresource);
    const query = { ...writeQuery(options), ...(options.force === true ? { force: 'true' } : {}) };
    const headers = { 'content-type': PATCH_CONTENT_TYPES[type] };
    return this.#client.request({ method: 'PATCH', ...at, query, body, headers }).body as T;
  }

  /** Returns the object while it is still terminating, else a Status. */
  delete(name: string, namespace?: string, options: DeleteOptions = {}): T | Status {
    const body = { kind: 'DeleteOptions', apiVersion: 'v1', ...options };
    return this.#client.send('DELETE', this.#at(namespace, name), undefined, body) as T | Status;
  }

  /** A POST to a subresource, e.g. `binding`. */
  createSubresource(name: string, namespace: string | undefined, subresource: string, body: unknown): unknown {
    return this.#client.send('POST', this.#at(namespace, name, subresource), undefined, body);
  }

  /** Begins a watch; the returned function stops it. */
  watch(options: WatchOptions, sink: WatchSink): () => void {
    const { namespace, ...query } = options;
    const response = this.#client.request({
      method: 'GET',
      ...this.#at(namespace),
      query: { ...stringQuery(query), watch: 'true' },
    });
    return response.watch!(sink);
  }

  #put(object: T, subresource: string | undefined, options: WriteOptions): T {
    const { name, namespace } = object.metadata;
    return this.#client.send('PUT', this.#at(namespace, name, subresource), writeQuery(options), object) as T;
  }

  /** The collection or the object as a request names it. */
  #at(namespace = '', name?: string, subresource?: string): Target {
    const { group, version, plural } = this.#resource;
    const path = resourcePath(this.#resource, namespace, name, subresource);
    // Without its name an object's path leads elsewhere.
    if (name === '') return { path };
    return {
      path,
      info: { group, version, namespace, resource: plural, name: name ?? '', subresource: subresource ?? '' },
    };
  }
}

function stringQuery(options: Readonly<Record<string, string | number | boolean | undefined>>): Record<string, string> {
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined) query[name] = String(value);
  }
  return query;
}

function writeQuery(options: WriteOptions): Record<string, string> | undefined {
  const { fieldManager, dryRun, fieldValidation } = options;
  if (fieldManager === undefined && fieldValidation === undefined && dryRun !== true) return undefined;
  return stringQuery({ fieldManager, fieldValidation, dryRun: dryRun === true ? 'All' : undefined });
}
