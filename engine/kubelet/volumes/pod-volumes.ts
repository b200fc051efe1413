import type { Pod, Volume } from '../../api/kinds.ts';
import { Errno } from '../../linux/errno.ts';
import { runTask, type Task, type TaskHandle } from '../../sim/index.ts';
import { errnoText, podDirectory } from '../host-files.ts';
import { ephemeral, persistentVolumeClaim } from './claim.ts';
import { csi } from './csi.ts';
import { emptyDir } from './empty-dir.ts';
import { hostPath } from './host-path.ts';
import { image } from './image.ts';
import { nfs } from './nfs.ts';
import { configMap, downwardApi, projected, secret } from './projected.ts';
import {
  isTask,
  type MountedVolume,
  type MountedVolumes,
  type Mounting,
  UnknownVolume,
  type VolumeContext,
  VolumeError,
  type VolumePlugin,
} from './volume.ts';

const PLUGINS: readonly VolumePlugin[] = [
  emptyDir,
  hostPath,
  configMap,
  secret,
  downwardApi,
  projected,
  nfs,
  csi,
  persistentVolumeClaim,
  ephemeral,
  image,
];

const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 122_000;
/** After so long the Pod's whole sync is given up, and begun anew. */
const TIMEOUT_MS = 123_000;
/** How soon a Pod with volumes that are not known yet is looked at again. */
const UNKNOWN_RETRY_MS = 10_000;

interface Retry {
  readonly delayMs: number;
  readonly atMs: number;
}

type Report = (reason: 'FailedMount' | 'FailedMapVolume', message: string) => void;

export interface VolumeState {
  readonly mounted: MountedVolumes;
  /** Whether all that the containers mount is there. */
  readonly complete: boolean;
  /** When to try again (virtual milliseconds) what has failed. */
  readonly retryAtMs: number | undefined;
}

/**
 * The volumes of one Pod: what is mounted, and when what failed is tried again. A volume that once was there stays, even
 * if it cannot be brought up to date. After `pkg/kubelet/volumemanager`.
 */
export class PodVolumes {
  readonly #changed: () => void;
  /** Mounts under way, by volume. */
  readonly #operations = new Map<string, TaskHandle>();
  /** Names of those that the node does not have yet. */
  readonly unattached = new Set<string>();
  readonly #mounted = new Map<string, MountedVolume>();
  readonly #retries = new Map<string, Retry>();
  #waitingSinceMs: number | undefined;
  /** The volumes that containers mount, as long as the Pod's specification is this one. */
  #used: { readonly spec: Pod['spec']; readonly volumes: readonly Volume[]; readonly mayChange: boolean } | undefined;

  /** @param changed is called when a volume that took its time is there, or has failed. */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  get mounted(): MountedVolumes {
    return this.#mounted;
  }

