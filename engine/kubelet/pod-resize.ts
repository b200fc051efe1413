import { sameValue } from '../api/copy-on-write.ts';
import type { Container, Pod } from '../api/kinds.ts';
import type { Task } from '../sim/index.ts';
import type { Rejection } from './admission.ts';
import { containerResources } from './cgroups.ts';
import { killContainer } from './kill-pod.ts';
import { type KubeletContext, podEvent } from './kubelet-context.ts';
import { amount, podRequest } from './quantities.ts';
import { latestStatus, type PodRuntimeStatus } from './runtime-cache.ts';
import { type Judgement, RESIZE_PENDING } from './status/conditions.ts';

// Changing what a Pod may use while it runs.
// https://kubernetes.io/docs/tasks/configure-pod-container/resize-container-resources/

const RESIZABLE = ['cpu', 'memory'] as const;

/** The containers whose resources are not those that the node has granted. */
function resizedContainers(granted: Pod, wanted: Pod): Container[] {
  return wanted.spec.containers.filter(({ name, resources }) => {
    const before = granted.spec.containers.find((container) => container.name === name);
    return before !== undefined && !sameValue(before.resources, resources);
  });
}

/** The Pod as it is wanted, with the resources that the node has granted. */
export function withGranted(granted: Pod, wanted: Pod): Pod {
  if (granted.spec === wanted.spec || resizedContainers(granted, wanted).length === 0) return wanted;
  const containers = wanted.spec.containers.map((container) => {
    const before = granted.spec.containers.find(({ name }) => name === container.name);
    return before === undefined ? container : { ...container, resources: before.resources };
  });
  return { ...wanted, spec: { ...wanted.spec, containers } };
}

/** Whether the change of a resource needs a new instance of the container. */
function needsRestart(granted: Pod, container: Container): boolean {
  const before = granted.spec.containers.find(({ name }) => name === container.name);
  const changed = RESIZABLE.filter((resource) => !sameValue(amounts(before, resource), amounts(container, resource)));
  return changed.some(
    (resource) =>
      container.resizePolicy?.find(({ resourceName }) => resourceName === resource)?.restartPolicy ===
      'RestartContainer',
  );
}

function amounts(container: Container | undefined, resource: string): readonly (number | undefined)[] {
  const { requests, limits } = container?.resources ?? {};
  return [requests, limits].map((list) => amount(list as Record<string, unknown> | undefined, resource));
}

/**
 * Why the node cannot grant what a Pod wants now (`Deferred`), or ever (`Infeasible`). After
 * `pkg/kubelet/allocation/allocation_manager.go`.
 *
 * @param admit the node's check of a Pod, beside all others
 */
function refuseResize(
  wanted: Pod,
  allocatable: (resource: string) => number,
  admit: (pod: Pod) => Rejection | undefined,
): Judgement | undefined {
  const pending = (reason: string, message: string): Judgement => ({
    type: RESIZE_PENDING,
    status: 'True',
    reason,
    message,
  });
  for (const resource of RESIZABLE) {
    const requested = podRequest(wanted, resource);
    const capacity = allocatable(resource);
    if (requested > capacity) {
      const numbers = `requested: ${requested}, capacity: ${capacity}`;
      return pending('Infeasible', `Node didn't have enough capacity: ${resource}, ${numbers}`);
    }
  }
  const rejection = admit(wanted);
  return rejection && pending('Deferred', rejection.message);
}

/** What the events of a resize show. */
function resizeText({ metadata, spec }: Pod): string {
  const containers = spec.containers.map(({ name, resources = {} }) => {
    const { limits, requests } = resources;
    return {
      name,
      resources: { ...(limits && { limits: sorted(limits) }), ...(requests && { requests: sorted(requests) }) },
    };
  });
  return JSON.stringify({ containers, generation: metadata.generation });
}

/** As Go writes a map. */
function sorted<T>(map: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What a resize needs of the kubelet. */
interface ResizeHost {
  readonly context: KubeletContext;
  allocatable(resource: string): number;
  admit(pod: Pod): Rejection | undefined;
  enforceLimits(pod: Pod): void;
}

interface ResizeOutcome {
  /** The Pod with the resources that it has now. */
  readonly granted: Pod;
  /** Why it does not have what it wants. */
  readonly pending: Judgement | undefined;
}

/** Gives a Pod the resources that it wants, if the node has them: to its running containers, too. */
export function* resizePod(host: ResizeHost, granted: Pod, wanted: Pod, status: PodRuntimeStatus): Task<ResizeOutcome> {
  const { context } = host;
  const pending = refuseResize(
    wanted,
    (resource) => host.allocatable(resource),
    (pod) => host.admit(pod),
  );
  if (pending !== undefined) return { granted, pending };
  podEvent(context, wanted, 'Normal', 'ResizeStarted', `Pod resize started: ${resizeText(wanted)}`);
  host.enforceLimits(wanted);
  for (const container of resizedContainers(granted, wanted)) {
    const latest = latestStatus(status, container.name);
    if (latest?.state !== 'CONTAINER_RUNNING') continue;
    if (needsRestart(granted, container)) {
      const message = `Container ${container.name} resize requires restart`;
      yield* killContainer(context, wanted, latest, status.sandboxes[0]?.ip, { message });
    } else {
      const resources = containerResources(wanted, container, context.capacityBytes);
      context.runtime.updateContainerResources(latest.id, resources);
    }
  }
  podEvent(context, wanted, 'Normal', 'ResizeCompleted', `Pod resize completed: ${resizeText(wanted)}`);
  return { granted: wanted, pending: undefined };
}
