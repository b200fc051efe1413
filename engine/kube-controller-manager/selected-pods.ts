import { sameValue } from '../api/copy-on-write.ts';
import { hasEnded } from '../api/core/pod-phase.ts';
import { isReady } from '../api/core/ready.ts';
import type { Pod, Service } from '../api/kinds.ts';
import { type LabelSelector, labelSelectorOf } from '../api/label-selector.ts';
import { type KubeObject, objectKey } from '../api/object.ts';
import type { Informer } from '../client/informer.ts';
import { indexByLabel, indexBySelector, selectedBy } from './label-index.ts';

type Labels = Readonly<Record<string, string>>;

/** What Pods a Service sends traffic to; a Service without a selector leaves that to others. */
function selects({ spec }: Service, labels: Labels | undefined): boolean {
  const selector = spec.selector ?? {};
  let isEmpty = true;
  for (const key in selector) {
    isEmpty = false;
    if (labels?.[key] !== selector[key]) return false;
  }
  return !isEmpty;
}

export function hasSelector({ spec }: Pick<Service, 'spec'>): boolean {
  return Object.keys(spec.selector ?? {}).length > 0;
}

export function isHeadless({ spec }: Service): boolean {
  return spec.clusterIP === 'None';
}

/** The same as a selector; without one of its own a Service selects nothing. */
function selectorOf({ spec }: Service): LabelSelector {
  return labelSelectorOf(hasSelector({ spec }) ? { matchLabels: spec.selector } : undefined);
}

/** The Pods that a Service with a selector selects; `followSelectedPods` must have been called. */
export function selectedPods(pods: Informer<Pod>, service: Service): Pod[] {
  return selectedBy(pods, service.metadata.namespace, selectorOf(service));
}

/**
 * Has Services looked at again when a Pod they select (or selected) changes in what endpoints show of it. After
 * `k8s.io/endpointslice/util` (GetServicesToUpdateOnPodChange).
 */
export function followSelectedPods(
  pods: Informer<Pod>,
  services: Informer<Service>,
  enqueue: (serviceKey: string, cause: KubeObject) => void,
): void {
  indexByLabel(pods);
  const maySelect = indexBySelector(services, selectorOf);
  const tell = (pod: Pod, labels = pod.metadata.labels): void => {
    for (const service of maySelect(pod.metadata.namespace, labels)) {
      if (selects(service, labels)) enqueue(objectKey(service), pod);
    }
  };
  pods.addHandlers({
    add: (pod) => tell(pod),
    update: (previous, pod) => {
      const wereOthers = !sameValue(previous.metadata.labels, pod.metadata.labels);
      if (wereOthers) tell(pod, previous.metadata.labels ?? {});
      if (wereOthers || !sameEndpoint(previous, pod)) tell(pod);
    },
    delete: (pod) => tell(pod),
  });
}

function sameEndpoint(a: Pod, b: Pod): boolean {
  return (
    a.status?.podIP === b.status?.podIP &&
    a.status?.phase === b.status?.phase &&
    a.spec.nodeName === b.spec.nodeName &&
    a.metadata.deletionTimestamp === b.metadata.deletionTimestamp &&
    isReady(a) === isReady(b)
  );
}

/**
 * Whether a Pod is an endpoint of the Services that select it.
 *
 * @param withTerminating also when it is being deleted.
 */
export function isEndpoint(pod: Pod, withTerminating: boolean): boolean {
  if (hasEnded(pod) || !pod.status?.podIP) return false;
  return withTerminating || pod.metadata.deletionTimestamp === undefined;
}

/** A Pod has a name in the Service's domain when it asks for one there. */
export function endpointHostname(service: Service, { spec }: Pod): string | undefined {
  return spec.hostname && spec.subdomain === service.metadata.name ? spec.hostname : undefined;
}

export interface EndpointPort {
  readonly name: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP' | 'SCTP';
  readonly appProtocol?: string;
}

/** The Service's ports as numbers in this Pod; one that names a port which the Pod lacks is left out. */
export function endpointPorts({ spec }: Service, pod: Pod): EndpointPort[] {
  const ports: EndpointPort[] = [];
  for (const { name = '', port, targetPort = port, protocol = 'TCP', appProtocol } of spec.ports ?? []) {
    const number = typeof targetPort === 'number' ? targetPort : namedPort(pod, targetPort, protocol);
    if (number === undefined) continue;
    ports.push({ name, port: number, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) });
  }
  return ports;
}

function namedPort({ spec }: Pod, name: string, protocol: string): number | undefined {
  const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always');
  for (const { ports = [] } of [...spec.containers, ...sidecars]) {
    const found = ports.find((each) => each.name === name && (each.protocol ?? 'TCP') === protocol);
    if (found !== undefined) return found.containerPort;
  }
  return undefined;
}

export function targetReference({ metadata: { name, namespace, uid } }: Pod) {
  return { kind: 'Pod', namespace, name, uid };
}
