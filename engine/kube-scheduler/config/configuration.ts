import { type FeatureGates, NO_FEATURES } from '../../api/feature-gates.ts';
import type { PluginPoints } from './plugin-points.ts';
import { pluginPoints } from './plugin-sets.ts';

/** A `KubeSchedulerConfiguration`, read, defaulted and found to be valid. */
export interface SchedulerConfiguration {
  readonly profiles: readonly ProfileConfiguration[];
  readonly extenders: readonly ExtenderConfiguration[];
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

/** A server that has a say in scheduling. What its verb is empty for it is not asked. */
export interface ExtenderConfiguration {
  readonly urlPrefix: string;
  readonly filterVerb: string;
  readonly prioritizeVerb: string;
  readonly preemptVerb: string;
  readonly bindVerb: string;
  /** What its scores count. */
  readonly weight: number;
  readonly tls: {
    readonly insecure: boolean;
    /** Whom its certificate has to be for; the host of the URL unless told. */
    readonly serverName?: string;
    /** Who may sign for it: PEM in a file, or in base64. */
    readonly caFile?: string;
    readonly caData?: string;
  };
  readonly httpTimeoutMs: number;
  /** Whether it knows the nodes, so that names will do. */
  readonly nodeCacheCapable: boolean;
  /** It is asked about Pods that want one of these; about all Pods when there are none. */
  readonly managedResources: ReadonlySet<string>;
  /** Whether scheduling goes on without it when it fails. */
  readonly ignorable: boolean;
}

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler';
export const INITIAL_BACKOFF_SECONDS = 1;
export const MAX_BACKOFF_SECONDS = 10;

/** What a scheduler without a configuration file does. */
export function defaultConfiguration(gates: FeatureGates = NO_FEATURES): SchedulerConfiguration {
  const points = pluginPoints({}, gates);
  return {
    profiles: [{ schedulerName: DEFAULT_SCHEDULER_NAME, percentageOfNodesToScore: 0, points, pluginConfig: new Map() }],
    extenders: [],
    podInitialBackoffSeconds: INITIAL_BACKOFF_SECONDS,
    podMaxBackoffSeconds: MAX_BACKOFF_SECONDS,
  };
}
