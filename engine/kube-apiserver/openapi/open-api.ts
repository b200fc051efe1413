import type { KindDescriptor } from '../../api/descriptor.ts';
import { notAcceptable } from '../../api/errors.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { hash32 } from '../../sim/index.ts';
import { respond } from '../context.ts';
import { apiVersionOf } from '../decode/object-decoder.ts';
import { pathItems, SHARED_DEFINITIONS, subresourceDefinitions } from './paths.ts';
import { componentSchemas, type Descriptions, LIST_META, listSchemas } from './schemas.ts';
import { type Described, swagger } from './swagger.ts';

interface Document {
  /** What it describes: when these are no longer the kinds served, it is made anew. */
  readonly kinds: readonly KindDescriptor[];
  readonly body: Described;
  readonly hash: string;
}

/**
 * The OpenAPI v3 documents, one for each group version: https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3.
 * Clients learn from them how to validate, explain and merge. They are made when first asked for.
 */
export class OpenApi {
  readonly #served: () => readonly KindDescriptor[];
  readonly #serverVersion: string;
  readonly #descriptions: Descriptions;
  readonly #documents = new Map<string, Document>();

  /** @param served every kind that is served at the time of asking. */
  constructor(served: () => readonly KindDescriptor[], serverVersion: string, descriptions: Descriptions) {
    this.#served = served;
    this.#serverVersion = serverVersion;
    this.#descriptions = descriptions;
  }

  /** The answer to `/openapi/v2`, `/openapi/v3` and what is below that; undefined for a path that leads nowhere. */
  serve(request: ApiRequest, segments: readonly string[]): ApiResponse | undefined {
    const [, version, ...rest] = segments;
    if (version === 'v2' && rest.length === 0) return this.#serveV2(request);
    if (version !== 'v3') return undefined;
    const paths = this.#groupVersionPaths();
    if (rest.length === 0) return respond(200, { paths: Object.fromEntries(paths.map((path) => this.#entry(path))) });
    const path = rest.join('/');
    if (!paths.includes(path)) return undefined;
    const { body, hash } = this.#document(path);
    const asked = [request.query?.['hash'] ?? ''].flat()[0];
    const location = documentUrl(path, hash);
    if (asked !== '' && asked !== hash) return { status: 301, headers: { location } };
    const headers = {
      'content-type': 'application/json',
      etag: JSON.stringify(hash),
      ...(asked === '' ? {} : { 'cache-control': 'public, immutable' }),
    };
    if (request.headers?.['if-none-match'] === headers.etag) return { status: 304, headers };
    return { status: 200, headers, body };
  }

  /** Everything in one document, in JSON; in protobuf (for `kubectl explain --output=plaintext-openapiv2`) it is not there. */
  #serveV2(request: ApiRequest): ApiResponse {
    const accept = request.headers?.['accept'] ?? '';
    if (accept !== '' && !/json(?![^,]*protobuf)|\*\/\*/.test(accept)) throw notAcceptable(['application/json']);
    const documents = this.#groupVersionPaths().map((path) => this.#document(path));
    const etag = JSON.stringify(hashOf(documents.map(({ hash }) => hash)));
    const headers = { 'content-type': 'application/json', etag };
    if (request.headers?.['if-none-match'] === etag) return { status: 304, headers };
    return {
      status: 200,
      headers,
      body: swagger(
        documents.map(({ body }) => body),
        this.#serverVersion,
      ),
    };
  }

  #groupVersionPaths(): readonly string[] {
    return [...new Set(this.#served().map((kind) => `${kind.group === '' ? 'api' : 'apis'}/${apiVersionOf(kind)}`))];
  }

  #entry(path: string) {
    return [path, { serverRelativeURL: documentUrl(path, this.#document(path).hash) }] as const;
  }

  #document(path: string): Document {
    const groupVersion = path.slice(path.indexOf('/') + 1);
    const kinds = this.#served().filter((kind) => apiVersionOf(kind) === groupVersion);
    let document = this.#documents.get(path);
    if (document === undefined || !isSameList(document.kinds, kinds)) {
      document = this.#make(kinds);
      this.#documents.set(path, document);
    }
    return document;
  }

  #make(kinds: readonly KindDescriptor[]): Document {
    const roots = [
      ...kinds.map(({ schema }) => schema),
      ...SHARED_DEFINITIONS,
      LIST_META,
      ...subresourceDefinitions(kinds),
    ];
    const schemas = { ...componentSchemas(roots, kinds, this.#descriptions), ...listSchemas(kinds) };
    const body = {
      openapi: '3.0.0',
      info: { title: 'Kubernetes', version: this.#serverVersion },
      paths: pathItems(kinds),
      components: { schemas },
    };
    return { kinds, body, hash: hashOf(body) };
  }
}

function hashOf(document: object): string {
  return hash32(JSON.stringify(document), 0).toString(16).padStart(8, '0').toUpperCase();
}

function isSameList<T>(left: readonly T[], right: readonly T[]): boolean {
  return left.length === right.length && left.every((each, index) => each === right[index]);
}

function documentUrl(path: string, hash: string): string {
  return `/openapi/v3/${path}?hash=${hash}`;
}
