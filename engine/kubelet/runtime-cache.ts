import {
  type ContainerEvent,
  type ContainerStatus,
  CriError,
  type PodSandboxStatus,
  type RuntimeService,
} from '../containerd/cri.ts';

/** What the runtime has of one Pod. */
export interface PodRuntimeStatus {
  /** The newest first. */
  readonly sandboxes: readonly PodSandboxStatus[];
  /** By container name; the newest attempt first. */
  readonly containers: ReadonlyMap<string, readonly ContainerStatus[]>;
}

const NOTHING_RUNNING: PodRuntimeStatus = { sandboxes: [], containers: new Map() };

export function latestStatus(status: PodRuntimeStatus, container: string): ContainerStatus | undefined {
  return status.containers.get(container)?.[0];
}

interface PodIds {
  readonly sandboxes: Set<string>;
  readonly containers: Set<string>;
}

/**
 * Knows which sandboxes and containers belong to which Pod, from the runtime's events, so that nobody has to go through
 * all of them. The state itself is always asked of the runtime.
 */
export class RuntimeCache {
  readonly #runtime: RuntimeService;
  readonly #pods = new Map<string, PodIds>();

  constructor(runtime: RuntimeService) {
    this.#runtime = runtime;
  }

  /** Takes in everything the runtime has, if it answers: at start, and whenever it has been away. */
  relist(): void {
    try {
      this.#takeAll();
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
    }
  }

  #takeAll(): void {
    const podOfSandbox = new Map<string, string>();
    for (const { id, metadata } of this.#runtime.listPodSandboxes()) {
      podOfSandbox.set(id, metadata.uid);
      this.#ids(metadata.uid).sandboxes.add(id);
    }
    for (const { id, podSandboxId } of this.#runtime.listContainers()) {
      const uid = podOfSandbox.get(podSandboxId);
      if (uid !== undefined) this.#ids(uid).containers.add(id);
    }
  }

  observe({ podUid, podSandboxId, containerId }: ContainerEvent): void {
    const ids = this.#ids(podUid);
    if (containerId === podSandboxId) ids.sandboxes.add(containerId);
    else ids.containers.add(containerId);
  }

  addContainer(podUid: string, containerId: string): void {
    this.#ids(podUid).containers.add(containerId);
  }

  isRunning(podUid: string, container: string): boolean {
    return latestStatus(this.status(podUid), container)?.state === 'CONTAINER_RUNNING';
  }

  /** The Pods that the runtime has something of. */
  podUids(): string[] {
    return [...this.#pods.keys()];
  }

  forget(podUid: string): void {
    this.#pods.delete(podUid);
  }

  /** @throws CriError Unavailable when the runtime does not answer. */
  status(podUid: string): PodRuntimeStatus {
    const ids = this.#pods.get(podUid);
    if (ids === undefined) return NOTHING_RUNNING;
    const sandboxes = present(ids.sandboxes, (id) => this.#runtime.podSandboxStatus(id));
    const containers = new Map<string, ContainerStatus[]>();
    for (const status of present(ids.containers, (id) => this.#runtime.containerStatus(id))) {
      const attempts = containers.get(status.metadata.name);
      if (attempts === undefined) containers.set(status.metadata.name, [status]);
      else attempts.push(status);
    }
    for (const attempts of containers.values()) sortNewestFirst(attempts);
    sortNewestFirst(sandboxes);
    return { sandboxes, containers };
  }

  #ids(podUid: string): PodIds {
    let ids = this.#pods.get(podUid);
    if (ids === undefined) {
      ids = { sandboxes: new Set(), containers: new Set() };
      this.#pods.set(podUid, ids);
    }
    return ids;
  }
}

/** Mostly there is but one. */
function sortNewestFirst(attempts: { readonly metadata: { readonly attempt: number } }[]): void {
  if (attempts.length > 1) attempts.sort((a, b) => b.metadata.attempt - a.metadata.attempt);
}

/** What the runtime still knows of these ids; those it does not are dropped. */
function present<T>(ids: Set<string>, ask: (id: string) => T): T[] {
  const found: T[] = [];
  for (const id of ids) {
    try {
      found.push(ask(id));
    } catch (error) {
      if (!(error instanceof CriError) || error.code !== 'NotFound') throw error;
      ids.delete(id);
    }
  }
  return found;
}
