import type { CniPlugin } from '../cni/plugin.ts';
import { Errno } from '../linux/errno.ts';
import type { Host } from '../linux/host.ts';
import type { Task } from '../sim/index.ts';
import * as containers from './container.ts';
import {
  type ContainerConfig,
  type ContainerEvent,
  type ContainerStats,
  type ContainerStatus,
  CriError,
  type ImageService,
  type ImageStatus,
  type PodSandboxConfig,
  type PodSandboxStatus,
  type RuntimeService,
} from './cri.ts';
import * as exec from './exec.ts';
import type { Registry, RegistryLogin } from './image.ts';
import { unmountImages } from './image-mounts.ts';
import { ImageStore } from './image-store.ts';
import { readContainerLog } from './log-reader.ts';
import { CONTAINERD_VERSION, type ContainerdOptions, DEFAULT_CONTAINERD_OPTIONS } from './options.ts';
import { portForward } from './port-forward.ts';
import { requireHandler } from './runtime-handlers.ts';
import * as sandboxes from './sandbox.ts';
import { removeSandboxFiles } from './sandbox-files.ts';
import { ContainerdState, requireContainer } from './state.ts';

/** The exit code of a container whose end nobody saw: its machine lost power. */
const UNKNOWN_EXIT_CODE = 255;

export interface ContainerdSetup {
  readonly host: Host;
  readonly registry: Registry;
  readonly cni: CniPlugin;
  readonly options?: Partial<ContainerdOptions>;
  /** References of images that are on the machine from the start; the pause image always is. */
  readonly preloadedImages?: readonly string[];
}

/**
 * The container runtime of one machine; make one for each machine. It answers only between `serve` and the end of it,
 * that is, while the containerd process lives. What it started lives on without it: the shims keep it.
 */
export class Containerd implements RuntimeService, ImageService {
  readonly #context: sandboxes.ContainerdContext;
  #serving = false;

  constructor({ host, registry, cni, options, preloadedImages = [] }: ContainerdSetup) {
    const complete = { ...DEFAULT_CONTAINERD_OPTIONS, ...options };
    const state = new ContainerdState();
    const images = new ImageStore(host.sim, host.name, registry, state.images, complete);
    for (const reference of [complete.sandboxImage, ...preloadedImages]) images.preload(reference);
    const random = host.sim.random(`containerd/${host.name}`);
    this.#context = { host, random, cni, images, state, options: complete };
  }

  /** Begins to answer, as the containerd process does when it starts; the returned function ends that. */
  serve(): () => void {
    this.#serving = true;
    this.#recover();
    return () => {
      this.#serving = false;
    };
  }

  version() {
    this.#requireServing();
    return { runtimeName: 'containerd', runtimeVersion: CONTAINERD_VERSION };
  }

  status() {
    this.#requireServing();
    const reason = this.#context.cni.notReadyReason();
    if (reason === undefined) return { runtimeReady: true, networkReady: true, message: '' };
    return {
      runtimeReady: true,
      networkReady: false,
      message: `NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: ${reason}`,
    };
  }

