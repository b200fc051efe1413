import { type FeatureGates, NO_FEATURES } from '../api/feature-gates.ts';
import { NO_NETWORK, type SendHttp } from '../api/http-port.ts';
import { Client } from '../client/client.ts';
import { EventRecorder } from '../client/event-recorder.ts';
import { LeaderElector } from '../client/leader-election.ts';
import type { Transport } from '../client/transport.ts';
import type { Simulation } from '../sim/index.ts';
import { defaultConfiguration } from './config/configuration.ts';
import { readConfiguration } from './config/read-configuration.ts';
import type { SchedulingDecision } from './decision-log.ts';
import { buildExtenders, type ReadText } from './extenders/build-extenders.ts';
import type { Plugins } from './profiles.ts';
import { Scheduler } from './scheduler.ts';

export { ConfigurationError } from './config/shape.ts';
export type { NodeVerdict, SchedulingDecision } from './decision-log.ts';

export interface KubeSchedulerOptions {
  readonly sim: Simulation;
  readonly transport: Transport;
  /** The text of a `KubeSchedulerConfiguration`: what the file of `--config` holds. */
  readonly configuration?: string;
  /** How it reaches extenders. */
  readonly sendHttp?: SendHttp;
  /** Reads the files that the configuration names. */
  readonly readText?: ReadText;
  /** `--feature-gates`: none of the alpha features unless told. */
  readonly featureGates?: FeatureGates;
  /** Plugins that the configuration may name besides the built-in ones, by name. */
  readonly plugins?: Plugins;
  /** The machine it runs on. */
  readonly hostname?: string;
  /** `--leader-elect`: schedule only while holding the Lease `kube-system/kube-scheduler`. On unless told. */
  readonly leaderElect?: boolean;
  /** The Lease was lost; the scheduler has stopped. The real process exits with status 1. */
  readonly onLeaseLost?: () => void;
}

export interface RunningScheduler {
  /** Ends it at once, as killing the process does. */
  stop(): void;
  /** How the last attempt to schedule a Pod went; undefined when it is not remembered. */
  explain(namespace: string, name: string): SchedulingDecision | undefined;
}

const NO_FILES: ReadText = (path) => ({ error: `open ${path}: no such file or directory` });

/**
 * Starts a scheduler.
 *
 * @throws ConfigurationError when the configuration cannot be used.
 */
export function startScheduler(options: KubeSchedulerOptions): RunningScheduler {
  const { sim, transport, plugins, hostname = 'control-plane', featureGates = NO_FEATURES } = options;
  const { sendHttp = NO_NETWORK, readText = NO_FILES } = options;
  const client = new Client(transport, { userAgent: 'kube-scheduler', isComponent: true });
  const configuration =
    options.configuration === undefined
      ? defaultConfiguration(featureGates)
      : readConfiguration(options.configuration, featureGates);
  const extenders = buildExtenders(configuration.extenders, sendHttp, readText);
  const scheduler = new Scheduler(sim, client, { configuration, hostname, extenders, plugins, featureGates });
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
