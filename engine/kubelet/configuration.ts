import { checkQuantity, numericValue } from '../api/quantity.ts';
import { readYamlText } from '../client/yaml-text.ts';
import { Errno } from '../linux/errno.ts';
import { formatGoDuration, parseGoDuration, readGoDuration } from '../linux/programs/go/duration.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import type { EvictionOptions } from './eviction/thresholds.ts';
import type { ShutdownGroup } from './shutdown-groups.ts';

const CONFIGURATION_FILE = '/var/lib/kubelet/config.yaml';

/**
 * What of the kubelet's configuration file this kubelet goes by; other fields are accepted and mean nothing.
 * https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/
 */
export interface KubeletConfiguration {
  /** Quantities by resource (`cpu`, `memory`, `ephemeral-storage`) that Pods cannot have. */
  readonly systemReserved: Readonly<Record<string, string>>;
  readonly kubeReserved: Readonly<Record<string, string>>;
  /** Whether Pods together are held to what they may have. */
  readonly enforceNodeAllocatable: readonly string[];
  readonly maxPods: number | undefined;
  readonly eviction: EvictionOptions;
  readonly imageGc: ImageGcPolicy;
  readonly logs: LogPolicy;
  /** How Pods end when the machine is shut down; empty: nobody waits for them. */
  readonly shutdown: readonly ShutdownGroup[];
}

/** https://kubernetes.io/docs/concepts/architecture/garbage-collection/#container-image-lifecycle */
export interface ImageGcPolicy {
  readonly minimumAgeMs: number;
  /** After so long without a container an image goes, room or not; 0: never. */
  readonly maximumAgeMs: number;
  /** Of the disk in use: above the first images are removed until it is below the second. */
  readonly highThresholdPercent: number;
  readonly lowThresholdPercent: number;
}

/** https://kubernetes.io/docs/concepts/cluster-administration/logging/#log-rotation */
export interface LogPolicy {
  /** `containerLogMaxSize`, a quantity; below zero: logs grow without end. */
  readonly maxSize: string;
  /** Of each container, the one that is written included. */
  readonly maxFiles: number;
  readonly monitorIntervalMs: number;
}

export const DEFAULT_CONFIGURATION: KubeletConfiguration = {
  systemReserved: {},
  kubeReserved: {},
  enforceNodeAllocatable: ['pods'],
  maxPods: undefined,
  eviction: {},
  imageGc: { minimumAgeMs: 120_000, maximumAgeMs: 0, highThresholdPercent: 85, lowThresholdPercent: 80 },
  logs: { maxSize: '10Mi', maxFiles: 5, monitorIntervalMs: 10_000 },
  shutdown: [],
};

/** A kubelet with such a file does not start; the message is what it says. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/** @throws ConfigurationError, also when there is no file */
export function readConfiguration(root: Process, path = CONFIGURATION_FILE): KubeletConfiguration {
  let text: string;
  try {
    text = decode(root.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw loadFailure(path, `open ${path}: ${error.message.toLowerCase()}`);
  }
  return parseConfiguration(text, path);
}

/** @throws ConfigurationError */
export function parseConfiguration(text: string, path = CONFIGURATION_FILE): KubeletConfiguration {
  let file: unknown;
  try {
    file = readYamlText(text, { maxAliasCount: 0 });
  } catch (error) {
    throw loadFailure(path, (error as Error).message.split('\n')[0]!);
  }
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    throw loadFailure(path, "couldn't get version/kind; json parse error");
  }
  return new Reader(file as Readonly<Record<string, unknown>>, path).read();
}

function loadFailure(path: string, problem: string): ConfigurationError {
  return new ConfigurationError(`failed to load kubelet config file, path: ${path}, error: ${problem}`);
}

const SYSTEM_CRITICAL = 2_000_000_000;

class Reader {
  readonly #file: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: string[] = [];

  constructor(file: Readonly<Record<string, unknown>>, path: string) {
    this.#file = file;
    this.#path = path;
  }

