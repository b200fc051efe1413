import { type FeatureGates, NO_FEATURES } from '../api/feature-gates.ts';
import { NO_NETWORK, type SendHttp } from '../api/http-port.ts';
import { defaultConfiguration } from './config/configuration.ts';
import { readConfiguration } from './config/read-configuration.ts';
import { claimScheduling } from './dynamic-resources/claim-scheduling.ts';
import { buildExtenders, type ReadText } from './extenders/build-extenders.ts';
import { groupingOf } from './grouping.ts';
import type { Plugins } from './profiles.ts';
import { type RunningScheduler, runScheduler, type SchedulerProcessOptions } from './run-scheduler.ts';

export type { NodeVerdict, SchedulingDecision } from './decision-log.ts';

export interface KubeSchedulerOptions extends SchedulerProcessOptions {
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
}

const NO_FILES: ReadText = (path) => ({ error: `open ${path}: no such file or directory` });

/**
 * Starts a scheduler that may be configured. (One without a file and without features is to be had for less:
 * `run-scheduler.ts`.)
 *
 * @throws ConfigurationError when the configuration cannot be used.
 */
export function startScheduler(options: KubeSchedulerOptions): RunningScheduler {
  const { plugins, featureGates = NO_FEATURES, sendHttp = NO_NETWORK, readText = NO_FILES } = options;
  const configuration =
    options.configuration === undefined
      ? defaultConfiguration(featureGates)
      : readConfiguration(options.configuration, featureGates);
  const extenders = buildExtenders(configuration.extenders, sendHttp, readText);
  const withClaims = { claimPlugin: claimScheduling, ...options };
  return runScheduler(withClaims, { configuration, extenders, plugins, grouping: groupingOf(featureGates) });
}
