import { type Simulation, sleep, type Task } from '../sim/index.ts';
import { CriError, type ImageService, type ImageStatus } from './cri.ts';
import type { Image, Registry, RegistryLogin } from './image.ts';
import { formatImageReference, type ImageReference, parseImageReference, repositoryOf } from './image-reference.ts';
import type { ContainerdOptions } from './options.ts';
import { refusePull } from './pull-refusal.ts';

/** An image on a machine, with the names it was pulled by. */
export interface StoredImage {
  readonly image: Image;
  readonly repoTags: readonly string[];
  readonly repoDigests: readonly string[];
}

/** The images of one machine, by their digest. They outlive the containerd process. */
export type ImageTable = Map<string, StoredImage>;

/** Pulls images and knows which are here. */
export class ImageStore implements ImageService {
  readonly #sim: Simulation;
  readonly #hostName: string;
  readonly #registry: Registry;
  readonly #options: ContainerdOptions;
  readonly #images: ImageTable;
  /** Canonical reference → id of the image. */
  readonly #names = new Map<string, string>();

  constructor(sim: Simulation, hostName: string, registry: Registry, images: ImageTable, options: ContainerdOptions) {
    this.#sim = sim;
    this.#hostName = hostName;
    this.#registry = registry;
    this.#images = images;
    this.#options = options;
    for (const [id, stored] of images) this.#indexNames(id, stored);
  }

  /** Puts an image here without pulling: what a machine is delivered with. Unknown references are left out. */
  preload(text: string): void {
    const reference = parseImageReference(text);
    const image = this.#find(reference);
    if (image !== undefined) this.#add(reference, image);
  }

  /** The image by reference or id. */
  lookUp(text: string): StoredImage | undefined {
    const byId = this.#images.get(text);
    if (byId !== undefined) return byId;
    const id = this.#names.get(text) ?? this.#names.get(formatImageReference(parseOrRefuse(text)));
    return id === undefined ? undefined : this.#images.get(id);
  }

  imageStatus(text: string): ImageStatus | undefined {
    const stored = this.lookUp(text);
    return stored && statusOf(stored);
  }

  listImages(): readonly ImageStatus[] {
    const { sandboxImage } = this.#options;
    return [...this.#images.values()].map((stored) => ({
      ...statusOf(stored),
      pinned: stored.repoTags.includes(sandboxImage),
    }));
  }

  *pullImage(text: string, login?: RegistryLogin): Task<string> {
    const reference = parseOrRefuse(text);
    const { pullLatencyMs, pullBytesPerSecond, jitter } = this.#options;
    const random = this.#sim.random(`containerd/${this.#hostName}/pull`);
    const image = this.#find(reference);
    yield* sleep(this.#sim, random.jitter(pullLatencyMs, jitter), 'containerd pull');
    const refusal = refusePull(this.#registry, reference, image, login);
    if (refusal !== undefined || image === undefined) throw refusal;
    if (!this.#images.has(image.digest)) {
      const downloadMs = (image.sizeBytes / pullBytesPerSecond) * 1000;
      yield* sleep(this.#sim, random.jitter(downloadMs, jitter), 'containerd pull');
    }
    this.#add(reference, image);
    this.#sim.record('image.pull', `${this.#hostName}:${formatImageReference(reference)}`);
    return `${repositoryOf(reference)}@${image.digest}`;
  }

  removeImage(text: string): void {
    const stored = this.lookUp(text);
    if (stored === undefined) return;
    this.#images.delete(stored.image.digest);
    for (const name of [...stored.repoTags, ...stored.repoDigests]) this.#names.delete(name);
  }

  #find(reference: ImageReference): Image | undefined {
    return this.#registry.find(formatImageReference(reference));
  }

  #add(reference: ImageReference, image: Image): void {
    const known = this.#images.get(image.digest);
    const digest = `${repositoryOf(reference)}@${image.digest}`;
    const tag = reference.digest === undefined ? [`${repositoryOf(reference)}:${reference.tag}`] : [];
    const stored: StoredImage = {
      image,
      repoTags: [...new Set([...(known?.repoTags ?? []), ...tag])],
      repoDigests: [...new Set([...(known?.repoDigests ?? []), digest])],
    };
    this.#images.set(image.digest, stored);
    this.#indexNames(image.digest, stored);
  }

  #indexNames(id: string, stored: StoredImage): void {
    for (const name of [...stored.repoTags, ...stored.repoDigests]) this.#names.set(name, id);
  }
}

function parseOrRefuse(text: string): ImageReference {
  try {
    return parseImageReference(text);
  } catch (error) {
    throw new CriError('Unknown', `failed to parse image reference "${text}": ${(error as Error).message}`);
  }
}

function statusOf({ image, repoTags, repoDigests }: StoredImage): ImageStatus {
  const [user = ''] = (image.user ?? '').split(':');
  const numeric = /^\d+$/.test(user);
  return {
    id: image.digest,
    repoTags,
    repoDigests,
    sizeBytes: image.sizeBytes,
    uid: numeric ? Number(user) : undefined,
    username: numeric || user === '' ? undefined : user,
  };
}
