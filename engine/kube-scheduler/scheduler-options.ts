import type { SchedulerConfiguration } from './config/configuration.ts';
import type { Extenders } from './extenders/extenders.ts';
import type { Grouping } from './grouping.ts';
import type { PluginFactory } from './handle.ts';
import type { Plugins } from './profiles.ts';

export interface SchedulerOptions {
  readonly configuration: SchedulerConfiguration;
  /** The machine it runs on, for its events. */
  readonly hostname: string;
  readonly extenders: Extenders;
  /** Plugins that the configuration may name besides the built-in ones. */
  readonly plugins?: Plugins | undefined;
  /** Makes what sees to ResourceClaims; without it, Pods with claims wait. Called at most once. */
  readonly claimPlugin?: (() => PluginFactory) | undefined;
  /** Where Pods are scheduled in groups. */
  readonly grouping?: Grouping | undefined;
}
