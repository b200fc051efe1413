import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { LeaderElector } from '../client/leader-election.ts';
import type { Transport } from '../client/transport.ts';
import type { Simulation } from '../sim/index.ts';
import { defaultConfiguration } from './config/configuration.ts';
import type { SchedulingDecision } from './decision-log.ts';
import { Extenders } from './extenders/extenders.ts';
import type { PluginFactory } from './handle.ts';
import { Scheduler } from './scheduler.ts';
import type { SchedulerOptions } from './scheduler-options.ts';

/** What every scheduler is told, whatever its configuration. */
export interface SchedulerProcessOptions {
  readonly sim: Simulation;
  readonly transport: Transport;
  /** The machine it runs on. */
  readonly hostname?: string;
  /** `--leader-elect`: schedule only while holding the Lease `kube-system/kube-scheduler`. On unless told. */
  readonly leaderElect?: boolean;
  /** Makes what sees to ResourceClaims; nobody asks before a Pod has some. */
  readonly claimPlugin?: () => PluginFactory;
  /** The Lease was lost; the scheduler has stopped. The real process exits with status 1. */
  readonly onLeaseLost?: () => void;
}

export interface RunningScheduler {
  /** Ends it at once, as killing the process does. */
  stop(): void;
  /** How the last attempt to schedule a Pod went; undefined when it is not remembered. */
  explain(namespace: string, name: string): SchedulingDecision | undefined;
}

/** Starts a scheduler without a configuration file and without alpha features, as nearly every cluster has it. */
export function startPlainScheduler(options: SchedulerProcessOptions): RunningScheduler {
  return runScheduler(options, { configuration: defaultConfiguration(), extenders: new Extenders([]) });
}

export function runScheduler(
  options: SchedulerProcessOptions,
  setUp: Omit<SchedulerOptions, 'hostname' | 'claimPlugin'>,
): RunningScheduler {
  const { sim, transport, hostname = 'control-plane' } = options;
  const { configuration } = setUp;
  const client = new Client(transport, { userAgent: 'kube-scheduler', isComponent: true });
  const scheduler = new Scheduler(sim, client, { ...setUp, hostname, claimPlugin: options.claimPlugin });
  const explain = scheduler.explain.bind(scheduler);
  if ((configuration.leaderElect ?? options.leaderElect) === false) {
    scheduler.start();
    return { stop: () => scheduler.stop(), explain };
  }
  const recorder = new EventRecorder(sim, client, { component: 'default-scheduler' });
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
  return { stop, explain };
}
