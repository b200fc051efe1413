import { ConfigurationError } from '../api/config-shape.ts';
import type { ProfileConfiguration } from './config/configuration.ts';
import { defaultArgs } from './config/plugin-args.ts';
import { actsAt } from './config/plugin-methods.ts';
import {
  type EnabledPlugin,
  EXTENSION_POINTS,
  type ExtensionPoint,
  type PluginPoints,
} from './config/plugin-points.ts';
import type { Plugin } from './framework.ts';
import type { FilterRunner, Handle, PluginFactory, SharedHandle } from './handle.ts';
import { REGISTRY } from './plugins/registry.ts';
import { Profile } from './profile.ts';
import type { QueuePlugins } from './scheduling-queue.ts';

/** Plugins by name, besides the built-in ones. */
export type Plugins = Readonly<Record<string, PluginFactory>>;

/**
 * Makes the profiles with plugins of their own.
 *
 * @throws ConfigurationError when a profile names a plugin that there is none of, or cannot work.
 */
export function buildProfiles(
  configurations: readonly ProfileConfiguration[],
  plugins: Plugins,
  shared: SharedHandle,
): ReadonlyMap<string, Profile> {
  const profiles = new Map<string, Profile>();
  for (const configuration of configurations) {
    const { schedulerName } = configuration;
    try {
      profiles.set(schedulerName, buildProfile(configuration, plugins, shared));
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      const where = `initializing profiles: creating profile for scheduler name ${schedulerName}`;
      throw new ConfigurationError(`${where}: ${error.message}`);
    }
  }
  return profiles;
}

/** What the queue asks of each profile. */
export function queuePlugins(profiles: ReadonlyMap<string, Profile>): ReadonlyMap<string, QueuePlugins> {
  return new Map(
    Array.from(profiles, ([name, profile]) => [
      name,
      { preEnqueue: profile.at('preEnqueue'), byName: profile.plugins },
    ]),
  );
}

function buildProfile(configuration: ProfileConfiguration, custom: Plugins, shared: SharedHandle): Profile {
  const { schedulerName, points, pluginConfig } = configuration;
  const made = new Map<string, Plugin>();
  let profile: Profile | undefined;
  const runner = (): FilterRunner => profile!;
  const handle: Handle = {
    ...shared,
    // Plugins ask their profile only when it is complete.
    filters: {
      filters: (state) => runner().filters(state),
      firstRejection: (...args) => runner().firstRejection(...args),
      addPod: (...args) => runner().addPod(...args),
      removePod: (...args) => runner().removePod(...args),
    },
  };
  const pluginOf = (name: string): Plugin => {
    let plugin = made.get(name);
    if (plugin === undefined) {
      const factory = Object.hasOwn(custom, name)
        ? custom[name]
        : Object.hasOwn(REGISTRY, name)
          ? REGISTRY[name]
          : undefined;
      if (factory === undefined) throw new ConfigurationError(`plugin "${name}" does not exist`);
      plugin = factory(handle, defaultArgs(name, pluginConfig.get(name)));
      made.set(name, plugin);
    }
    return plugin;
  };
  const acting = Object.fromEntries(
    EXTENSION_POINTS.map((point) => [point, actingAt(point, points[point], pluginOf)]),
  ) as unknown as PluginPoints;
  checkPoints(schedulerName, acting);
  profile = new Profile(configuration, acting, made, shared.nominator);
  return profile;
}

function actingAt(
  point: ExtensionPoint,
  enabled: readonly EnabledPlugin[],
  pluginOf: (name: string) => Plugin,
): readonly EnabledPlugin[] {
  return enabled.filter(({ name }) => actsAt(pluginOf(name), point));
}

function checkPoints(schedulerName: string, { queueSort, bind }: PluginPoints): void {
  if (queueSort.length !== 1) {
    const problem = queueSort.length === 0 ? 'at least one' : 'only one';
    throw new ConfigurationError(
      `${problem} queue sort plugin required for profile with scheduler name "${schedulerName}", but got ${queueSort.length}`,
    );
  }
  if (bind.length === 0) {
    throw new ConfigurationError(
      `at least one bind plugin is needed for profile with scheduler name "${schedulerName}"`,
    );
  }
}
