import { sameValue } from '../../api/copy-on-write.ts';
import type { Endpoints, Pod, Service } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import { endpoints, pods, services } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { unlessGone } from '../../client/unless-gone.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { followSelectedPods, hasSelector, isHeadless, selectedPods } from '../selected-pods.ts';
import { TriggerTimes, withLastChange } from '../trigger-times.ts';
import { NEWS_TIMEOUT_MS, WrittenVersions } from '../written-versions.ts';
import { endpointSubsets, truncatedSubsets } from './endpoint-subsets.ts';

const MANAGED_BY = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };
const HEADLESS = 'service.kubernetes.io/headless';
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity';

/**
 * Lists the Pods behind a Service in an Endpoints object of its name, as clients older than EndpointSlices read it.
 * https://kubernetes.io/docs/concepts/services-networking/service/#endpoints, after
 * `pkg/controller/endpoint/endpoints_controller.go`.
 */
export class EndpointsController {
  readonly #endpointsClient: ResourceClient<Endpoints>;
  readonly #services: Informer<Service>;
  readonly #pods: Informer<Pod>;
  readonly #endpoints: Informer<Endpoints>;
  readonly #recorder: EventRecorder;
  readonly #written: WrittenVersions;
  readonly #triggerTimes = new TriggerTimes();
  readonly #controller: Controller;

  constructor({ sim, client, informers, recorder }: ControllerContext) {
    this.#endpointsClient = client.resource(endpoints);
    this.#services = informers.for(services);
    this.#pods = informers.for(pods);
    this.#endpoints = informers.for(endpoints);
    this.#recorder = recorder('endpoint-controller');
    this.#written = new WrittenVersions(sim);
    this.#controller = new Controller(sim, {
      name: 'endpoints-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#services, this.#pods, this.#endpoints],
    });
    this.#controller.watch(this.#services);
    this.#services.addHandlers({ delete: (service) => this.#controller.enqueue(service) });
    followSelectedPods(this.#pods, this.#services, (key, pod) => this.#controller.enqueueKey(key, pod));
    this.#endpoints.addHandlers({
      add: (object) => this.#written.isAheadOf(objectKey(object), []) && this.#controller.enqueue(object),
      update: (_, object) => this.#written.isAheadOf(objectKey(object), []) && this.#controller.enqueue(object),
      delete: (object) => {
        this.#written.forget(objectKey(object), object);
        this.#controller.enqueue(object);
      },
    });
  }

  start(): void {
    this.#controller.start();
  }

  stop(): void {
    this.#controller.stop();
  }

  #reconcile(key: string): void {
    const service = this.#services.lister.byKey(key);
    if (service === undefined) {
      this.#written.forgetAll(key);
      this.#triggerTimes.forget(key);
      this.#deleteFor(key);
      return;
    }
    if (!hasSelector(service)) return;
    const selected = selectedPods(this.#pods, service);
    const current = this.#endpoints.lister.byKey(key);
    if (this.#written.isAheadOf(key, current === undefined ? [] : [current])) {
      this.#controller.queue.addAfter(key, NEWS_TIMEOUT_MS);
      return;
    }
    const changed = this.#triggerTimes.earliest(service, selected);
    const desired = desiredEndpoints(service, endpointSubsets(service, selected), current, changed);
    try {
      if (current === undefined) this.#written.note(key, this.#endpointsClient.create(desired));
      else if (!sameContent(current, desired)) this.#written.note(key, this.#endpointsClient.update(desired));
    } catch (error) {
      this.#tell(desired, current === undefined ? 'Create' : 'Update', error);
      if (!isNamespaceTerminating(error)) throw error;
    }
  }

  /** The Service is gone, and so is the object that we made for it; those of other authors stay. */
  #deleteFor(key: string): void {
    const left = this.#endpoints.lister.byKey(key);
    if (left?.metadata.labels?.['endpoints.kubernetes.io/managed-by'] !== 'endpoint-controller') return;
    const { name, namespace, uid } = left.metadata;
    unlessGone(() => this.#endpointsClient.delete(name, namespace, { preconditions: { uid } }));
  }

  #tell(object: Endpoints, what: 'Create' | 'Update', error: unknown): void {
    if (!(error instanceof StatusError) || isNamespaceTerminating(error)) return;
    const which = what === 'Create' ? `for service ${objectKey(object)}` : objectKey(object);
    const message = `Failed to ${what.toLowerCase()} endpoint ${which}: ${error.message}`;
    this.#recorder.event(object, 'Warning', `FailedTo${what}Endpoint`, message);
  }
}

function desiredEndpoints(
  service: Service,
  subsets: NonNullable<Endpoints['subsets']>,
  current: Endpoints | undefined,
  changed: string | undefined,
): Endpoints {
  const truncated = truncatedSubsets(subsets);
  const { [OVER_CAPACITY]: _, ...others } = current?.metadata.annotations ?? {};
  const capacity: Readonly<Record<string, string>> = truncated === undefined ? {} : { [OVER_CAPACITY]: 'truncated' };
  const annotations = withLastChange({ ...others, ...capacity }, changed);
  const { name, namespace } = service.metadata;
  const labels = { ...service.metadata.labels, ...MANAGED_BY, ...(isHeadless(service) ? { [HEADLESS]: '' } : {}) };
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...(current?.metadata ?? { name, namespace }),
      labels,
      annotations: Object.keys(annotations).length === 0 ? undefined : annotations,
    },
    ...(subsets.length === 0 ? {} : { subsets: truncated ?? subsets }),
  } as Endpoints;
}

/** When something changed is no content: it goes along with what did. */
function sameContent(a: Endpoints, b: Endpoints): boolean {
  return (
    sameValue(a.subsets ?? [], b.subsets ?? []) &&
    sameValue(a.metadata.labels, b.metadata.labels) &&
    a.metadata.annotations?.[OVER_CAPACITY] === b.metadata.annotations?.[OVER_CAPACITY]
  );
}
