import { SERVICE_NAME } from '../api/discovery/slice-service.ts';
import type { APIService } from '../api/extension-kinds.ts';
import type { HttpOutcome, SendHttp } from '../api/http-port.ts';
import type { Service } from '../api/kinds.ts';
import type { UserInfo } from '../api/request.ts';
import type { Simulation } from '../sim/index.ts';
import { parsed, requestTo } from './aggregated-request.ts';
import type { Aggregation, DiscoveredResource, ServiceDialer } from './aggregation.ts';
import type { Clock } from './clock.ts';
import type { ServedKinds } from './served-kinds.ts';
import { wroteLater } from './writing-later.ts';

const PERIOD_MS = 5000;
const CHECK_TIMEOUT_MS = 5000;
/** As whom the check asks. */
const AGGREGATOR: UserInfo = { username: 'system:kube-aggregator', groups: ['system:masters'] };

type Condition = NonNullable<NonNullable<APIService['status']>['conditions']>[number];
type Judgement = Omit<Condition, 'lastTransitionTime'>;

export interface AvailabilityPorts {
  readonly sim: Simulation;
  readonly clock: Clock;
  readonly served: ServedKinds;
  readonly aggregation: Aggregation;
  readonly dial: ServiceDialer;
  readonly send: SendHttp;
}

/**
 * Looks from time to time whether the servers behind APIServices answer, and says so in their status. The returned
 * function ends that. After kube-aggregator `pkg/controllers/status/remote/remote_available_controller.go`.
 */
export function watchAvailability(ports: AvailabilityPorts): () => void {
  const { sim, served } = ports;
  let stopped = false;
  const look = (): void => {
    for (const object of served.lookup.all('apiservices') as readonly APIService[]) {
      if (object.spec?.service === undefined) continue;
      check(ports, object, (judged) => {
        if (!stopped) write(ports, object.metadata.name, judged);
      });
    }
    timer = sim.schedule(PERIOD_MS, 'kube-apiserver availability', look);
  };
  let timer = sim.schedule(PERIOD_MS, 'kube-apiserver availability', look);
  return () => {
    stopped = true;
    timer.cancel();
  };
}

const PASSED: Judgement = { type: 'Available', status: 'True', reason: 'Passed', message: 'all checks passed' };

function unavailable(reason: string, message: string): Judgement {
  return { type: 'Available', status: 'False', reason, message };
}

/** Asks the server what it serves, once its Service leads anywhere. */
function check(
  { served, aggregation, send, dial }: AvailabilityPorts,
  object: APIService,
  judged: (found: Judgement) => void,
) {
  const { lookup } = served;
  const { namespace = '', name = '', port = 443 } = object.spec?.service ?? {};
  const service = lookup('services', namespace, name) as Service | undefined;
  if (service === undefined)
    return judged(unavailable('ServiceNotFound', `service/${name} in "${namespace}" is not present`));
  const served443 = service.spec.ports?.find((each) => each.port === port);
  if (served443 === undefined)
    return judged(
      unavailable('ServicePortError', `service/${name} in "${namespace}" is not listening on port ${port}`),
    );
  if (service.spec.type !== 'ExternalName' && !hasEndpoints(served, namespace, name)) {
    const message = `endpoints for service/${name} in "${namespace}" have no addresses with port name "${served443.name ?? ''}"`;
    return judged(unavailable('MissingEndpoints', message));
  }
  if (dial(namespace, name) !== undefined) return judged(PASSED);
  const { group, version } = object.spec ?? {};
  const path = `/apis/${group}/${version}`;
  const request = requestTo(object.spec!, lookup, { method: 'GET', path }, AGGREGATOR);
  const url = 'error' in request ? path : `https://${request.host}:${request.port}${path}`;
  const told = (outcome: HttpOutcome): void => {
    if ('error' in outcome) {
      const problem = `Get ${JSON.stringify(url)}: ${outcome.error}`;
      judged(unavailable('FailedDiscoveryCheck', `failing or missing response from ${url}: ${problem}`));
    } else if (outcome.status !== 200) {
      const problem = `bad status from ${url}: ${outcome.status}`;
      judged(unavailable('FailedDiscoveryCheck', `failing or missing response from ${url}: ${problem}`));
    } else {
      const { resources } = (parsed(outcome.body) ?? {}) as { resources?: unknown };
      if (Array.isArray(resources)) aggregation.discovered(object, resources as readonly DiscoveredResource[]);
      judged(PASSED);
    }
  };
  if ('error' in request) told(request);
  else send({ ...request, timeoutMs: CHECK_TIMEOUT_MS }, told);
}

interface Slice {
  readonly metadata: { readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[] | null;
}

function hasEndpoints({ lookup }: ServedKinds, namespace: string, name: string): boolean {
  const slices = lookup.all('endpointslices', namespace) as unknown as readonly Slice[];
  return slices.some(
    ({ metadata, endpoints }) =>
      metadata.labels?.[SERVICE_NAME] === name &&
      (endpoints ?? []).some(({ conditions }) => conditions?.ready !== false),
  );
}

function write({ served, clock }: AvailabilityPorts, name: string, judged: Judgement): void {
  const object = served.lookup('apiservices', '', name) as APIService | undefined;
  if (object === undefined) return;
  const before = object.status?.conditions?.find(({ type }) => type === 'Available');
  if (before?.status === judged.status && before?.reason === judged.reason && before?.message === judged.message)
    return;
  const now = new Date(Math.floor(clock.nowMs / 1000) * 1000).toISOString().replace('.000', '');
  const lastTransitionTime = before?.status === judged.status ? before?.lastTransitionTime : now;
  const others = (object.status?.conditions ?? []).filter(({ type }) => type !== 'Available');
  const conditions = [...others, { ...judged, lastTransitionTime }];
  wroteLater(() => served.write('apiservices', { ...object, status: { conditions } } as APIService));
}
