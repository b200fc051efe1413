// Loaded before the server by the load generator, which asks by a message what the process holds.

process.on('message', () => {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  globalThis.gc?.();
  process.send!({ rss, heapUsed, heapTotal, external, heapAlive: process.memoryUsage().heapUsed } satisfies MemoryUse);
});
// The channel alone keeps no server alive.
process.channel?.unref();

/** In bytes. */
export interface MemoryUse {
  readonly rss: number;
  readonly heapUsed: number;
  readonly heapTotal: number;
  readonly external: number;
  /** What is left of the heap after it was collected. */
  readonly heapAlive: number;
}
