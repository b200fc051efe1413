import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { LeaderElector } from '../client/leader-election.ts';
import type { Transport } from '../client/transport.ts';
import type { Simulation } from '../sim/index.ts';
import { Scheduler } from './scheduler.ts';

export interface KubeSchedulerOptions {
  readonly sim: Simulation;
  readonly transport: Transport;
  /** Pods with another `spec.schedulerName` are left alone. */
  readonly schedulerName?: string;
  /** The machine it runs on. */
  readonly hostname?: string;
  /** `--leader-elect`: schedule only while holding the Lease `kube-system/kube-scheduler`. On unless told. */
  readonly leaderElect?: boolean;
  /** The Lease was lost; the scheduler has stopped. The real process exits with status 1. */
  readonly onLeaseLost?: () => void;
}

/** Starts a scheduler. `stop` ends it at once, as killing the process does. */
export function startScheduler(options: KubeSchedulerOptions): { stop(): void } {
  const { sim, transport, schedulerName = 'default-scheduler', hostname = 'control-plane' } = options;
  const client = new Client(transport, { userAgent: 'kube-scheduler' });
  const scheduler = new Scheduler(sim, client, { schedulerName, hostname });
  if (options.leaderElect === false) {
    scheduler.start();
    return scheduler;
  }
  const recorder = new EventRecorder(sim, client, { component: schedulerName });
  const elector = new LeaderElector(sim, client, {
    name: 'kube-scheduler',
    identity: `${hostname}_${sim.random('kube-scheduler identity').uuid()}`,
    recorder,
    onStartedLeading: () => scheduler.start(),
    onStoppedLeading: () => {
      stop();
      options.onLeaseLost?.();
    },
  });
  const stop = (): void => {
    elector.stop();
    recorder.stop();
    scheduler.stop();
  };
  elector.start();
  return { stop };
}
