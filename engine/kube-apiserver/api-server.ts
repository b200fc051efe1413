import { componentStatuses } from '../api/core/component-status.ts';
import type { KindDescriptor } from '../api/descriptor.ts';
import { methodNotAllowed, noSuchResource } from '../api/errors.ts';
import type { FeatureGates } from '../api/feature-gates.ts';
import { NO_NETWORK, type SendHttp } from '../api/http-port.ts';
import type { NodeDialer } from '../api/node-api.ts';
import type { ApiHandler, ApiRequest, ApiResponse, RequestInfo, UserInfo } from '../api/request.ts';
import type { EtcdClient } from '../etcd/index.ts';
import type { Simulation } from '../sim/index.ts';
import { AdmissionChain } from './admission/chain.ts';
import { type AdmissionFlags, selectAdmissionPlugins } from './admission/index.ts';
import type { AdmissionServices } from './admission/services.ts';
import { Aggregation, type ServiceDialer } from './aggregation.ts';
import { AuditAnnotations } from './audit-annotations.ts';
import { type AuthenticationOptions, Authenticator } from './authentication/authenticate.ts';
import { impersonate } from './authentication/impersonation.ts';
import { checksumKey, type TokenKey } from './authentication/token-key.ts';
import { escalationCheck } from './authorization/escalation.ts';
import { type AuthorizationMode, createGuard } from './authorization/modes.ts';
import { watchAvailability } from './availability.ts';
import { createDefaultRoles, createServerObjects, createSystemObjects } from './bootstrap.ts';
import { Clock } from './clock.ts';
import { startCompactor } from './compactor.ts';
import { serveComponentStatuses } from './component-statuses.ts';
import type { Proxying, ResourceHandler, ResourceRequest, ServerContext } from './context.ts';
import { respond } from './context.ts';
import { conversionWebhook } from './custom-resources/conversion-webhook.ts';
import { extendedKind } from './custom-resources/extended-kind.ts';
import type { ApiExtensions } from './custom-resources/extensions.ts';
import { startDefinitions } from './custom-resources/start.ts';
import { serveNonResource } from './discovery/non-resource.ts';
import { PAGE_NOT_FOUND } from './discovery/page.ts';
import { RootDiscovery } from './discovery/root.ts';
import { encode } from './encode-response.ts';
import { followFlowSchemas } from './flow-schema-status.ts';
import { gatedKind } from './gated-fields.ts';
import { type Advertise, keepKubernetesService } from './kubernetes-service.ts';
import { CreationFields } from './managed-fields/creation-fields.ts';
import { negotiate } from './media-type.ts';
import { OpenApi } from './openapi/open-api.ts';
import type { Descriptions } from './openapi/schemas.ts';
import { Query } from './query.ts';
import { type FindUpkeep, followServiceAddresses } from './registry/service/address-upkeep.ts';
import type { PortRange } from './registry/service/node-ports.ts';
import { ServiceAddresses } from './registry/service/service-addresses.ts';
import { accessOf, requireAccess } from './request-access.ts';
import { timeLimitMs } from './request-deadline.ts';
import { pathSegments, readRequestInfo } from './request-info.ts';
import { AnswersNeeded, RequestScope } from './request-scope.ts';
import { asStatusError, type Caller, inTrace, noteRefusal } from './request-trace.ts';
import { CREATE_ONLY_KINDS, serveCreateOnly } from './reviews/serve.ts';
import { route } from './routes.ts';
import { ServedKinds, type ServedResource } from './served-kinds.ts';
import { storeMaker } from './store-maker.ts';
import { BookmarkTimer } from './watch/bookmark-timer.ts';
import { WatchCache, type WatchLatency } from './watch/watch-cache.ts';
import { WebhookClient } from './webhook-client.ts';

