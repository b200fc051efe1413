/**
 * The API server: `handle(request)` answers any request to a Kubernetes API, as a function of what etcd holds.
 *
 * A request passes, in this order: who asks (`authentication/`), may they (`authorization/`), path and method
 * (`routes.ts`), decoding and field validation (`decode/`), defaults, admission (`admission/`), the kind's
 * own rules and the store (`registry/`), and the form the client wants (`table.ts`). What is written reaches watchers
 * through `watch/`. Everything a kind has of its own is in its descriptor in `api/`. Where others
 * have to be asked first (webhooks), the answer comes later: `request-scope.ts`.
 */

export type { HttpOutcome, HttpRequest } from '../api/http-port.ts';
export { LATE_PLUGINS } from './admission/configured/configured-admission.ts';
export { type AdmissionFlags, checkAdmissionFlags } from './admission/index.ts';
export type { AggregatedServer, ServiceDialer } from './aggregation.ts';
export { type ApiServer, type ApiServerOptions, createApiServer } from './api-server.ts';
export type { BootstrapTokenUser } from './authentication/bootstrap-tokens.ts';
export type { TokenKey } from './authentication/token-key.ts';
export { authorizationModes } from './authorization/modes.ts';
export type { ResourceHandler } from './context.ts';
export type { ApiExtensions } from './custom-resources/extensions.ts';
export { isEncrypted } from './encrypted-value.ts';
export type { OpenedValues } from './encryption/encrypting-etcd.ts';
export type { Descriptions } from './openapi/schemas.ts';
export type { FindUpkeep } from './registry/service/address-upkeep.ts';
export { SERVICE_CLUSTER_IP_RANGE } from './registry/service/cluster-ips.ts';
export type { WebhookTarget } from './webhook-client.ts';
