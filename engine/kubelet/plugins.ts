import type { Pod } from '../api/kinds.ts';
import type { Client } from '../client/client.ts';
import type { EventRecorder } from '../client/event-recorder.ts';
import { makeDirectories } from '../linux/directory-tree.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Simulation } from '../sim/index.ts';
import type { NodePlugins } from './volumes/volume.ts';

/** Where plugins put the sockets by which they make themselves known. */
const PLUGINS_REGISTRY = '/var/lib/kubelet/plugins_registry';

export interface PluginSurroundings {
  readonly sim: Simulation;
  readonly root: Process;
  readonly nodeName: string;
  readonly client: Client;
  readonly recorder: EventRecorder;
  /** What has to stay attached is different now. */
  changed(): void;
  /** All Pods of the node that have not ended, and whether every source of Pods has been heard. */
  activePods(): readonly Pod[];
  sourcesReady(): boolean;
}

export type CreateNodePlugins = (surroundings: PluginSurroundings) => NodePlugins;

type PluginOptions = Omit<PluginSurroundings, 'root'> & {
  readonly root?: Process;
  readonly createNodePlugins?: CreateNodePlugins;
};

/**
 * The folder in which drivers of storage and devices register, and what speaks to them. Nodes without drivers are many, so that part begins
 * to work (and its code need not be there) only when a socket appears, or a Pod needs a driver.
 */
export class Plugins {
  readonly #options: PluginOptions;
  #plugins: NodePlugins | undefined;
  #unwatch: (() => void) | undefined;

  constructor(options: PluginOptions) {
    this.#options = options;
  }

  start(): void {
    const { root, createNodePlugins } = this.#options;
    if (root === undefined || createNodePlugins === undefined) return;
    makeDirectories(root, PLUGINS_REGISTRY, 0o750);
    if (root.readdir(PLUGINS_REGISTRY).length > 0) this.get();
    else this.#unwatch = root.watchDirectory(PLUGINS_REGISTRY, () => this.get());
  }

  stop(): void {
    this.#unwatch?.();
    this.#plugins?.stop();
    this.#plugins = undefined;
  }

  /** Undefined where the node has none. */
  get(): NodePlugins | undefined {
    const { root, createNodePlugins, ...around } = this.#options;
    if (root === undefined || createNodePlugins === undefined) return undefined;
    this.#unwatch?.();
    this.#unwatch = undefined;
    this.#plugins ??= createNodePlugins({ root, ...around });
    return this.#plugins;
  }

  /** Those that were asked for already. */
  get loaded(): NodePlugins | undefined {
    return this.#plugins;
  }

  /** What has to stay attached to the node, as `status.volumesInUse` names it. */
  volumesInUse(): readonly string[] {
    return this.#plugins?.volumesInUse() ?? [];
  }
}
