import { ConnectionError } from '../../client/transport.ts';
import { Errno } from '../../linux/errno.ts';
import { GrpcError } from '../../linux/grpc.ts';
import { runTask, type Task, type TaskHandle, type Timer } from '../../sim/index.ts';
import type { PluginSurroundings } from '../plugins.ts';
import type { VolumeUsage } from '../volumes/volume.ts';
import { callDriver, type Drivers } from './driver.ts';
import type { Place } from './place.ts';

/** VolumeStatsAggPeriod. */
const PERIOD_MS = 60_000;

/** What drivers say about the volumes that are mounted, asked once a minute. */
export class VolumeStats {
  readonly #around: PluginSurroundings;
  readonly #drivers: Drivers;
  readonly #mounted: ReadonlyMap<string, Place>;
  readonly #usages = new Map<string, VolumeUsage>();
  #timer: Timer | undefined;
  #task: TaskHandle | undefined;

  constructor(around: PluginSurroundings, drivers: Drivers, mounted: ReadonlyMap<string, Place>) {
    this.#around = around;
    this.#drivers = drivers;
    this.#mounted = mounted;
  }

  /** A volume has been mounted: as long as there are any they are asked about. */
  begin(): void {
    if (this.#timer === undefined && this.#task === undefined) this.#wait(0);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#task?.cancel();
  }

  /** @param path where a container's mount leads */
  of(path: string): VolumeUsage | undefined {
    return this.#usages.get(path);
  }

  #wait(ms: number): void {
    const { sim, nodeName } = this.#around;
    const label = `kubelet/${nodeName} volume stats`;
    this.#timer = sim.schedule(ms, label, () => {
      this.#timer = undefined;
      this.#task = runTask(sim, label, this.#ask(), () => {
        this.#task = undefined;
        if (this.#mounted.size > 0) this.#wait(PERIOD_MS);
      });
    });
  }

  *#ask(): Task<void> {
    const { root } = this.#around;
    const paths = new Set<string>();
    for (const { driver: name, handle, target, directory, isBlock } of [...this.#mounted.values()]) {
      const driver = this.#drivers.find(name);
      if (driver?.can.includes('GET_VOLUME_STATS') !== true) continue;
      const path = isBlock ? directory : target;
      paths.add(path);
      try {
        const request = { volume_id: handle, volume_path: target };
        const { usage } = yield* callDriver(root, driver, 'NodeGetVolumeStats', request);
        this.#usages.set(path, usageFrom(usage));
      } catch (error) {
        if (!(error instanceof GrpcError || error instanceof Errno || error instanceof ConnectionError)) throw error;
      }
    }
    for (const path of this.#usages.keys()) if (!paths.has(path)) this.#usages.delete(path);
  }
}

interface Answer {
  readonly total: number;
  readonly available: number;
  readonly used: number;
  readonly unit: string;
}

function usageFrom(answers: readonly Answer[]): VolumeUsage {
  const bytes = answers.find(({ unit }) => unit === 'BYTES');
  const inodes = answers.find(({ unit }) => unit === 'INODES');
  return {
    ...(bytes && { capacityBytes: bytes.total, availableBytes: bytes.available, usedBytes: bytes.used }),
    ...(inodes && { inodes: inodes.total, inodesFree: inodes.available, inodesUsed: inodes.used }),
  };
}