  read(): KubeletConfiguration {
    const kind = this.#get('kind');
    if (kind !== 'KubeletConfiguration') {
      throw loadFailure(this.#path, `no kind ${JSON.stringify(kind ?? '')} is registered for the internal version`);
    }
    const { imageGc } = DEFAULT_CONFIGURATION;
    const configuration = {
      systemReserved: this.#quantities('systemReserved'),
      kubeReserved: this.#quantities('kubeReserved'),
      enforceNodeAllocatable: this.#words('enforceNodeAllocatable') ?? DEFAULT_CONFIGURATION.enforceNodeAllocatable,
      maxPods: this.#number('maxPods'),
      eviction: this.#eviction(),
      imageGc: {
        minimumAgeMs: this.#duration('imageMinimumGCAge') ?? imageGc.minimumAgeMs,
        maximumAgeMs: this.#duration('imageMaximumGCAge') ?? imageGc.maximumAgeMs,
        highThresholdPercent: this.#number('imageGCHighThresholdPercent') ?? imageGc.highThresholdPercent,
        lowThresholdPercent: this.#number('imageGCLowThresholdPercent') ?? imageGc.lowThresholdPercent,
      },
      logs: this.#logs(),
      shutdown: this.#shutdown(),
    };
    this.#check(configuration);
    if (this.#problems.length === 0) return configuration;
    const all = this.#problems.length === 1 ? this.#problems[0]! : `[${this.#problems.join(', ')}]`;
    throw new ConfigurationError(
      `failed to validate kubelet configuration, error: ${all}, path: &TypeMeta{Kind:,APIVersion:,}`,
    );
  }

  /** After `NewContainerLogManager` of pkg/kubelet/logs/container_log_manager.go. */
  #logs(): LogPolicy {
    const { logs } = DEFAULT_CONFIGURATION;
    const maxSize = this.#get('containerLogMaxSize') ?? logs.maxSize;
    const maxFiles = this.#number('containerLogMaxFiles') ?? logs.maxFiles;
    const monitorIntervalMs = this.#duration('containerLogMonitorInterval') ?? logs.monitorIntervalMs;
    if (typeof maxSize !== 'string') throw this.#cannot('containerLogMaxSize', typeof maxSize, 'string');
    const failed = 'failed to initialize container log manager';
    if (checkQuantity(maxSize) !== undefined) {
      throw new ConfigurationError(
        `${failed}: failed to parse container log max size "${maxSize}": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`,
      );
    }
    if (numericValue(maxSize) >= 0 && maxFiles <= 1) {
      throw new ConfigurationError(`${failed}: invalid MaxFiles ${maxFiles}, must be > 1`);
    }
    if (monitorIntervalMs < 3000) {
      this.#problems.push(
        `invalid configuration: containerLogMonitorInterval must be a positive time duration greater than or equal to 3s`,
      );
    }
    return { maxSize, maxFiles, monitorIntervalMs };
  }