export interface ApiServerOptions extends AuthenticationOptions {
  readonly sim: Simulation;
  readonly etcd: EtcdClient;
  readonly kinds: readonly KindDescriptor[];
  readonly dialNode: NodeDialer;
  /** Finds the servers behind APIServices; none unless told. */
  readonly dialService?: ServiceDialer;
  /** The way to webhooks and to what is proxied; none unless told. */
  readonly sendHttp?: SendHttp;
  /** 1 to 2 ms unless told. */
  readonly watchLatency?: WatchLatency;
  /** What hands requests on to Pods, Services and nodes; without it those are refused. */
  readonly proxy?: () => ResourceHandler;
  /** `--advertise-address`: where Pods reach the server. Without it there is no Service `default/kubernetes`. */
  readonly advertiseAddress?: string;
  /** How it tells other servers of the cluster that it is there; it is the only one unless told. */
  readonly advertise?: Advertise | undefined;
  /** E.g. `v1.36.2`. */
  readonly serverVersion: string;
  /** `--etcd-compaction-interval`: five minutes unless told; 0 keeps all history. */
  readonly compactionIntervalMs?: number;
  /** `--feature-gates`: none of the alpha features unless told. */
  readonly featureGates?: FeatureGates;
  /** `--service-cluster-ip-range`: 10.96.0.0/12 unless told. */
  readonly serviceRange?: string;
  /** What mends IPAddresses that do not stand for what Services have; without it, nobody does. */
  readonly addressUpkeep?: FindUpkeep | undefined;
  /** `--service-node-port-range`: 30000-32767 unless told. */
  readonly nodePortRange?: PortRange;
  /** `--event-ttl`: an hour unless told. */
  readonly eventTtlSeconds?: number;
  /** Which admission plugins are on; those of the real server's defaults unless told. */
  readonly admission?: AdmissionFlags;
  /** `--authorization-mode`: everything is allowed unless told, as by the real server's default. */
  readonly authorizationModes?: readonly AuthorizationMode[];
  /** The extensions API server, asked when a definition comes; without it, definitions are refused. */
  readonly extensions?: () => ApiExtensions;
  /** Whether APIServices, flow schemas and priority levels say what is served and to whom, as in every real cluster. */
  readonly describesItself?: boolean;
  /** What `--client-ca-file` holds: by whose signature clients' certificates are known. */
  readonly clientCa?: string;
  /** By what ServiceAccounts' tokens are signed; a key of its own unless told. */
  readonly tokenKey?: TokenKey;
  /** Writes down what comes and what becomes of it, around the server itself; nobody does unless told. */
  readonly audit?: AuditRequests | undefined;
  /** Texts for the OpenAPI documents; they are large, and only `kubectl explain` shows them. */
  readonly descriptions?: Descriptions;
}

/** The same handler, with somebody who keeps a log of what comes. */
type AuditRequests = (server: ServerContext, handle: ApiHandler) => ApiHandler;

export interface ApiServer {
  readonly handle: ApiHandler;
  /** Ends all watches and timers; etcd keeps everything. */
  close(): void;
}

const UNSTORED_KINDS: readonly KindDescriptor[] = [...CREATE_ONLY_KINDS, componentStatuses];
const DEFAULT_LATENCY: WatchLatency = { minMs: 1, maxMs: 2 };
const DEFAULT_COMPACTION_MS = 5 * 60_000;
const NOBODY: ServiceDialer = () => undefined;
const NAME_SUFFIX_LENGTH = 5;
const METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'];

/** Starts an API server over an etcd, new or used. */
export function createApiServer(options: ApiServerOptions): ApiServer {
  const server = createContext(options);
  const openApi = new OpenApi(() => server.kinds, options.serverVersion, options.descriptions ?? {});
  const stopLooking = watchAvailability({ ...server, ...waysToServers(options) });
  const stopCompactor = startCompactor(
    options.sim,
    options.etcd,
    options.compactionIntervalMs ?? DEFAULT_COMPACTION_MS,
  );
  createSystemObjects(server);
  if (options.describesItself === true) createServerObjects(server, options.clientCa);
  const stopFlowSchemas = options.describesItself === true ? followFlowSchemas(server) : undefined;
  const { addressUpkeep } = options;
  const stopAddresses = addressUpkeep && followServiceAddresses(server, addressUpkeep);
  if (options.authorizationModes?.includes('RBAC') === true) createDefaultRoles(server, options.featureGates);
  const stopDefinitions = startDefinitions(server, options.extensions);
  const { advertiseAddress } = options;
  const stopService =
    advertiseAddress === undefined ? undefined : keepKubernetesService(server, advertiseAddress, options);
  const attempt = (request: ApiRequest): ApiResponse => {
    try {
      return encode(server, request, serve(server, request, options.serverVersion, openApi));
    } catch (error) {
      if (error instanceof AnswersNeeded) throw error;
      return encode(server, request, failure(error));
    }
  };
  const handle: ApiHandler = (request) =>
    server.scope.handle(
      () => attempt(request),
      request.outside,
      () => timeLimitMs(request),
    );
  return {
    handle: options.audit?.(server, handle) ?? handle,
    close() {
      server.scope.close();
      stopCompactor();
      stopDefinitions();
      stopLooking();
      stopService?.();
      stopFlowSchemas?.();
      stopAddresses?.();
      server.served.close();
      server.guard.close();
    },
  };
}

