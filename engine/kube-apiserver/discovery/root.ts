import type { KindDescriptor } from '../../api/descriptor.ts';
import type { ApiRequest, ApiResponse } from '../../api/request.ts';
import { hash32 } from '../../sim/index.ts';
import { negotiate } from '../media-type.ts';
import { aggregatedDiscovery, apiGroupList, apiVersions } from './documents.ts';

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';

interface Document {
  readonly kinds: readonly KindDescriptor[];
  readonly body: object;
  readonly etag: string;
}

/**
 * `/api` and `/apis`. Controllers ask again and again whether there is something new, so the aggregated documents are
 * made once for each set of kinds.
 */
export class RootDiscovery {
  readonly #documents = new Map<string, Document>();

  /** @param core `/api`, else `/apis`. */
  serve(request: ApiRequest, kinds: readonly KindDescriptor[], core: boolean): ApiResponse {
    if (negotiate(request.headers?.['accept'], { protobuf: request.writesProtobuf }).as !== 'APIGroupDiscoveryList') {
      return {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: core ? apiVersions() : apiGroupList(kinds),
      };
    }
    const path = core ? '/api' : '/apis';
    const document = upToDate(this.#documents.get(path), kinds, core);
    this.#documents.set(path, document);
    const { body, etag } = document;
    const headers = { 'content-type': AGGREGATED, etag, vary: 'Accept' };
    if (request.headers?.['if-none-match'] === etag) return { status: 304, headers };
    return { status: 200, headers, body };
  }
}

function upToDate(known: Document | undefined, kinds: readonly KindDescriptor[], core: boolean): Document {
  if (known !== undefined && sameKinds(known.kinds, kinds)) return known;
  const body = aggregatedDiscovery(kinds, core);
  const text = JSON.stringify(body);
  return { kinds, body, etag: `"${hex(hash32(text, 0))}${hex(hash32(text, 1))}"` };
}

function sameKinds(a: readonly KindDescriptor[], b: readonly KindDescriptor[]): boolean {
  return a === b || (a.length === b.length && a.every((kind, index) => kind === b[index]));
}

function hex(hash: number): string {
  return hash.toString(16).padStart(8, '0').toUpperCase();
}