  /** Calls off what is under way, and counts on nothing any more: what is mounted may go. */
  stop(): void {
    for (const operation of this.#operations.values()) operation.cancel();
    this.#operations.clear();
    this.#mounted.clear();
  }

  /**
   * Sets all volumes up, or brings them up to date.
   *
   * @param report is told the reason and the message of each event about a failure
   */
  sync(context: VolumeContext, pod: Pod, nowMs: number, report: Report): VolumeState {
    const { volumes } = this.#usedBy(pod);
    const unknown = new Map<string, string>();
    for (const volume of volumes) this.#try(context, pod, volume, nowMs, report, unknown);
    if (this.#retries.size === 0 && volumes.every(({ name }) => this.#mounted.has(name))) {
      this.#waitingSinceMs = undefined;
      return { mounted: this.#mounted, complete: true, retryAtMs: undefined };
    }
    return this.#wait(volumes, unknown, nowMs, report);
  }

  /** Some are missing, or could not be brought up to date. */
  #wait(volumes: readonly Volume[], unknown: ReadonlyMap<string, string>, nowMs: number, report: Report): VolumeState {
    const missing = volumes.map(({ name }) => name).filter((name) => !this.#mounted.has(name));
    const times = [...this.#retries].filter(([name]) => !this.#operations.has(name)).map(([, { atMs }]) => atMs);
    if (missing.length === 0) {
      this.#waitingSinceMs = undefined;
    } else if (unknown.size > 0) {
      report('FailedMount', waitFailure(missing, [], [...unknown.keys()], [...unknown.values()].join('; ')));
      this.#waitingSinceMs = undefined;
      times.push(nowMs + UNKNOWN_RETRY_MS);
    } else {
      this.#waitingSinceMs ??= nowMs;
      if (nowMs >= this.#waitingSinceMs + TIMEOUT_MS) {
        report('FailedMount', waitFailure(missing, [...this.unattached], [], 'context deadline exceeded'));
        this.#waitingSinceMs = nowMs;
      }
      times.push(this.#waitingSinceMs + TIMEOUT_MS);
    }
    return {
      mounted: this.#mounted,
      complete: missing.length === 0,
      retryAtMs: times.length === 0 ? undefined : Math.min(...times),
    };
  }

  /** Whether the volumes show something that may change while the Pod runs. */
  mayChange(pod: Pod): boolean {
    return this.#usedBy(pod).mayChange;
  }

  #usedBy({ spec }: Pod) {
    if (this.#used?.spec === spec) return this.#used;
    const volumes = usedVolumes(spec);
    this.#used = { spec, volumes, mayChange: volumes.some((volume) => pluginOf(volume)?.changes === true) };
    return this.#used;
  }

  #try(
    context: VolumeContext,
    pod: Pod,
    volume: Volume,
    nowMs: number,
    report: Report,
    unknown: Map<string, string>,
  ): void {
    const { name } = volume;
    const last = this.#retries.get(name);
    if (this.#operations.has(name) || (last !== undefined && nowMs < last.atMs)) return;
    try {
      const mounting = setUp(context, pod, volume, this.#mounted.get(name));
      if (isTask(mounting)) this.#begin(context, volume, mounting, report);
      else this.#succeeded(name, mounting);
    } catch (error) {
      if (error instanceof UnknownVolume) unknown.set(name, error.message);
      else this.#failed(volume, error, nowMs, report);
    }
  }

  /** Waits for a mount that takes its time, while the Pod's worker goes on. */
  #begin(context: VolumeContext, volume: Volume, task: Task<MountedVolume>, report: Report): void {
    const { sim } = context;
    const settled = function* (): Task<MountedVolume | { readonly failure: unknown }> {
      try {
        return yield* task;
      } catch (failure) {
        return { failure };
      }
    };
    const operation = runTask(sim, `mount ${volume.name}`, settled(), (outcome) => {
      this.#operations.delete(volume.name);
      if ('failure' in outcome) this.#failed(volume, outcome.failure, sim.nowMs, report);
      else this.#succeeded(volume.name, outcome);
      this.#changed();
    });
    this.#operations.set(volume.name, operation);
  }

  #succeeded(name: string, mounted: MountedVolume): void {
    this.#mounted.set(name, mounted);
    this.#retries.delete(name);
    this.unattached.delete(name);
  }

  #failed(volume: Volume, error: unknown, nowMs: number, report: Report): void {
    const { name } = volume;
    const isMapping = error instanceof VolumeError && error.step.startsWith('MapVolume');
    report(isMapping ? 'FailedMapVolume' : 'FailedMount', failureText(volume, error));
    const last = this.#retries.get(name);
    const delayMs = last === undefined ? FIRST_RETRY_MS : Math.min(last.delayMs * 2, MAX_RETRY_MS);
    this.#retries.set(name, { delayMs, atMs: nowMs + delayMs });
  }
}

function failureText({ name }: Volume, error: unknown): string {
  if (error instanceof VolumeError) {
    return `${error.step} failed for volume "${error.volume ?? name}" : ${error.message}`;
  }
  if (error instanceof Errno) return `MountVolume.SetUp failed for volume "${name}" : ${errnoText(error)}`;
  throw error;
}

function waitFailure(
  unmounted: readonly string[],
  unattached: readonly string[],
  failed: readonly string[],
  cause: string,
): string {
  const lists = `unmounted volumes=${list(unmounted)}, unattached volumes=${list(unattached)}, failed to process volumes=${list(failed)}`;
  return `Unable to attach or mount volumes: ${lists}: ${cause}`;
}

function list(names: readonly string[]): string {
  return `[${[...names].sort().join(' ')}]`;
}

/** The volumes that some container mounts; nobody notices whether the others are there. */
function usedVolumes(spec: Pod['spec']): readonly Volume[] {
  const { volumes = [], initContainers = [], ephemeralContainers = [], containers } = spec;
  if (volumes.length === 0) return [];
  const all = [...initContainers, ...containers, ...ephemeralContainers];
  return volumes.filter((volume) => {
    const isIt = ({ name }: { readonly name: string }): boolean => name === volume.name;
    return all.some(({ volumeMounts, volumeDevices }) => volumeMounts?.some(isIt) || volumeDevices?.some(isIt));
  });
}

function setUp(context: VolumeContext, pod: Pod, volume: Volume, known: MountedVolume | undefined): Mounting {
  const plugin = pluginOf(volume);
  if (plugin === undefined) {
    const kind = Object.keys(volume).find((field) => field !== 'name') ?? 'unknown';
    throw new VolumeError(`${kind} volumes are not supported by this simulation`);
  }
  return plugin.setUp(context, pod, volume, volumeDirectory(pod.metadata.uid, plugin, volume.name), known);
}

function pluginOf(volume: Volume): VolumePlugin | undefined {
  return PLUGINS.find(({ field }) => volume[field] !== undefined);
}

function volumeDirectory(uid: string, plugin: VolumePlugin, name: string): string {
  return `${podDirectory(uid)}/volumes/${plugin.directory}/${name}`;
}
