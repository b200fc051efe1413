import type { StartByteStream, StartSession } from '../api/request.ts';
import { type Simulation, sleep, type Task } from '../sim/index.ts';
import {
  type ContainerConfig,
  type ContainerEvent,
  type ContainerStatus,
  CriError,
  type ImageService,
  type ImageStatus,
  type PodSandboxConfig,
  type PodSandboxStatus,
  type RuntimeService,
} from './cri.ts';
import { containerId } from './identifier.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface HollowOptions {
  /** For random streams. */
  readonly name: string;
  /** How long a pull takes; images are here from the start unless told. */
  readonly pullMs?: number;
  readonly startMs?: number;
  /** Images that no registry has. */
  readonly missingImages?: readonly string[];
  /** The first three bytes of Pod addresses: `10.244.1`. */
  readonly subnet?: string;
  readonly execSync?: (command: readonly string[]) => { readonly exitCode: number; readonly output: string };
}

/**
 * A runtime without processes: containers "run" as soon as they are started and until they are told to end. For
 * measuring the control plane with thousands of nodes, and for tests of the kubelet.
 */
export class HollowRuntime implements RuntimeService, ImageService {
  readonly #sim: Simulation;
  readonly #options: HollowOptions;
  readonly #sandboxes = new Map<string, Mutable<PodSandboxStatus>>();
  readonly #containers = new Map<string, Mutable<ContainerStatus>>();
  readonly #images = new Set<string>();
  readonly #listeners = new Set<(event: ContainerEvent) => void>();
  networkReady = true;
  #addresses = 1;

  constructor(sim: Simulation, options: HollowOptions) {
    this.#sim = sim;
    this.#options = options;
  }

  /** Ends a container from outside. */
  exitContainer(id: string, exitCode: number, reason = exitCode === 0 ? 'Completed' : 'Error'): void {
    const container = this.#container(id);
    if (container.state === 'CONTAINER_EXITED') return;
    container.state = 'CONTAINER_EXITED';
    container.exitCode = exitCode;
    container.reason = reason;
    container.finishedAtMs = this.#sim.wallMs;
    container.pid = 0;
    this.#announce('CONTAINER_STOPPED_EVENT', container.podSandboxId, id);
  }

  /** Ends a pause process from outside. */
  killSandbox(id: string): void {
    const sandbox = this.#sandbox(id);
    sandbox.state = 'SANDBOX_NOTREADY';
    sandbox.pid = 0;
    this.#announce('CONTAINER_STOPPED_EVENT', id, id);
  }

  version() {
    return { runtimeName: 'containerd', runtimeVersion: 'hollow' };
  }

  status() {
    const message =
      'NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized';
    return { runtimeReady: true, networkReady: this.networkReady, message: this.networkReady ? '' : message };
  }

