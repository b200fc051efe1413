import { sameValue } from '../../api/copy-on-write.ts';
import { SERVICE_NAME } from '../../api/discovery/slice-service.ts';
import type { EndpointSlice, Node, Pod, Service } from '../../api/kinds.ts';
import { objectKey } from '../../api/object.ts';
import { endpointSlices, nodes, pods, services } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { Controller } from '../../client/controller.ts';
import type { EventRecorder } from '../../client/event-recorder.ts';
import type { Informer } from '../../client/informer.ts';
import { controllerReference } from '../claim.ts';
import type { ControllerContext } from '../controller-context.ts';
import { isNamespaceTerminating } from '../pod-control.ts';
import { followSelectedPods, hasSelector, isHeadless, selectedPods } from '../selected-pods.ts';
import { planSlices } from '../slice-plan.ts';
import { MANAGED_BY, SliceWriter } from '../slice-writer.ts';
import { TriggerTimes, withLastChange } from '../trigger-times.ts';
import { NEWS_TIMEOUT_MS } from '../written-versions.ts';
import { desiredGroups, ZONE } from './desired-endpoints.ts';

const MANAGER = 'endpointslice-controller.k8s.io';
const HEADLESS = 'service.kubernetes.io/headless';

/**
 * Lists the Pods behind a Service in EndpointSlices, which kube-proxy, DNS and ingress controllers follow.
 * https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/, after
 * `pkg/controller/endpointslice/endpointslice_controller.go`. (Hints are given for `trafficDistribution`; the older
 * annotation `topology-mode: Auto` is not acted on.)
 */
export class EndpointSliceController {
  readonly #services: Informer<Service>;
  readonly #pods: Informer<Pod>;
  readonly #nodes: Informer<Node>;
  readonly #slices: SliceWriter;
  readonly #recorder: EventRecorder;
  readonly #triggerTimes = new TriggerTimes();
  readonly #controller: Controller;

  constructor(context: ControllerContext) {
    const { sim, informers, recorder } = context;
    this.#services = informers.for(services);
    this.#pods = informers.for(pods);
    this.#nodes = informers.for(nodes);
    this.#recorder = recorder('endpoint-slice-controller');
    this.#slices = new SliceWriter(context, MANAGER, (key, slice) => this.#controller.enqueueKey(key, slice));
    this.#controller = new Controller(sim, {
      name: 'endpointslice-controller',
      reconcile: (key) => this.#reconcile(key),
      informers: [this.#services, this.#pods, this.#nodes, informers.for(endpointSlices)],
    });
    this.#controller.watch(this.#services);
    this.#services.addHandlers({ delete: (service) => this.#controller.enqueue(service) });
    followSelectedPods(this.#pods, this.#services, (key, pod) => this.#controller.enqueueKey(key, pod));
    this.#nodes.addHandlers({
      add: (node) => this.#nodeChanged(node),
      update: (previous, node) => {
        if (previous.metadata.labels?.[ZONE] !== node.metadata.labels?.[ZONE]) this.#nodeChanged(node);
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
      // The garbage collector takes the slices along.
      this.#slices.forget(key);
      this.#triggerTimes.forget(key);
      return;
    }
    if (!hasSelector(service) || service.spec.type === 'ExternalName') return;
    // Observe …
    const existing = this.#slices.of(service);
    if (existing === undefined) {
      this.#controller.queue.addAfter(key, NEWS_TIMEOUT_MS);
      return;
    }
    const selected = selectedPods(this.#pods, service);
    const desired = desiredGroups(service, selected, (name) => this.#nodes.lister.get(name));

    // … compare, act.
    const labels = sliceLabels(service);
    const changed = this.#triggerTimes.earliest(service, selected);
    const annotations = (before: Readonly<Record<string, string>>) => withLastChange(before, changed);
    const isStale = ({ metadata }: EndpointSlice) => !sameValue(metadata.labels, labels);
    try {
      const marks = { labels, annotations, owner: controllerReference(service) };
      this.#slices.apply(service, marks, planSlices(existing, desired, isStale));
    } catch (error) {
      if (isNamespaceTerminating(error)) return;
      if (error instanceof StatusError) this.#tell(service, error);
      throw error;
    }
  }

  #tell(service: Service, error: StatusError): void {
    const message = `Error updating Endpoint Slices for Service ${objectKey(service)}: ${error.message}`;
    this.#recorder.event(service, 'Warning', 'FailedToUpdateEndpointSlices', message);
  }

  /** A node's zone shows in the endpoints on it. */
  #nodeChanged(node: Node): void {
    if (node.metadata.labels?.[ZONE] === undefined) return;
    for (const service of this.#services.lister.list()) this.#controller.enqueueKey(objectKey(service), node);
  }
}

function sliceLabels(service: Service): Readonly<Record<string, string>> {
  const { [SERVICE_NAME]: _, [MANAGED_BY]: __, [HEADLESS]: ___, ...own } = service.metadata.labels ?? {};
  return {
    ...own,
    [SERVICE_NAME]: service.metadata.name,
    [MANAGED_BY]: MANAGER,
    ...(isHeadless(service) ? { [HEADLESS]: '' } : {}),
  };
}
