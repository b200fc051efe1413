import type { Cluster } from '@drydock/engine';
import type { Observation } from './exercise.ts';
import { observe, type Seen } from './observe.ts';

/** From where checks look at a cluster, and wait for it: a simulated one, or a real one through kubectl. */
export interface Vantage {
  /** The cluster's time, in milliseconds since some fixed moment. */
  readonly nowMs: number;
  wait(ms: number): void;
  observe(observation: Observation): Seen;
}

/** Looks at a simulated cluster; waiting drives its clock. */
export function simulated(cluster: Cluster): Vantage {
  return {
    get nowMs() {
      return cluster.sim.nowMs;
    },
    wait: (ms) => cluster.sim.runFor(ms),
    observe: (observation) => observe(cluster, observation),
  };
}
