import { type ContainerEvent, CriError } from './cri.ts';
import type { ImageTable } from './image-store.ts';
import type { Container, Sandbox } from './records.ts';

/**
 * What outlives the containerd process: the sandboxes and containers are children of shims, so they run on and are found
 * again by the next containerd.
 */
export class ContainerdState {
  readonly sandboxes = new Map<string, Sandbox>();
  readonly #containers = new Map<string, Container>();
  readonly images: ImageTable = new Map();
  #logWatch: { readonly limitBytes: number; readonly listener: (id: string, bytes: number) => void } | undefined;
  readonly #listeners = new Set<(event: ContainerEvent) => void>();

  get containers(): ReadonlyMap<string, Container> {
    return this.#containers;
  }

  addContainer(container: Container): void {
    this.#containers.set(container.id, container);
    container.sandbox.containers.add(container);
  }

  removeContainer(container: Container): void {
    this.#containers.delete(container.id);
    container.sandbox.containers.delete(container);
  }

  subscribe(listener: (event: ContainerEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells of logs that are larger than this, at each write. For one who looks after them. */
  watchLogs(limitBytes: number, listener: (containerId: string, bytes: number) => void): () => void {
    const watch = { limitBytes, listener };
    this.#logWatch = watch;
    return () => {
      if (this.#logWatch === watch) this.#logWatch = undefined;
    };
  }

  logGrown(containerId: string, bytes: number): void {
    const watch = this.#logWatch;
    if (watch !== undefined && bytes > watch.limitBytes) watch.listener(containerId, bytes);
  }

  /** Tells subscribers about a container; a sandbox counts as a container of its own id. */
  announce(type: ContainerEvent['type'], sandbox: Sandbox, containerId = sandbox.id): void {
    const podUid = sandbox.config.metadata.uid;
    for (const listener of this.#listeners) listener({ type, containerId, podSandboxId: sandbox.id, podUid });
  }
}

export function requireContainer(state: ContainerdState, id: string): Container {
  const container = state.containers.get(id);
  if (container === undefined) {
    throw new CriError('NotFound', `an error occurred when try to find container "${id}": not found`);
  }
  return container;
}
