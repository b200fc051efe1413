import type { Container, Pod, Probe } from '../../api/kinds.ts';
import type { ContainerStatus } from '../../containerd/cri.ts';
import { runTask, type TaskHandle, type Timer } from '../../sim/index.ts';
import { type KubeletContext, podEvent } from '../kubelet-context.ts';
import { containerFieldPath } from '../pod-format.ts';
import { runProbe } from './run-probe.ts';

export type ProbeKind = 'liveness' | 'readiness' | 'startup';

const TITLES: Readonly<Record<ProbeKind, string>> = {
  liveness: 'Liveness',
  readiness: 'Readiness',
  startup: 'Startup',
};

/** What a worker needs of the prober. */
export interface ProbeHost {
  readonly context: KubeletContext;
  /** The latest instance of a container and the address it is probed at. */
  find(podUid: string, container: string): { readonly status: ContainerStatus; readonly podIp: string } | undefined;
  /** Whether the container has started: its startup probe has succeeded, or it has none. */
  started(container: Container, containerId: string): boolean;
  result(kind: ProbeKind, containerId: string): boolean | undefined;
  setResult(kind: ProbeKind, containerId: string, value: boolean, podUid: string, container: string): void;
  forgetResult(kind: ProbeKind, containerId: string): void;
}

/**
 * Probes one container of one Pod in one way, every `periodSeconds` from when the Pod came to the node.
 * After `pkg/kubelet/prober/worker.go`.
 */
export class ProbeWorker {
  readonly kind: ProbeKind;
  readonly #host: ProbeHost;
  readonly #container: Container;
  readonly #probe: Probe;
  readonly #label: string;
  #pod: Pod;
  #timer: Timer | undefined;
  #task: TaskHandle | undefined;
  #nextMs: number;
  #containerId = '';
  #streak = 0;
  #lastOutcome: boolean | undefined;
  /** A container that failed is not probed again: it is about to be replaced. */
  #onHold = false;
  #stopped = false;

  constructor(host: ProbeHost, pod: Pod, container: Container, kind: ProbeKind, probe: Probe) {
    this.#host = host;
    this.#pod = pod;
    this.#container = container;
    this.kind = kind;
    this.#probe = probe;
    this.#label = `${kind} probe`;
    this.#nextMs = host.context.sim.nowMs;
    this.#scheduleTick(0);
  }

  set pod(pod: Pod) {
    this.#pod = pod;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#task?.cancel();
    if (this.#containerId !== '') this.#host.forgetResult(this.kind, this.#containerId);
  }

  /** Probes now, besides the regular times. */
  trigger(): void {
    if (this.#task === undefined || this.#task.finished) this.#begin();
  }

  #scheduleTick(delayMs: number): void {
    this.#timer = this.#host.context.sim.schedule(delayMs, this.#label, () => this.#tick());
  }

  #tick(): void {
    if (this.#stopped) return;
    const { sim } = this.#host.context;
    const periodMs = (this.#probe.periodSeconds ?? 10) * 1000;
    if (this.#task === undefined || this.#task.finished) this.#begin();
    while (this.#nextMs <= sim.nowMs) this.#nextMs += periodMs;
    this.#scheduleTick(this.#nextMs - sim.nowMs);
  }

  #begin(): void {
    const { context } = this.#host;
    const found = this.#host.find(this.#pod.metadata.uid, this.#container.name);
    if (found === undefined) return;
    const { status, podIp } = found;
    if (status.id !== this.#containerId) this.#newContainer(status.id);
    if (this.#onHold || status.state !== 'CONTAINER_RUNNING') {
      if (status.state !== 'CONTAINER_RUNNING' && this.kind !== 'liveness') this.#set(false);
      return;
    }
    const age = context.sim.wallMs - status.startedAtMs;
    if (age < (this.#probe.initialDelaySeconds ?? 0) * 1000) return;
    const started = this.#host.started(this.#container, status.id);
    if (this.kind === 'startup' ? started : !started) return;
    const target = { pod: this.#pod, container: this.#container, containerId: status.id, podIp };
    this.#task = runTask(context.sim, this.#label, runProbe(context, target, this.#probe), (outcome) => {
      if (this.#stopped || this.#containerId !== status.id) return;
      if (outcome.result === 'error') this.#report(`probe errored and resulted in unknown state: ${outcome.output}`);
      else this.#count(outcome.result !== 'failure', outcome.output);
    });
  }

  #newContainer(id: string): void {
    if (this.#containerId !== '') this.#host.forgetResult(this.kind, this.#containerId);
    this.#containerId = id;
    this.#onHold = false;
    this.#streak = 0;
    this.#lastOutcome = undefined;
    if (this.kind === 'startup') return;
    if (this.#host.result(this.kind, id) === undefined) this.#set(this.kind === 'liveness');
  }

  #count(healthy: boolean, output: string): void {
    this.#streak = this.#lastOutcome === healthy ? this.#streak + 1 : 1;
    this.#lastOutcome = healthy;
    if (!healthy) this.#report(`probe failed: ${output}`);
    const threshold = healthy ? (this.#probe.successThreshold ?? 1) : (this.#probe.failureThreshold ?? 3);
    if (this.#streak < threshold) return;
    this.#set(healthy);
    if (healthy || this.kind === 'readiness') return;
    this.#onHold = true;
    this.#streak = 0;
  }

  #set(value: boolean): void {
    this.#host.setResult(this.kind, this.#containerId, value, this.#pod.metadata.uid, this.#container.name);
  }

  #report(text: string): void {
    const fieldPath = containerFieldPath(this.#pod, this.#container.name);
    podEvent(this.#host.context, this.#pod, 'Warning', 'Unhealthy', `${TITLES[this.kind]} ${text}`, fieldPath);
  }
}
