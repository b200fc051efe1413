import type { Container, Pod } from '../api/kinds.ts';
import { sleep, type Task } from '../sim/index.ts';
import type { DeviceRunOptions } from './devices.ts';
import { type DynamicResources, DynamicResourcesError } from './dynamic-resources.ts';
import type { KubeletContext } from './kubelet-context.ts';

type Context = Pick<KubeletContext, 'plugins' | 'sim' | 'component'>;

const RETRY_MS = 10_000;

/** Undefined for Pods without claims, and on nodes without files. */
function resourcesOf({ plugins }: Context, { spec }: Pod): DynamicResources | undefined {
  return spec.resourceClaims && plugins.get()?.dynamicResources;
}

/** Why the Pod's claims are not ready. */
export function* prepareClaims(context: Context, pod: Pod): Task<string | undefined> {
  try {
    yield* resourcesOf(context, pod)?.prepare(pod) ?? [];
    return undefined;
  } catch (error) {
    if (error instanceof DynamicResourcesError) return `prepare dynamic resources: ${error.message}`;
    throw error;
  }
}

/** However long it takes: a Pod is not gone before its claims are free. */
export function* unprepareClaims(context: Context, pod: Pod): Task<void> {
  const { sim, component } = context;
  for (;;) {
    try {
      yield* resourcesOf(context, pod)?.unprepare(pod) ?? [];
      return;
    } catch (error) {
      if (!(error instanceof DynamicResourcesError)) throw error;
      sim.record('kubelet.claims', pod.metadata.name, `unprepare dynamic resources: ${error.message}`);
    }
    yield* sleep(sim, sim.random(`${component}/claims`).jitter(RETRY_MS, 0.5), `${component} claims`);
  }
}

/** With the devices of the container's claims. @throws DynamicResourcesError */
export function withClaims(context: Context, pod: Pod, container: Container, options: DeviceRunOptions) {
  const claimed = container.resources?.claims && resourcesOf(context, pod)?.cdiDevices(pod, container);
  return claimed === undefined ? options : { ...options, cdiDevices: [...claimed, ...options.cdiDevices] };
}
