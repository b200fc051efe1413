import { sameValue } from '../../api/copy-on-write.ts';
import { SERVICE_NAME } from '../../api/discovery/slice-service.ts';
import type { EndpointSlice, Endpoints, Service } from '../../api/kinds.ts';
import { endpointSlices, endpoints, services } from '../../api/resources.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { controllerReference } from '../claim.ts';
import type { ControllerContext } from '../controller-context.ts';
import { type Endpoint, type EndpointGroup, portsKey } from '../endpoint-group.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { hasSelector } from '../selected-pods.ts';
import { planSlices } from '../slice-plan.ts';
import { MANAGED_BY, SliceWriter } from '../slice-writer.ts';
import { LAST_CHANGE } from '../trigger-times.ts';
import { NEWS_TIMEOUT_MS } from '../written-versions.ts';

const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const LEADER = 'control-plane.alpha.kubernetes.io/leader';
/** `--mirroring-max-endpoints-per-subset` */
const MAX_PER_SUBSET = 1_000;
const NONE: ReadonlyMap<string, EndpointGroup> = new Map();

/**
 * Copies Endpoints that people write by hand, for Services without a selector, into EndpointSlices.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#endpointslice-mirroring, after
 * `pkg/controller/endpointslicemirroring`.
 */
export class EndpointSliceMirroringController {
  readonly #services: Informer<Service>;
  readonly #endpoints: Informer<Endpoints>;
  readonly #slices: SliceWriter;
  readonly #recorder: EventRecorder;
  readonly #controller: Controller;

  constructor(context: ControllerContext) {
    const { sim, informers, recorder } = context;
    this.#recorder = recorder('endpoint-slice-mirroring-controller');
    this.#services = informers.for(services);
    this.#endpoints = informers.for(endpoints);
    this.#slices = new SliceWriter(context, MANAGER, (key, slice) => this.#controller.enqueueKey(key, slice));
    this.#controller = new Controller(sim, {
      name: 'endpointslice-mirroring-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#services, this.#endpoints, informers.for(endpointSlices)],
    });
    const changed = (object: Service | Endpoints) => this.#controller.enqueue(object);
    this.#services.addHandlers({ add: changed, update: (_, service) => changed(service), delete: changed });
    this.#endpoints.addHandlers({ add: changed, update: (_, object) => changed(object), delete: changed });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const source = this.#endpoints.lister.byKey(key);
    // The garbage collector takes the slices of Endpoints along that are gone.
    if (source === undefined) {
      this.#slices.forget(key);
      return;
    }
    const existing = this.#slices.of(source);
    if (existing === undefined) {
      this.#controller.queue.addAfter(key, NEWS_TIMEOUT_MS);
      return;
    }
    const service = this.#services.lister.byKey(key);
    const isMirrored = service !== undefined && !hasSelector(service) && wantsMirror(source);
    if (!isMirrored && existing.length === 0) return;
    const labels = sliceLabels(source);
    const annotations = sliceAnnotations(source);
    const isStale = ({ metadata }: EndpointSlice) =>
      !sameValue(metadata.labels, labels) || !sameValue(metadata.annotations ?? {}, annotations);
    const groups = isMirrored ? mirroredGroups(source) : NONE;
    if (isMirrored) this.#tellSkipped(source);
    const plan = planSlices(existing, groups, isStale, MAX_PER_SUBSET);
    try {
      const marks = { labels, owner: controllerReference(source), annotations: () => annotations };
      this.#slices.apply(source, marks, isMirrored ? plan : { ...plan, create: [] });
    } catch (error) {
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  #tellSkipped(source: Endpoints): void {
    const skipped = skippedAddresses(source);
    if (skipped === 0) return;
    const most = `A max of ${MAX_PER_SUBSET} addresses can be mirrored to EndpointSlices per Endpoints subset`;
    this.#recorder.event(source, 'Warning', 'TooManyAddressesToMirror', `${most}. ${skipped} addresses were skipped`);
  }
}

/** How many addresses are too many for the slices of their subsets. */
function skippedAddresses({ subsets = [] }: Endpoints): number {
  return subsets.reduce((skipped, { addresses = [], notReadyAddresses = [] }) => {
    return skipped + Math.max(0, addresses.length + notReadyAddresses.length - MAX_PER_SUBSET);
  }, 0);
}

/** Whether its author has not asked to be left alone; what served for leader election is no list of endpoints. */
function wantsMirror({ metadata }: Endpoints): boolean {
  return metadata.labels?.[SKIP] !== 'true' && metadata.annotations?.[LEADER] === undefined;
}

function mirroredGroups({ subsets = [] }: Endpoints): Map<string, EndpointGroup> {
  const groups = new Map<string, EndpointGroup>();
  for (const { addresses = [], notReadyAddresses = [], ports = [] } of subsets) {
    const listed = [
      ...addresses.map((address) => mirrored(address, true)),
      ...notReadyAddresses.map((address) => mirrored(address, false)),
    ];
    const named = ports.map(({ name = '', port, protocol = 'TCP', appProtocol }) => ({
      name,
      port,
      protocol,
      ...(appProtocol === undefined ? {} : { appProtocol }),
    }));
    const key = portsKey(named);
    const before = groups.get(key)?.endpoints ?? [];
    groups.set(key, { ports: named, endpoints: [...before, ...listed.slice(0, MAX_PER_SUBSET)] });
  }
  return groups;
}

type Address = NonNullable<NonNullable<Endpoints['subsets']>[number]['addresses']>[number];

function mirrored({ ip, hostname, nodeName, targetRef }: Address, ready: boolean): Endpoint {
  return {
    addresses: [ip],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(nodeName ? { nodeName } : {}),
    ...(targetRef === undefined ? {} : { targetRef }),
  };
}

function sliceLabels(source: Endpoints): Readonly<Record<string, string>> {
  const { 'endpoints.kubernetes.io/managed-by': _, ...own } = source.metadata.labels ?? {};
  return { ...own, [SERVICE_NAME]: source.metadata.name, [MANAGED_BY]: MANAGER };
}

/** All but those about the Endpoints object itself. */
function sliceAnnotations({ metadata }: Endpoints): Readonly<Record<string, string>> {
  const { [LAST_CHANGE]: _, [LAST_APPLIED]: __, ...own } = metadata.annotations ?? {};
  return own;
}
