import { CriError } from '../containerd/cri.ts';
import type { Timer } from '../sim/index.ts';
import type { ImageGcPolicy } from './configuration.ts';
import { imageBytes, removeImages } from './image-removal.ts';
import type { KubeletContext } from './kubelet-context.ts';

/** ImageGCPeriod. */
const PERIOD_MS = 300_000;

/**
 * Removes images that nobody uses when the disk gets full, those that were used longest ago first; and, if that is
 * configured, those that nobody has used for long. After `pkg/kubelet/images/image_gc_manager.go`.
 * https://kubernetes.io/docs/concepts/architecture/garbage-collection/#container-image-lifecycle
 */
export class ImageGc {
  readonly #context: KubeletContext;
  readonly #policy: ImageGcPolicy;
  /** When each image was seen first, and when a container of it was seen last. */
  readonly #seen = new Map<string, { readonly firstMs: number; usedMs: number }>();
  #timer: Timer | undefined;

  constructor(context: KubeletContext, policy: ImageGcPolicy) {
    this.#context = context;
    this.#policy = policy;
  }

  start(): void {
    const { sim, nodeName } = this.#context;
    this.#timer = sim.schedule(PERIOD_MS, `kubelet/${nodeName} image GC`, () => {
      this.#collect();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  #collect(): void {
    try {
      this.#look();
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
    }
  }

  #look(): void {
    const { sim, runtime, images, root } = this.#context;
    const used = new Set(runtime.listContainers().map(({ imageRef }) => imageRef));
    const present = images.listImages();
    for (const id of this.#seen.keys()) if (present.every((image) => image.id !== id)) this.#seen.delete(id);
    for (const { id, repoDigests } of present) {
      const known = this.#seen.get(id) ?? { firstMs: sim.nowMs, usedMs: Number.NEGATIVE_INFINITY };
      if (used.has(id) || repoDigests.some((digest) => used.has(digest))) known.usedMs = sim.nowMs;
      this.#seen.set(id, known);
    }
    this.#removeOld();
    if (root === undefined) return;
    const { totalBytes, usedBytes } = root.statfs('/');
    this.#makeRoom(totalBytes, Math.max(0, totalBytes - usedBytes - imageBytes(images)));
  }

  #removeOld(): void {
    const { sim } = this.#context;
    const { maximumAgeMs } = this.#policy;
    if (maximumAgeMs === 0) return;
    const old = this.#unused().filter((id) => {
      const { firstMs, usedMs } = this.#seen.get(id)!;
      return sim.nowMs - Math.max(firstMs, usedMs) > maximumAgeMs;
    });
    this.#remove(old, Number.POSITIVE_INFINITY);
  }

  #makeRoom(capacity: number, available: number): void {
    const { sim, nodeName, recorder } = this.#context;
    const { highThresholdPercent, lowThresholdPercent, minimumAgeMs } = this.#policy;
    const usedPercent = 100 - Math.floor((available * 100) / capacity);
    if (usedPercent < highThresholdPercent) return;
    const wanted = Math.ceil((capacity * (100 - lowThresholdPercent)) / 100 - available);
    const old = this.#unused().filter((id) => sim.nowMs - this.#seen.get(id)!.firstMs >= minimumAgeMs);
    const freed = this.#remove(old, wanted);
    if (freed >= wanted) return;
    const message = `Failed to garbage collect required amount of images. Attempted to free ${wanted} bytes, but only found ${freed} bytes eligible to free.`;
    recorder.eventAbout({ kind: 'Node', name: nodeName, uid: nodeName }, 'Warning', 'FreeDiskSpaceFailed', message);
  }

  /** Those without a container, used longest ago first. */
  #unused(): readonly string[] {
    const { sim } = this.#context;
    const free = [...this.#seen].filter(([, { usedMs }]) => usedMs < sim.nowMs);
    return free.toSorted(([, a], [, b]) => a.usedMs - b.usedMs || a.firstMs - b.firstMs).map(([id]) => id);
  }

  /** Until so many bytes are free. Returns how many were freed. */
  #remove(ids: readonly string[], wanted: number): number {
    const { runtime, images, pullRecords } = this.#context;
    return removeImages(runtime, images, pullRecords, ids, wanted);
  }
}