function createContext(options: ApiServerOptions): ServerContext {
  const {
    sim,
    etcd,
    kinds,
    dialNode,
    watchLatency: latency = DEFAULT_LATENCY,
    extensions,
    admission = {},
    authorizationModes = ['AlwaysAllow'],
    tokenKey = checksumKey(sim.seed),
  } = options;
  const scope = new RequestScope(sim);
  const clock = new Clock(scope);
  const random = scope.draws(sim.random('kube-apiserver'));
  const admissionRandom = scope.draws(sim.random('kube-apiserver/admission'));
  const watchRandom = sim.random('kube-apiserver/watch');
  const networking = (plural: string) => served.resources.get(`networking.k8s.io/v1/${plural}`)?.store;
  const addresses = new ServiceAddresses(networking, options.serviceRange);
  const storeOf = storeMaker(options, { clock, random, scope, addresses });
  const watching = { sim, etcd, latency, random: watchRandom, scope, bookmarks: new BookmarkTimer(sim) };
  const served: ServedKinds = new ServedKinds(UNSTORED_KINDS, (kind) => {
    return { kind, store: storeOf(kind), watchCache: new WatchCache({ ...watching, kind }) };
  });
  for (const kind of kinds) served.add(extendedKind(gatedKind(kind, options.featureGates), extensions));
  const { resources, lookup } = served;
  const guard = createGuard(authorizationModes, etcd, lookup);
  const webhooks = new WebhookClient(lookup, options.sendHttp);
  const [ask, audit] = [scope.answers.bind(scope), new AuditAnnotations(sim)];
  const services: AdmissionServices = {
    nowMs: () => clock.nowMs,
    nameSuffix: () => admissionRandom.nameSuffix(NAME_SUFFIX_LENGTH),
    uid: () => admissionRandom.uuid(),
    audit: (key, value) => audit.add(key, value),
    after: (delayMs, then) => sim.schedule(delayMs, 'kube-apiserver admission', then).cancel,
    webhooks,
    ask,
    equivalents: (kind) => served.sharing(kind),
    authorizer: guard,
    write: (plural, object) => served.write(plural, object),
    objectsOf: (apiVersion, kind) => served.objectsOf(apiVersion, kind),
    compilePolicy: extensions && ((variables) => extensions().compilePolicy(variables)),
  };
  return {
    sim,
    etcd,
    scope,
    addresses,
    convert: conversionWebhook({ webhooks, ask, draws: random }),
    clock,
    startedAtSeconds: Math.floor(clock.nowMs / 1000),
    dialNode,
    served,
    get kinds() {
      return served.kinds;
    },
    resources,
    lookup,
    aggregation: new Aggregation(lookup, { ...waysToServers(options), ask }),
    admission: new AdmissionChain([...selectAdmissionPlugins(admission, services), escalationCheck(guard)], lookup),
    authenticator: new Authenticator(clock, lookup, tokenKey, options),
    audit,
    tokenKey,
    advertiseAddress: options.advertiseAddress ?? '127.0.0.1',
    guard,
    rootDiscovery: new RootDiscovery(),
    proxying: proxyingOf(options, scope),
    creationFields: new CreationFields(),
  };
}

/** How servers behind APIServices are reached: as parts of the simulation, or over the network. */
function waysToServers({ dialService = NOBODY, sendHttp = NO_NETWORK }: ApiServerOptions) {
  return { dial: dialService, send: sendHttp };
}

const NO_PROXY: ResourceHandler = () => {
  throw noSuchResource();
};

function proxyingOf({ sim, advertiseAddress, sendHttp, proxy }: ApiServerOptions, scope: RequestScope): Proxying {
  return {
    address: `${advertiseAddress ?? 'localhost'}:6443`,
    send: sendHttp ?? NO_NETWORK,
    handler: proxy ?? (() => NO_PROXY),
    draws: scope.draws(sim.random('kube-apiserver/proxy')),
  };
}

