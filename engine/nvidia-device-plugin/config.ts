import { parse } from 'yaml';

const STRATEGIES = ['envvar', 'volume-mounts', 'cdi-cri', 'cdi-annotations'] as const;

/**
 * The plugin's configuration, from its file, its environment and its defaults.
 * https://github.com/NVIDIA/k8s-device-plugin#configuring-the-nvidia-device-plugin-binary
 */
export interface PluginConfig {
  readonly failOnInitError: boolean;
  readonly deviceListStrategy: (typeof STRATEGIES)[number];
  readonly deviceIDStrategy: 'uuid' | 'index';
  readonly passDeviceSpecs: boolean;
  /** How many Pods may share a GPU; 1 for none. */
  readonly replicas: number;
  /** Whether a shared resource gets a name of its own: `nvidia.com/gpu.shared`. */
  readonly renameByDefault: boolean;
  readonly failRequestsGreaterThanOne: boolean;
}

/** What is wrong with a configuration. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

interface FileShape {
  readonly version?: unknown;
  readonly flags?: {
    readonly migStrategy?: unknown;
    readonly failOnInitError?: unknown;
    readonly plugin?: Readonly<Record<string, unknown>>;
  };
  readonly sharing?: { readonly timeSlicing?: SharingShape; readonly mps?: unknown };
}

interface SharingShape {
  readonly renameByDefault?: unknown;
  readonly failRequestsGreaterThanOne?: unknown;
  readonly resources?: readonly { readonly name?: unknown; readonly replicas?: unknown }[];
}

/** @param text of the configuration file; undefined without one. @throws ConfigError */
export function readConfig(text: string | undefined, env: Readonly<Record<string, string>>): PluginConfig {
  const file = text === undefined ? {} : readFile(text);
  const flag = (name: string, fromFile: unknown, fallback: string): string => env[name] ?? String(fromFile ?? fallback);
  const plugin = file.flags?.plugin ?? {};
  const strategy = flag('DEVICE_LIST_STRATEGY', first(plugin['deviceListStrategy']), 'envvar');
  const known = STRATEGIES.find((each) => each === strategy);
  if (known === undefined) throw new ConfigError(`invalid --device-list-strategy option: ${strategy}`);
  const ids = flag('DEVICE_ID_STRATEGY', plugin['deviceIDStrategy'], 'uuid');
  if (ids !== 'uuid' && ids !== 'index') throw new ConfigError(`invalid --device-id-strategy option: ${ids}`);
  const mig = flag('MIG_STRATEGY', file.flags?.migStrategy, 'none');
  if (mig !== 'none') throw new ConfigError(`MIG strategy "${mig}": the GPUs of this simulation cannot be divided`);
  return {
    failOnInitError: flag('FAIL_ON_INIT_ERROR', file.flags?.failOnInitError, 'true') === 'true',
    deviceListStrategy: known,
    deviceIDStrategy: ids,
    passDeviceSpecs: flag('PASS_DEVICE_SPECS', plugin['passDeviceSpecs'], 'false') === 'true',
    ...readSharing(file),
  };
}

function readFile(text: string): FileShape {
  let file: unknown;
  try {
    file = parse(text, { maxAliasCount: 0 });
  } catch (error) {
    throw new ConfigError(`error parsing config file: unmarshal error: ${(error as Error).message}`);
  }
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw new ConfigError('error parsing config file: unmarshal error: no object');
  }
  const shape = file as FileShape;
  if (shape.version !== 'v1')
    throw new ConfigError(`error parsing config file: unknown version: ${shape.version ?? ''}`);
  if (shape.sharing?.mps !== undefined) throw new ConfigError('sharing by MPS is not part of this simulation');
  return shape;
}

function readSharing(
  file: FileShape,
): Pick<PluginConfig, 'replicas' | 'renameByDefault' | 'failRequestsGreaterThanOne'> {
  const sharing = file.sharing?.timeSlicing;
  const resources = Array.isArray(sharing?.resources) ? sharing.resources : [];
  for (const { name, replicas } of resources) {
    if (!Number.isInteger(replicas) || (replicas as number) < 2) {
      throw new ConfigError(`error parsing config file: number of replicas must be >= 2, not ${replicas} (${name})`);
    }
  }
  const gpu = resources.find(({ name }) => name === 'nvidia.com/gpu' || name === 'gpu');
  return {
    replicas: (gpu?.replicas as number | undefined) ?? 1,
    renameByDefault: sharing?.renameByDefault === true,
    failRequestsGreaterThanOne: sharing?.failRequestsGreaterThanOne === true,
  };
}

/** One strategy, or a list of which the first counts here. */
function first(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : value;
}
