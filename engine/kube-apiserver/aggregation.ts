import type { KindDescriptor, Verb } from '../api/descriptor.ts';
import { notImplemented } from '../api/errors.ts';
import type { APIService } from '../api/extension-kinds.ts';
import type { HttpOutcome, SendHttp } from '../api/http-port.ts';
import type { ApiHandler, ApiRequest, ApiResponse, UserInfo } from '../api/request.ts';
import type { Lookup } from './admission/admission.ts';
import { answerOf, requestTo } from './aggregated-request.ts';
import { TEXT } from './discovery/page.ts';
import { Query } from './query.ts';
import type { Question } from './request-scope.ts';

/** A server that stands behind this one and serves groups of its own. */
export interface AggregatedServer {
  /** For discovery. */
  readonly kinds: readonly KindDescriptor[];
  /** Gets requests as they come, with the user that this server has made out. */
  readonly handle: ApiHandler;
}

/** Finds the servers behind Services that are parts of the simulation; undefined for others, which are reached over the network. */
export type ServiceDialer = (namespace: string, name: string) => AggregatedServer | undefined;

const UNAVAILABLE: ApiResponse = { status: 503, headers: TEXT, body: 'service unavailable\n' };

/** How others are reached. */
export interface AggregationPorts {
  readonly dial: ServiceDialer;
  readonly send: SendHttp;
  /** Waits for answers. */
  readonly ask: (questions: readonly Question[]) => readonly unknown[];
}

/** A resource as a server's discovery has it: `APIResource` of meta/v1. */
export interface DiscoveredResource {
  readonly name: string;
  readonly singularName?: string;
  readonly namespaced?: boolean;
  readonly kind: string;
  readonly verbs?: readonly Verb[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** What a server has said that it serves, in its own words and as kinds. */
interface Discovered {
  readonly resources: readonly DiscoveredResource[];
  readonly kinds: readonly KindDescriptor[];
}

/**
 * Hands requests for a group that an APIService gives to a Service on to the server behind it.
 * https://kubernetes.io/docs/concepts/extend-kubernetes/api-extension/apiserver-aggregation/
 */
export class Aggregation {
  readonly #lookup: Lookup;
  readonly #ports: AggregationPorts;
  /** What servers in Pods have said that they serve, by the name of the APIService. */
  readonly #discovered = new Map<string, Discovered>();

  constructor(lookup: Lookup, ports: AggregationPorts) {
    this.#lookup = lookup;
    this.#ports = ports;
  }

  /** What the servers serve that answer at this moment. */
  kinds(): readonly KindDescriptor[] {
    const found: KindDescriptor[] = [];
    for (const object of this.#lookup.all('apiservices') as readonly APIService[]) {
      const { service, group, version } = object.spec ?? {};
      if (service === undefined) continue;
      const server = this.#ports.dial(service.namespace ?? '', service.name ?? '');
      const kinds =
        server?.kinds ?? (isAvailable(object) ? this.#discovered.get(object.metadata.name)?.kinds : undefined);
      for (const kind of kinds ?? []) if (kind.group === group && kind.version === version) found.push(kind);
    }
    return found;
  }

  /** Notes what the server behind an APIService serves. */
  discovered({ metadata, spec }: APIService, resources: readonly DiscoveredResource[]): void {
    const { group = '', version = '' } = spec ?? {};
    const kinds = mainResources(resources).map((resource) => descriptorOf(group, version, resource, resources));
    this.#discovered.set(metadata.name, { resources, kinds });
  }

  /** The other server's answer; undefined when the path (`apis`, group, version, resource, …) is none of its business. */
  serve(request: ApiRequest, segments: readonly string[], user: UserInfo): ApiResponse | undefined {
    const [first, group, version, resource] = segments;
    if (first !== 'apis' || version === undefined) return undefined;
    const object = this.#lookup('apiservices', '', `${version}.${group}`) as APIService | undefined;
    const { service } = object?.spec ?? {};
    if (object === undefined || service === undefined) return undefined;
    const server = this.#ports.dial(service.namespace ?? '', service.name ?? '');
    // What a server that is part of this one serves is told from its kinds.
    if (server !== undefined && resource === undefined) return undefined;
    if (!isAvailable(object)) return UNAVAILABLE;
    if (server !== undefined) return server.handle({ ...request, user });
    return resource === undefined ? this.#resourceList(object) : this.#passOn(object, request, user);
  }

  /** `/apis/GROUP/VERSION`, as of a few seconds ago: so nobody has to wait for the other server to find out what there is. */
  #resourceList({ metadata, spec }: APIService): ApiResponse {
    const { resources = [] } = this.#discovered.get(metadata.name) ?? {};
    const groupVersion = `${spec?.group}/${spec?.version}`;
    const body = { kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources };
    return { status: 200, headers: { 'content-type': 'application/json' }, body };
  }

  #passOn({ spec }: APIService, request: ApiRequest, user: UserInfo): ApiResponse {
    if (new Query(request).flag('watch'))
      throw notImplemented('watches of aggregated resources are not passed on to servers in Pods');
    const sent = requestTo(spec!, this.#lookup, request, user);
    if ('error' in sent) return answerOf(sent);
    const question: Question = {
      key: `${sent.method} https://${sent.tls?.serverName}${sent.path} ${sent.body ?? ''}`,
      ask: (answered) => this.#ports.send(sent, answered),
    };
    const [outcome] = this.#ports.ask([question]) as [HttpOutcome];
    return answerOf(outcome);
  }
}

function isAvailable({ status }: APIService): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Available' && value === 'True') === true;
}

/** Those with subresources alone are there, too (`pods/http_requests` of the custom metrics API): nothing can be done with them. */
function mainResources(resources: readonly DiscoveredResource[]): readonly DiscoveredResource[] {
  const main = resources.filter(({ name }) => !name.includes('/'));
  const known = new Set(main.map(({ name }) => name));
  const added: DiscoveredResource[] = [];
  for (const { name, namespaced = false } of resources) {
    const [plural = ''] = name.split('/');
    if (known.has(plural)) continue;
    known.add(plural);
    added.push({ name: plural, kind: '', namespaced, verbs: [] });
  }
  return [...main, ...added];
}

/** Of a kind that another server serves only what discovery tells is known. Watches are not passed on, so they are not offered. */
function descriptorOf(
  group: string,
  version: string,
  {
    name,
    kind,
    singularName = '',
    namespaced = false,
    verbs = [],
    shortNames = [],
    categories = [],
  }: DiscoveredResource,
  all: readonly DiscoveredResource[],
): KindDescriptor {
  return {
    group,
    version,
    kind,
    plural: name,
    singular: singularName,
    namespaced,
    verbs: verbs.filter((verb) => verb !== 'watch'),
    shortNames,
    categories,
    schema: '',
    subresources: all
      .filter((each) => each.name.startsWith(`${name}/`))
      .map((each) => each.name.slice(name.length + 1)),
    validateCreate: () => [],
    validateUpdate: () => [],
    columns: [],
  };
}