  #check({ imageGc, enforceNodeAllocatable }: KubeletConfiguration): void {
    const { highThresholdPercent: high, lowThresholdPercent: low } = imageGc;
    if (low >= high) {
      this.#problems.push(
        `invalid configuration: imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) ${high}`,
      );
    }
    for (const word of enforceNodeAllocatable) {
      if (['none', 'pods', 'system-reserved', 'kube-reserved'].includes(word)) continue;
      this.#problems.push(
        `invalid configuration: option "${word}" specified for enforceNodeAllocatable (--enforce-node-allocatable). Valid options are "pods", "system-reserved", "kube-reserved", or "none"`,
      );
    }
  }

  /** The first two fields are a short way to say the third. After `migrateConfig` of nodeshutdown_manager.go. */
  #shutdown(): readonly ShutdownGroup[] {
    const totalMs = this.#duration('shutdownGracePeriod') ?? 0;
    const criticalMs = this.#duration('shutdownGracePeriodCriticalPods') ?? 0;
    const byPriority = this.#get('shutdownGracePeriodByPodPriority');
    if (totalMs > 0 && totalMs < 1000) {
      this.#problems.push(
        `invalid configuration: shutdownGracePeriod ${formatGoDuration(totalMs)} must be either zero or otherwise >= 1 sec`,
      );
    }
    if (criticalMs > totalMs) {
      this.#problems.push(
        `invalid configuration: shutdownGracePeriodCriticalPods {${formatGoDuration(criticalMs)}} must be <= shutdownGracePeriod {${formatGoDuration(totalMs)}}`,
      );
    }
    if (Array.isArray(byPriority) && byPriority.length > 0) {
      if (totalMs > 0 || criticalMs > 0) {
        this.#problems.push(
          'invalid configuration: Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time',
        );
      }
      return byPriority.map(({ priority = 0, shutdownGracePeriodSeconds = 0 }) => ({
        priority: Number(priority),
        periodMs: Number(shutdownGracePeriodSeconds) * 1000,
      }));
    }
    if (totalMs === 0) return [];
    return [
      { priority: 0, periodMs: totalMs - criticalMs },
      { priority: SYSTEM_CRITICAL, periodMs: criticalMs },
    ];
  }

  #eviction(): EvictionOptions {
    const hard = this.#strings('evictionHard');
    const soft = this.#strings('evictionSoft');
    const graces = Object.values(this.#strings('evictionSoftGracePeriod') ?? {}).map(parseGoDuration);
    const maxPodGracePeriodSeconds = this.#number('evictionMaxPodGracePeriod');
    const pressureTransitionPeriodMs = this.#duration('evictionPressureTransitionPeriod');
    return {
      ...(hard === undefined ? {} : { hard }),
      ...(soft === undefined ? {} : { soft }),
      ...(graces[0] === undefined ? {} : { softGracePeriodMs: graces[0] }),
      ...(maxPodGracePeriodSeconds === undefined ? {} : { maxPodGracePeriodSeconds }),
      ...(pressureTransitionPeriodMs === undefined ? {} : { pressureTransitionPeriodMs }),
    };
  }

  #get(field: string): unknown {
    return Object.hasOwn(this.#file, field) ? (this.#file[field] ?? undefined) : undefined;
  }

  #number(field: string): number | undefined {
    const value = this.#get(field);
    if (value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0)) return value;
    throw this.#cannot(field, typeof value, 'int32');
  }

  #duration(field: string): number | undefined {
    const value = this.#get(field);
    if (value === undefined) return undefined;
    const ms = typeof value === 'string' ? readGoDuration(value) : `time: invalid duration ${JSON.stringify(value)}`;
    if (typeof ms === 'string') throw loadFailure(this.#path, ms);
    return ms;
  }

  #words(field: string): readonly string[] | undefined {
    const value = this.#get(field);
    if (value === undefined) return undefined;
    if (Array.isArray(value) && value.every((word) => typeof word === 'string')) return value;
    throw this.#cannot(field, typeof value, '[]string');
  }

  #strings(field: string): Readonly<Record<string, string>> | undefined {
    const value = this.#get(field);
    if (value === undefined) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) throw this.#cannot(field, typeof value, 'map[string]string');
    for (const each of Object.values(value as object)) {
      if (typeof each !== 'string') throw this.#cannot(field, typeof each, 'string');
    }
    return value as Readonly<Record<string, string>>;
  }

  #quantities(field: string): Readonly<Record<string, string>> {
    const found = this.#strings(field) ?? {};
    for (const [resource, amount] of Object.entries(found)) {
      if (checkQuantity(amount) !== undefined) {
        throw new ConfigurationError(`failed to parse quantity "${amount}" for "${resource}" resource`);
      }
      if (numericValue(amount) < 0) {
        throw new ConfigurationError(`resource quantity for "${resource}" cannot be negative: ${amount}`);
      }
    }
    return found;
  }

  #cannot(field: string, found: string, wanted: string): ConfigurationError {
    const problem = `json: cannot unmarshal ${found} into Go struct field KubeletConfiguration.${field} of type ${wanted}`;
    return loadFailure(this.#path, problem);
  }
}
