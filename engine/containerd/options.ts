/** How long the runtime's work takes, in virtual milliseconds. */
export interface ContainerdOptions {
  /** Each duration is stretched by a random factor of up to 1 + this. */
  readonly jitter: number;
  /** Of a pull: before the first byte, and from then on. */
  readonly pullLatencyMs: number;
  readonly pullBytesPerSecond: number;
  /** Setting up a sandbox: namespaces, pause process, network. */
  readonly sandboxMs: number;
  readonly createContainerMs: number;
  readonly startContainerMs: number;
  /** The image of every sandbox's first process. */
  readonly sandboxImage: string;
}

export const DEFAULT_CONTAINERD_OPTIONS: ContainerdOptions = {
  jitter: 0.1,
  pullLatencyMs: 300,
  pullBytesPerSecond: 50_000_000,
  sandboxMs: 120,
  createContainerMs: 25,
  startContainerMs: 40,
  sandboxImage: 'registry.k8s.io/pause:3.10.1',
};

export const CONTAINERD_VERSION = 'v2.2.1';
