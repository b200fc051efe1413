import type { Timer } from '../sim/index.ts';
import type { ServerContext } from './context.ts';
import type { Store } from './registry/store.ts';
import { wroteLater } from './writing-later.ts';

/** From a write to the server's own look at it. */
const NOTICE_MS = 5;
/** While etcd takes no writes. */
const RETRY_MS = 1000;

/**
 * Looks soon after something is written to one of the stores; the returned function ends that.
 *
 * @param look says after how many milliseconds to look again, if at all
 */
export function followStores(
  { etcd, sim }: ServerContext,
  stores: readonly Store[],
  name: string,
  look: () => number | undefined,
): () => void {
  let timer: Timer | undefined;
  const lookIn = (delayMs: number): void => {
    timer?.cancel();
    timer = sim.schedule(delayMs, name, () => {
      let againMs: number | undefined = RETRY_MS;
      wroteLater(() => {
        againMs = look();
      });
      if (againMs !== undefined) lookIn(againMs);
    });
  };
  const sink = { event: () => lookIn(NOTICE_MS), cancelled: () => {} };
  const watches = stores.map(({ prefix }) => etcd.watch(prefix, etcd.revision + 1, sink));
  return () => {
    timer?.cancel();
    for (const watch of watches) watch.cancel();
  };
}