function serve(server: ServerContext, request: ApiRequest, serverVersion: string, openApi: OpenApi): ApiResponse {
  if (!METHODS.includes(request.method)) throw methodNotAllowed();
  if (request.query?.['timeout'] !== undefined) timeLimitMs(request);
  const target = targetOf(server.served, request);
  if (target === undefined) return PAGE_NOT_FOUND;
  const { segments, info, resource } = target;
  if (request.method === 'OPTIONS' && info?.subresource !== 'proxy') throw methodNotAllowed();
  // A HEAD is a GET whose body the transport leaves out, except to whom it is handed on.
  if (request.method === 'HEAD' && info?.subresource !== 'proxy')
    return serve(server, { ...request, method: 'GET' }, serverVersion, openApi);
  const caller = identify(server, request);
  return inTrace(server.sim, request, info, caller, () => {
    requireAccess(server, accessOf(caller.user, request, info));
    if (segments[0] === 'openapi') return openApi.serve(request, segments) ?? PAGE_NOT_FOUND;
    if (info !== undefined && resource !== undefined)
      return server.audit.during(() => serveResource(server, request, info, resource, caller.user));
    const unstored = info && serveUnstored(server, request, info, caller.user);
    if (unstored !== undefined) return unstored;
    const passedOn = server.aggregation.serve(request, segments, caller.user);
    if (passedOn !== undefined) return passedOn;
    return serveNonResource(request, segments, server, serverVersion) ?? unknownPath(server, info);
  });
}

/** What a request is about. */
interface Target {
  /** Of the path, where it had to be read. */
  readonly segments: readonly string[];
  readonly info: RequestInfo | undefined;
  /** Where that is served here. */
  readonly resource: ServedResource | undefined;
}

/** What its client says, if that is served here, else what its path says. Undefined for a path that cannot be decoded. */
function targetOf(served: ServedKinds, { path, info }: ApiRequest): Target | undefined {
  const told = info && served.find(info);
  if (told !== undefined) return { segments: [], info, resource: told };
  const segments = pathSegments(path);
  if (segments === undefined) return undefined;
  const read = readRequestInfo(segments);
  return { segments, info: read, resource: read && served.find(read) };
}

/** Serves kinds of which nothing is stored; undefined when the path is about something else. */
function serveUnstored(
  server: ServerContext,
  request: ApiRequest,
  info: RequestInfo,
  user: UserInfo,
): ApiResponse | undefined {
  return serveCreateOnly(server, request, info, user) ?? serveComponentStatuses(server, request, info);
}

/** Who sends the request, or whom the sender asks to be taken for. @throws StatusError Unauthorized, Forbidden */
function identify(server: ServerContext, request: ApiRequest): Caller {
  let sender: UserInfo | undefined;
  try {
    sender = server.authenticator.userOf(request);
    const wanted = impersonate(request, sender, server.guard);
    return wanted === undefined ? { user: sender } : { user: wanted, impersonator: sender.username };
  } catch (error) {
    // A request that ends with the question who sends it is in the trace, too.
    const user = sender?.username;
    const component = request.headers?.['user-agent'] ?? user ?? '';
    noteRefusal(server.sim, request, error, { component, key: request.path, ...(user === undefined ? {} : { user }) });
    throw error;
  }
}

function serveResource(
  server: ServerContext,
  request: ApiRequest,
  info: RequestInfo,
  resource: ServedResource,
  user: UserInfo,
): ApiResponse {
  const { kind, store, watchCache } = resource;
  if (!fitsScope(kind, info)) throw noSuchResource();
  const query = new Query(request);
  const { handler } = route(kind, info, request.method, query);
  const custom = kind.custom !== undefined;
  const negotiated = negotiate(request.headers?.['accept'], { protobuf: request.writesProtobuf, custom });
  return handler({
    kind,
    store,
    watchCache,
    server,
    request,
    info,
    query,
    negotiated,
    user,
    warnings: deprecations(kind),
  } satisfies ResourceRequest);
}

function deprecations({ deprecation, custom }: KindDescriptor): string[] {
  const text = deprecation ?? custom?.warning;
  return text === undefined ? [] : [text];
}

/** A version that is served says what it lacks; of other paths nothing is known at all. */
function unknownPath({ kinds }: ServerContext, info: RequestInfo | undefined): ApiResponse {
  if (info === undefined) return PAGE_NOT_FOUND;
  const members = kinds.filter(({ group, version }) => group === info.group && version === info.version);
  if (members.every(({ custom }) => custom !== undefined)) return PAGE_NOT_FOUND;
  throw noSuchResource();
}

/** Cluster-scoped objects have no namespace in their path, objects in a namespace cannot be named without it. */
function fitsScope({ namespaced }: KindDescriptor, { namespace, name }: RequestInfo): boolean {
  return namespaced ? namespace !== '' || name === '' : namespace === '';
}

function failure(error: unknown): ApiResponse {
  const { status } = asStatusError(error);
  const response = respond(status.code, status);
  const seconds = status.details?.retryAfterSeconds ?? 0;
  return seconds === 0 ? response : { ...response, headers: { ...response.headers, 'retry-after': String(seconds) } };
}
