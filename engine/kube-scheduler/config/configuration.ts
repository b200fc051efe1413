import type { PluginPoints } from './plugin-points.ts';
import { pluginPoints } from './plugin-sets.ts';

/** A `KubeSchedulerConfiguration`, read, defaulted and found to be valid. */
export interface SchedulerConfiguration {
  readonly profiles: readonly ProfileConfiguration[];
  readonly podInitialBackoffSeconds: number;
  readonly podMaxBackoffSeconds: number;
  /** Undefined leaves it to the command line. */
  readonly leaderElect?: boolean;
}

export interface ProfileConfiguration {
  readonly schedulerName: string;
  /** 0: adaptive. */
  readonly percentageOfNodesToScore: number;
  readonly points: PluginPoints;
  /** Arguments by plugin, as the file gives them. */
  readonly pluginConfig: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler';
export const INITIAL_BACKOFF_SECONDS = 1;
export const MAX_BACKOFF_SECONDS = 10;

/** What a scheduler without a configuration file does. */
export function defaultConfiguration(schedulerName = DEFAULT_SCHEDULER_NAME): SchedulerConfiguration {
  return {
    profiles: [{ schedulerName, percentageOfNodesToScore: 0, points: pluginPoints({}), pluginConfig: new Map() }],
    podInitialBackoffSeconds: INITIAL_BACKOFF_SECONDS,
    podMaxBackoffSeconds: MAX_BACKOFF_SECONDS,
  };
}