  *runPodSandbox(config: PodSandboxConfig): Task<string> {
    const id = containerId(this.#sim.random(`hollow/${this.#options.name}`));
    const ownNetwork = config.linux.namespaces.network !== 'NODE';
    this.#addresses += 1;
    this.#sandboxes.set(id, {
      id,
      metadata: config.metadata,
      state: 'SANDBOX_READY',
      createdAtMs: this.#sim.wallMs,
      ip: ownNetwork ? `${this.#options.subnet ?? '10.244.1'}.${this.#addresses % 256}` : undefined,
      pid: 1,
      labels: config.labels,
      annotations: config.annotations,
    });
    this.#announce('CONTAINER_STARTED_EVENT', id, id);
    return id;
  }

  *stopPodSandbox(id: string): Task<void> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined || sandbox.state === 'SANDBOX_NOTREADY') return;
    for (const container of this.#containers.values()) {
      if (container.podSandboxId === id) this.exitContainer(container.id, 137);
    }
    this.killSandbox(id);
  }

  *removePodSandbox(id: string): Task<void> {
    yield* this.stopPodSandbox(id);
    for (const container of [...this.#containers.values()]) {
      if (container.podSandboxId === id) this.#containers.delete(container.id);
    }
    this.#sandboxes.delete(id);
  }

  podSandboxStatus(id: string): PodSandboxStatus {
    return { ...this.#sandbox(id) };
  }

  listPodSandboxes(): readonly PodSandboxStatus[] {
    return [...this.#sandboxes.values()].map((sandbox) => ({ ...sandbox }));
  }

  *createContainer(podSandboxId: string, config: ContainerConfig, sandboxConfig: PodSandboxConfig): Task<string> {
    const id = containerId(this.#sim.random(`hollow/${this.#options.name}`));
    this.#containers.set(id, {
      id,
      podSandboxId,
      metadata: config.metadata,
      state: 'CONTAINER_CREATED',
      createdAtMs: this.#sim.wallMs,
      startedAtMs: 0,
      finishedAtMs: 0,
      exitCode: 0,
      reason: '',
      message: '',
      image: config.image,
      imageRef: `${config.image}@sha256:0`,
      labels: config.labels,
      annotations: config.annotations,
      logPath: `${sandboxConfig.logDirectory}/${config.logPath}`,
      pid: 0,
    });
    return id;
  }

  *startContainer(id: string): Task<void> {
    const { startMs } = this.#options;
    if (startMs !== undefined) yield* sleep(this.#sim, startMs, 'hollow start');
    const container = this.#container(id);
    container.state = 'CONTAINER_RUNNING';
    container.startedAtMs = this.#sim.wallMs;
    container.pid = 2;
    this.#announce('CONTAINER_STARTED_EVENT', container.podSandboxId, id);
  }

  *stopContainer(id: string): Task<void> {
    this.exitContainer(id, 0);
  }

  *removeContainer(id: string): Task<void> {
    this.#containers.delete(id);
  }

  containerStatus(id: string): ContainerStatus {
    return { ...this.#container(id) };
  }

  /** Hollow containers have no limits. */
  updateContainerResources(): void {}

  /** Hollow containers use nothing. */
  listContainerStats() {
    return [];
  }

  listContainers(): readonly ContainerStatus[] {
    return [...this.#containers.values()].map((container) => ({ ...container }));
  }

  *execSync(_id: string, command: readonly string[]) {
    const result = this.#options.execSync?.(command) ?? { exitCode: 0, output: '' };
    return { stdout: new TextEncoder().encode(result.output), stderr: new Uint8Array(0), exitCode: result.exitCode };
  }

  exec(): StartSession {
    throw new CriError('Unknown', 'a hollow container has no processes');
  }

  portForward(): StartSession {
    throw new CriError('Unknown', 'a hollow container has no ports');
  }

  attach(): StartSession {
    throw new CriError('Unknown', 'a hollow container has no processes');
  }

  containerLog(): StartByteStream {
    return (sink) => {
      sink.end();
      return () => {};
    };
  }

  reopenContainerLog(): void {}

  watchLogs(): () => void {
    return () => {};
  }

  subscribe(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  imageStatus(reference: string): ImageStatus | undefined {
    const here = this.#options.pullMs === undefined || this.#images.has(reference);
    if (!here || this.#options.missingImages?.includes(reference)) return undefined;
    return { id: reference, repoTags: [reference], repoDigests: [], sizeBytes: 1_000_000 };
  }

  listImages(): readonly ImageStatus[] {
    return [...this.#images].flatMap((reference) => this.imageStatus(reference) ?? []);
  }

  *pullImage(reference: string): Task<string> {
    yield* sleep(this.#sim, this.#options.pullMs ?? 0, 'hollow pull');
    if (this.#options.missingImages?.includes(reference)) {
      throw new CriError('NotFound', `failed to pull and unpack image "${reference}": not found`);
    }
    this.#images.add(reference);
    return `${reference}@sha256:0`;
  }

  removeImage(reference: string): void {
    this.#images.delete(reference);
  }

  #sandbox(id: string): Mutable<PodSandboxStatus> {
    const sandbox = this.#sandboxes.get(id);
    if (sandbox === undefined) throw new CriError('NotFound', `sandbox "${id}": not found`);
    return sandbox;
  }

  #container(id: string): Mutable<ContainerStatus> {
    const container = this.#containers.get(id);
    if (container === undefined) throw new CriError('NotFound', `container "${id}": not found`);
    return container;
  }

  #announce(type: ContainerEvent['type'], podSandboxId: string, containerId: string): void {
    const podUid = this.#sandboxes.get(podSandboxId)?.metadata.uid ?? '';
    for (const listener of this.#listeners) listener({ type, containerId, podSandboxId, podUid });
  }
}
