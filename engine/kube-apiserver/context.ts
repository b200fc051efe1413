import type { KindDescriptor } from '../api/descriptor.ts';
import type { SendHttp } from '../api/http-port.ts';
import type { NodeDialer } from '../api/node-api.ts';
import type { KubeObject } from '../api/object.ts';
import type { ApiRequest, ApiResponse, RequestInfo, UserInfo } from '../api/request.ts';
import type { EtcdClient } from '../etcd/index.ts';
import type { Simulation } from '../sim/index.ts';
import type { Lookup } from './admission/admission.ts';
import type { AdmissionChain } from './admission/chain.ts';
import type { Aggregation } from './aggregation.ts';
import type { AuditAnnotations } from './audit-annotations.ts';
import type { Authenticator } from './authentication/authenticate.ts';
import type { TokenKey } from './authentication/token-key.ts';
import type { Guard } from './authorization/modes.ts';
import type { Clock } from './clock.ts';
import type { ConvertObjects } from './custom-resources/extensions.ts';
import type { RootDiscovery } from './discovery/root.ts';
import type { CreationFields } from './managed-fields/creation-fields.ts';
import type { Negotiated } from './media-type.ts';
import type { Query } from './query.ts';
import type { ServiceAddresses } from './registry/service/service-addresses.ts';
import type { RequestDraws, RequestScope } from './request-scope.ts';
import type { ServedKinds, ServedResource } from './served-kinds.ts';
import { type Presentation, presentation } from './table.ts';

/** What the handlers of one server share. */
export interface ServerContext {
  readonly sim: Simulation;
  readonly etcd: EtcdClient;
  /** How webhooks convert custom resources. */
  readonly convert: ConvertObjects;
  /** What Services get their addresses from. */
  readonly addresses: ServiceAddresses;
  /** The request that is being handled. */
  readonly scope: RequestScope;
  readonly clock: Clock;
  readonly startedAtSeconds: number;
  readonly dialNode: NodeDialer;
  readonly served: ServedKinds;
  /** Every kind served at this moment. */
  readonly kinds: readonly KindDescriptor[];
  /** What is served at this moment, by `group/version/plural`. */
  readonly resources: ReadonlyMap<string, ServedResource>;
  readonly lookup: Lookup;
  readonly aggregation: Aggregation;
  readonly admission: AdmissionChain;
  readonly authenticator: Authenticator;
  readonly audit: AuditAnnotations;
  readonly tokenKey: TokenKey;
  /** Where clients reach the server. */
  readonly advertiseAddress: string;
  /** Decides who may do what. */
  readonly guard: Guard;
  readonly rootDiscovery: RootDiscovery;
  readonly proxying: Proxying;
  readonly creationFields: CreationFields;
}

/** What proxied requests need. */
export interface Proxying {
  /** Where this server is, for requests that do not say it: `10.0.0.10:6443`. */
  readonly address: string;
  readonly send: SendHttp;
  /** What serves them. */
  readonly handler: () => ResourceHandler;
  /** By which one of several is chosen. */
  readonly draws: RequestDraws;
}

/** A request for a resource that is served. */
export interface ResourceRequest extends ServedResource {
  readonly server: ServerContext;
  readonly request: ApiRequest;
  readonly info: RequestInfo;
  readonly query: Query;
  readonly negotiated: Negotiated;
  /** Who asks. */
  readonly user: UserInfo;
  /** What the client is to be told beside the answer; handlers add to it. */
  readonly warnings: string[];
}

export type ResourceHandler = (request: ResourceRequest) => ApiResponse;

const JSON_HEADERS = { 'content-type': 'application/json' };

/** An answer with an object or a document. */
export function respond(status: number, body: unknown, warnings: readonly string[] = []): ApiResponse {
  if (warnings.length === 0) return { status, headers: JSON_HEADERS, body };
  const warning = warnings.map((text) => `299 - ${JSON.stringify(text)}`).join(', ');
  return { status, headers: { ...JSON_HEADERS, warning }, body };
}

/** How this client wants objects of the resource to look. */
export function presentationFor({ kind, negotiated, query, server }: ResourceRequest): Presentation {
  return presentation(kind, negotiated.as, query.text('includeObject'), () => server.clock.nowMs);
}

/** An answer with one object. */
export function respondWithObject(
  request: ResourceRequest,
  status: number,
  object: KubeObject,
  warnings: readonly string[] = [],
): ApiResponse {
  const told = request.warnings.length === 0 ? warnings : [...warnings, ...request.warnings];
  if (request.negotiated.as === '' && request.kind.storage === undefined) return respond(status, object, told);
  return respond(status, presentationFor(request).object(object), told);
}
