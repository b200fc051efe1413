import type { KindDescriptor } from '../api/descriptor.ts';
import type { APIService } from '../api/extension-kinds.ts';
import type { ApiHandler, ApiRequest, ApiResponse, UserInfo } from '../api/request.ts';
import type { Lookup } from './admission/admission.ts';
import { TEXT } from './discovery/page.ts';

/** A server that stands behind this one and serves groups of its own. */
export interface AggregatedServer {
  /** For discovery. */
  readonly kinds: readonly KindDescriptor[];
  /** Gets requests as they come, with the user that this server has made out. */
  readonly handle: ApiHandler;
}

/** Finds the server behind a Service; undefined when none answers there. */
export type ServiceDialer = (namespace: string, name: string) => AggregatedServer | undefined;

const UNAVAILABLE: ApiResponse = { status: 503, headers: TEXT, body: 'service unavailable\n' };

/**
 * Hands requests for a group that an APIService gives to a Service on to the server behind it. Simplified: whoever
 * answers is found by the Service's name, not by its endpoints.
 * https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
 */
export class Aggregation {
  readonly #lookup: Lookup;
  readonly #dial: ServiceDialer;

  constructor(lookup: Lookup, dial: ServiceDialer) {
    this.#lookup = lookup;
    this.#dial = dial;
  }

  /** What the servers serve that answer at this moment. */
  kinds(): readonly KindDescriptor[] {
    const found: KindDescriptor[] = [];
    for (const { spec } of this.#lookup.all('apiservices') as readonly APIService[]) {
      const { service, group, version } = spec ?? {};
      if (service === undefined) continue;
      const server = this.#dial(service.namespace ?? '', service.name ?? '');
      for (const kind of server?.kinds ?? []) if (kind.group === group && kind.version === version) found.push(kind);
    }
    return found;
  }

  /** The other server's answer; undefined when the path (`apis`, group, version, resource, …) is none of its business. */
  serve(request: ApiRequest, segments: readonly string[], user: UserInfo): ApiResponse | undefined {
    const [first, group, version, resource] = segments;
    if (first !== 'apis' || resource === undefined) return undefined;
    const service = (this.#lookup('apiservices', '', `${version}.${group}`) as APIService | undefined)?.spec?.service;
    if (service === undefined) return undefined;
    const server = this.#dial(service.namespace ?? '', service.name ?? '');
    return server === undefined ? UNAVAILABLE : server.handle({ ...request, user });
  }
}
