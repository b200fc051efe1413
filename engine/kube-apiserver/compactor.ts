import type { EtcdClient } from '../etcd/index.ts';
import type { Simulation, Timer } from '../sim/index.ts';

/**
 * Compacts etcd as the real server does: at each interval to the revision of the interval before, so that the last
 * interval's history can always be read. After k8s.io/apiserver pkg/storage/etcd3/compact.go.
 *
 * @param intervalMs 0 keeps all history.
 * @returns a function that stops it.
 */
export function startCompactor(sim: Simulation, etcd: EtcdClient, intervalMs: number): () => void {
  if (intervalMs <= 0) return () => {};
  let revision = etcd.revision;
  let timer: Timer;
  const compact = (): void => {
    if (revision > etcd.compactRevision) etcd.compact(revision);
    revision = etcd.revision;
    timer = sim.schedule(intervalMs, 'compact etcd', compact);
  };
  timer = sim.schedule(intervalMs, 'compact etcd', compact);
  return () => timer.cancel();
}
