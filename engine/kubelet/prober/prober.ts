import type { Container, Pod } from '../../api/kinds.ts';
import { CriError } from '../../containerd/cri.ts';
import type { KubeletContext } from '../kubelet-context.ts';
import type { ProbeResults } from '../pod-actions.ts';
import { isRestartable } from '../pod-format.ts';
import { latestStatus } from '../runtime-cache.ts';
import { type ProbeHost, type ProbeKind, ProbeWorker } from './probe-worker.ts';

/** By which a container asks for them. */
const FIELDS = [
  ['startup', 'startupProbe'],
  ['readiness', 'readinessProbe'],
  ['liveness', 'livenessProbe'],
] as const satisfies readonly (readonly [ProbeKind, keyof Container])[];

/** Runs the probes of all Pods and remembers what they found. After `pkg/kubelet/prober/prober_manager.go`. */
export class Prober implements ProbeResults, ProbeHost {
  readonly context: KubeletContext;
  readonly #onChange: (podUid: string) => void;
  readonly #workers = new Map<string, Map<string, ProbeWorker>>();
  readonly #results: Record<ProbeKind, Map<string, boolean>> = {
    startup: new Map(),
    readiness: new Map(),
    liveness: new Map(),
  };

  /** @param onChange is told whose status may have changed. */
  constructor(context: KubeletContext, onChange: (podUid: string) => void) {
    this.context = context;
    this.#onChange = onChange;
  }

  /** Begins to probe a Pod's containers; a Pod that is known already only gets its new state. */
  addPod(pod: Pod): void {
    const { uid } = pod.metadata;
    const known = this.#workers.get(uid);
    if (known !== undefined) {
      for (const worker of known.values()) worker.pod = pod;
      return;
    }
    for (const container of pod.spec.initContainers ?? [])
      if (isRestartable(container)) this.#addContainer(pod, container);
    for (const container of pod.spec.containers) this.#addContainer(pod, container);
  }

  #addContainer(pod: Pod, container: Container): void {
    const { uid } = pod.metadata;
    for (const [kind, field] of FIELDS) {
      const probe = container[field];
      if (probe === undefined) continue;
      const workers = this.#workers.get(uid) ?? new Map<string, ProbeWorker>();
      this.#workers.set(uid, workers);
      workers.set(`${container.name}/${kind}`, new ProbeWorker(this, pod, container, kind, probe));
    }
  }

  /** A kubelet that starts anew believes what the one before it found out about containers that still run. */
  adopt({ status }: Pod): void {
    for (const { containerID, ready, started } of [
      ...(status?.containerStatuses ?? []),
      ...(status?.initContainerStatuses ?? []),
    ]) {
      const id = containerID?.replace('containerd://', '') ?? '';
      if (id === '') continue;
      if (ready) this.#results.readiness.set(id, true);
      if (started === true) this.#results.startup.set(id, true);
    }
  }

  /** A Pod that is about to end is not restarted: only its readiness still counts. */
  stopLivenessAndStartup(uid: string): void {
    for (const worker of this.#workers.get(uid)?.values() ?? []) if (worker.kind !== 'readiness') worker.stop();
  }

  removePod(uid: string): void {
    for (const worker of this.#workers.get(uid)?.values() ?? []) worker.stop();
    this.#workers.delete(uid);
  }

  stop(): void {
    for (const uid of [...this.#workers.keys()]) this.removePod(uid);
  }

  liveness(containerId: string): boolean | undefined {
    return this.#results.liveness.get(containerId);
  }

  startup(containerId: string): boolean | undefined {
    return this.#results.startup.get(containerId);
  }

  /** A container without a readiness probe is ready once it has started. */
  ready(container: Container, containerId: string): boolean {
    if (container.readinessProbe === undefined) return this.started(container, containerId);
    return this.#results.readiness.get(containerId) === true;
  }

  started(container: Container, containerId: string): boolean {
    return container.startupProbe === undefined || this.#results.startup.get(containerId) === true;
  }

  find(podUid: string, container: string) {
    try {
      const runtimeStatus = this.context.cache.status(podUid);
      const status = latestStatus(runtimeStatus, container);
      const podIp = runtimeStatus.sandboxes[0]?.ip ?? this.context.nodeAddress;
      return status && { status, podIp };
    } catch (error) {
      if (error instanceof CriError) return undefined;
      throw error;
    }
  }

  result(kind: ProbeKind, containerId: string): boolean | undefined {
    return this.#results[kind].get(containerId);
  }

  setResult(kind: ProbeKind, containerId: string, value: boolean, podUid: string, container: string): void {
    const results = this.#results[kind];
    if (results.get(containerId) === value) return;
    results.set(containerId, value);
    this.#onChange(podUid);
    // A container that has just started need not wait for the next period to become ready.
    if (kind === 'startup' && value) this.#workers.get(podUid)?.get(`${container}/readiness`)?.trigger();
  }

  forgetResult(kind: ProbeKind, containerId: string): void {
    this.#results[kind].delete(containerId);
  }
}
