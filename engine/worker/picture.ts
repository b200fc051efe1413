import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterView } from '../cluster/view.ts';

/** Notices when the picture of a cluster differs from the one last taken. */
export class Picture {
  readonly #cluster: Cluster;
  #steps = -1;
  #signature = '';

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** The picture, if anything but the time in it has changed since the last call. */
  take(): ClusterView | undefined {
    const { steps } = this.#cluster.sim;
    if (steps === this.#steps) return undefined;
    this.#steps = steps;
    const view = this.#cluster.view();
    // A picture is a few kilobytes, so its text is the cheapest exact comparison there is.
    const signature = JSON.stringify([view.nodes, view.unscheduled]);
    if (signature === this.#signature) return undefined;
    this.#signature = signature;
    return view;
  }
}
