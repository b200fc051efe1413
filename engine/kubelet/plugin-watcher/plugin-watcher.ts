import { PLUGINS_REGISTRY, REGISTRATION } from '../../csi/plugin-registration.ts';
import { Errno } from '../../linux/errno.ts';
import { callGrpc, GrpcError } from '../../linux/grpc.ts';
import type { Process } from '../../linux/syscalls.ts';
import { runTask, type Simulation, sleep, type Task, type TaskHandle } from '../../sim/index.ts';

export interface PluginInfo {
  readonly type: string;
  readonly name: string;
  readonly endpoint: string;
  readonly supported_versions: readonly string[];
}

/** Whoever takes plugins of one type. */
export interface PluginHandler {
  /** Returns why the plugin cannot be taken. */
  register(plugin: PluginInfo): Task<string | undefined>;
  deregister(plugin: PluginInfo): void;
}

interface WatcherOptions {
  readonly sim: Simulation;
  readonly root: Process;
  readonly nodeName: string;
  /** By type: `CSIPlugin`, … */
  readonly handlers: Readonly<Record<string, PluginHandler>>;
}

const CALL_MS = 10_000;
const RETRY_MS = 500;
const MAX_RETRY_MS = 122_000;

/**
 * Watches the folder of sockets by which plugins make themselves known, asks each who it is and tells it whether it was
 * taken. After `pkg/kubelet/pluginmanager`.
 */
export class PluginWatcher {
  readonly #options: WatcherOptions;
  readonly #registering = new Map<string, TaskHandle>();
  readonly #registered = new Map<string, PluginInfo>();
  readonly #unwatch: () => void;

  constructor(options: WatcherOptions) {
    this.#options = options;
    const { root } = options;
    this.#unwatch = root.watchDirectory(PLUGINS_REGISTRY, (name) => this.#look(name));
    for (const { name } of root.readdir(PLUGINS_REGISTRY)) this.#look(name);
  }

  stop(): void {
    this.#unwatch();
    for (const task of this.#registering.values()) task.cancel();
  }

  /** A socket has come (again), or is gone. */
  #look(name: string): void {
    const { sim, root, nodeName } = this.#options;
    const path = `${PLUGINS_REGISTRY}/${name}`;
    this.#registering.get(path)?.cancel();
    this.#registering.delete(path);
    const known = this.#registered.get(path);
    this.#registered.delete(path);
    if (known !== undefined) this.#options.handlers[known.type]?.deregister(known);
    if (name.startsWith('.') || typeAt(root, path) !== 'socket') return;
    const task = runTask(sim, `kubelet/${nodeName} plugin ${name}`, this.#register(path), () =>
      this.#registering.delete(path),
    );
    this.#registering.set(path, task);
  }

  *#register(path: string): Task<void> {
    const { sim, root, handlers } = this.#options;
    for (let waitMs = RETRY_MS; ; waitMs = Math.min(2 * waitMs, MAX_RETRY_MS)) {
      try {
        const info = yield* this.#call(path, 'GetInfo', {});
        const handler = Object.hasOwn(handlers, info.type) ? handlers[info.type] : undefined;
        const error =
          handler === undefined
            ? `no handler registered for plugin type: ${info.type} at socket ${path}`
            : yield* handler.register({ ...info, endpoint: info.endpoint === '' ? path : info.endpoint });
        yield* this.#call(path, 'NotifyRegistrationStatus', {
          plugin_registered: error === undefined,
          error: error ?? '',
        });
        if (error === undefined) {
          this.#registered.set(path, info);
          return;
        }
      } catch (error) {
        if (!(error instanceof GrpcError) && !(error instanceof Errno)) throw error;
        if (!root.access(path, 'exists')) return;
      }
      yield* sleep(sim, waitMs);
    }
  }

  #call<M extends 'GetInfo' | 'NotifyRegistrationStatus'>(path: string, method: M, request: object) {
    const caller = { caller: 'kubelet', timeoutMs: CALL_MS };
    return callGrpc(this.#options.root, `unix:${path}`, REGISTRATION, method, request as never, caller);
  }
}

function typeAt(root: Process, path: string): string | undefined {
  try {
    return root.lstat(path).type;
  } catch (error) {
    if (error instanceof Errno) return undefined;
    throw error;
  }
}