  *runPodSandbox(config: PodSandboxConfig, runtimeHandler = ''): Task<string> {
    this.#requireServing();
    requireHandler(this.#context.host.root, runtimeHandler);
    return (yield* sandboxes.runSandbox(this.#context, config, runtimeHandler)).id;
  }

  *stopPodSandbox(id: string): Task<void> {
    const { state } = this.#open();
    const sandbox = state.sandboxes.get(id);
    if (sandbox === undefined) return;
    for (const container of sandbox.containers) yield* containers.stopContainer(this.#context, container, 0);
    yield* sandboxes.stopSandbox(this.#context, sandbox);
  }

  *removePodSandbox(id: string): Task<void> {
    const { state, host } = this.#open();
    const sandbox = state.sandboxes.get(id);
    if (sandbox === undefined) return;
    yield* this.stopPodSandbox(id);
    for (const { id: containerId } of [...sandbox.containers]) yield* this.removeContainer(containerId);
    state.sandboxes.delete(id);
    removeSandboxFiles(host.root, id);
    unmountImages(this.#context, sandbox);
    state.announce('CONTAINER_DELETED_EVENT', sandbox);
  }

  podSandboxStatus(id: string): PodSandboxStatus {
    return sandboxes.sandboxStatus(sandboxes.requireSandbox(this.#open().state, id));
  }

  listPodSandboxes(): readonly PodSandboxStatus[] {
    return [...this.#open().state.sandboxes.values()].map(sandboxes.sandboxStatus);
  }

  *createContainer(sandboxId: string, config: ContainerConfig, sandboxConfig: PodSandboxConfig): Task<string> {
    const sandbox = sandboxes.requireSandbox(this.#open().state, sandboxId);
    return (yield* containers.createContainer(this.#context, sandbox, config, sandboxConfig)).id;
  }

  *startContainer(id: string): Task<void> {
    yield* containers.startContainer(this.#context, this.#container(id));
  }

  *stopContainer(id: string, timeoutSeconds: number): Task<void> {
    yield* containers.stopContainer(this.#context, this.#container(id), timeoutSeconds);
  }

  *removeContainer(id: string): Task<void> {
    const { state, host } = this.#open();
    const container = state.containers.get(id);
    if (container === undefined) return;
    yield* containers.stopContainer(this.#context, container, 0);
    state.removeContainer(container);
    host.removeContainerRoot(container.root);
    state.announce('CONTAINER_DELETED_EVENT', container.sandbox, id);
  }

  updateContainerResources(id: string, resources: ContainerConfig['linux']['resources']): void {
    containers.limitContainer(this.#open().host, this.#container(id).cgroup.path, resources);
  }

  containerStatus(id: string): ContainerStatus {
    return containers.containerStatus(this.#container(id));
  }

  listContainers(): readonly ContainerStatus[] {
    return [...this.#open().state.containers.values()].map(containers.containerStatus);
  }

  listContainerStats(): readonly ContainerStats[] {
    const { state, host } = this.#open();
    const running = [...state.containers.values()].filter(({ process }) => process !== undefined);
    return running.map((container) => containers.containerStats(host, container));
  }

  *execSync(id: string, command: readonly string[], timeoutSeconds: number): Task<exec.ExecResult> {
    return yield* exec.execSync(this.#context, this.#container(id), command, timeoutSeconds);
  }

  exec(id: string, command: readonly string[], options: { readonly stdin: boolean; readonly tty: boolean }) {
    return exec.exec(this.#context, this.#container(id), command, options);
  }

  attach(id: string) {
    return exec.attach(this.#container(id));
  }

  portForward(podSandboxId: string, port: number) {
    this.#requireServing();
    return portForward(this.#context.host, sandboxes.requireSandbox(this.#context.state, podSandboxId), port);
  }

  containerLog(id: string, options: Parameters<RuntimeService['containerLog']>[1]) {
    const container = this.#container(id);
    return readContainerLog(this.#context.host.root, container.log, options);
  }

  reopenContainerLog(id: string): void {
    const container = this.#container(id);
    if (container.state !== 'CONTAINER_RUNNING') throw new CriError('Unknown', 'container is not running');
    container.log.reopen();
  }

  watchLogs(limitBytes: number, listener: (containerId: string, bytes: number) => void): () => void {
    return this.#context.state.watchLogs(limitBytes, listener);
  }

  /** Events come while the runtime serves; whoever subscribes must look for itself what happened in between. */
  subscribe(listener: (event: ContainerEvent) => void): () => void {
    return this.#context.state.subscribe((event) => {
      if (this.#serving) listener(event);
    });
  }

  imageStatus(reference: string): ImageStatus | undefined {
    return this.#open().images.imageStatus(reference);
  }

  listImages(): readonly ImageStatus[] {
    return this.#open().images.listImages();
  }

  *pullImage(reference: string, login?: RegistryLogin): Task<string> {
    return yield* this.#open().images.pullImage(reference, login);
  }

  removeImage(reference: string): void {
    this.#open().images.removeImage(reference);
  }

  /** What is on the machine, whether the runtime answers or not: for whoever looks from outside of the cluster. */
  inspect(): { readonly sandboxes: readonly PodSandboxStatus[]; readonly containers: readonly ContainerStatus[] } {
    const { host, state } = this.#context;
    if (!host.running) return { sandboxes: [], containers: [] };
    return {
      sandboxes: [...state.sandboxes.values()].map(sandboxes.sandboxStatus),
      containers: [...state.containers.values()].map(containers.containerStatus),
    };
  }

  #container(id: string) {
    return requireContainer(this.#open().state, id);
  }

  #open(): sandboxes.ContainerdContext {
    this.#requireServing();
    return this.#context;
  }

  #requireServing(): void {
    if (this.#serving) return;
    throw new CriError(
      'Unavailable',
      'connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
    );
  }

  /** Finds out what became of everything: after a power cut no process is left, and nobody was there to see it end. */
  #recover(): void {
    const { host, state } = this.#context;
    const alive = new Set(host.processes());
    for (const sandbox of state.sandboxes.values()) {
      if (sandbox.pause !== undefined && !alive.has(sandbox.pause)) sandbox.pause = undefined;
      sandbox.ready = sandbox.pause !== undefined;
      state.announce(sandbox.ready ? 'CONTAINER_STARTED_EVENT' : 'CONTAINER_STOPPED_EVENT', sandbox);
    }
    for (const container of state.containers.values()) {
      if (container.process !== undefined && !alive.has(container.process)) {
        try {
          containers.finish(this.#context, container, UNKNOWN_EXIT_CODE, 'Unknown', '');
        } catch (error) {
          if (!(error instanceof Errno)) throw error;
        }
      }
    }
  }
}

/** Makes the container runtime of one machine. */
export function createContainerd(setup: ContainerdSetup): Containerd {
  return new Containerd(setup);
}
