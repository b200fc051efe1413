import { checkQuantity, numericValue } from '../api/quantity.ts';
import { readYamlText } from '../client/yaml-text.ts';
import { Errno } from '../linux/errno.ts';
import { formatGoDuration, parseGoDuration, readGoDuration } from '../linux/programs/go/duration.ts';
import { decode } from '../linux/stdio.ts';
import type { Process } from '../linux/syscalls.ts';
import {
  ConfigurationError,
  DEFAULT_CONFIGURATION,
  type KubeletAccess,
  type KubeletConfiguration,
  type LogPolicy,
} from './configuration.ts';
import { goType, typeProblem, unknownFields } from './configuration-fields.ts';
import type { EvictionOptions } from './eviction/thresholds.ts';
import type { ShutdownGroup } from './shutdown-groups.ts';

/** @throws ConfigurationError, also when there is no file */
export function readConfiguration(root: Process, path: string): KubeletConfiguration {
  let text: string;
  try {
    text = decode(root.readFile(path));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const problem = `open ${path}: ${error.message.toLowerCase()}`;
    throw loadFailure(path, `failed to read kubelet config file ${JSON.stringify(path)}, error: ${problem}`);
  }
  return parseConfiguration(text, path);
}

/** @throws ConfigurationError */
export function parseConfiguration(text: string, path = '/var/lib/kubelet/config.yaml'): KubeletConfiguration {
  let file: unknown;
  try {
    file = readYamlText(text, { maxAliasCount: 0 });
  } catch (error) {
    throw loadFailure(path, `failed to decode: ${yamlProblem(error as Error)}`);
  }
  const problem = versionProblem(file);
  if (problem !== undefined) throw loadFailure(path, `failed to decode: ${problem}`);
  const fields = file as Readonly<Record<string, unknown>>;
  const wrong = typeProblem(fields);
  if (wrong !== undefined) throw loadFailure(path, `failed to decode: ${wrong}`);
  return new Reader(fields, path).read();
}

/** In the words of Go's YAML reader, as far as those of this one go: `yaml: line 12: …` */
function yamlProblem({ message }: Error): string {
  const [, problem = message, line] = /^(.*?)(?: at line (\d+)|\n|$)/.exec(message) ?? [];
  return line === undefined ? `yaml: ${problem}` : `yaml: line ${line}: ${problem}`;
}

const API_VERSION = 'kubelet.config.k8s.io/v1beta1';
const KIND = 'KubeletConfiguration';
const SCHEME = 'pkg/kubelet/apis/config/scheme/scheme.go:33';

/** As k8s.io/apimachinery says that something is not of a kind that it knows. */
function versionProblem(file: unknown): string | undefined {
  if (typeof file !== 'object' || file === null || Array.isArray(file)) {
    const found = goType(file);
    return `couldn't get version/kind; json parse error: json: cannot unmarshal ${found} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
  }
  const { apiVersion = '', kind = '' } = file as { apiVersion?: unknown; kind?: unknown };
  if (kind === '') return `Object 'Kind' is missing in '${JSON.stringify(file)}'`;
  if (apiVersion === '') return `Object 'apiVersion' is missing in '${JSON.stringify(file)}'`;
  if (kind === KIND && apiVersion === API_VERSION) return undefined;
  return `no kind "${kind}" is registered for version "${apiVersion}" in scheme "${SCHEME}"`;
}

function loadFailure(path: string, problem: string): ConfigurationError {
  return new ConfigurationError(
    `failed to load kubelet config file, path: ${path}, error: failed to load Kubelet config file ${path}, error ${problem}`,
  );
}

const SYSTEM_CRITICAL = 2_000_000_000;

interface Authentication {
  readonly anonymous?: { readonly enabled?: boolean };
  readonly webhook?: { readonly enabled?: boolean };
  readonly x509?: { readonly clientCAFile?: string };
}

class Reader {
  readonly #file: Readonly<Record<string, unknown>>;
  readonly #path: string;
  readonly #problems: string[] = [];

  constructor(file: Readonly<Record<string, unknown>>, path: string) {
    this.#file = file;
    this.#path = path;
  }

  read(): KubeletConfiguration {
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
      staticPodPath: this.#text('staticPodPath'),
      clusterDns: this.#words('clusterDNS') ?? [],
      clusterDomain: this.#text('clusterDomain'),
      access: this.#access(),
      seccompDefault: this.#file['seccompDefault'] === true,
      warnings: unknownFields(this.#file),
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
    const maxSize = this.#text('containerLogMaxSize') ?? logs.maxSize;
    const maxFiles = this.#number('containerLogMaxFiles') ?? logs.maxFiles;
    const monitorIntervalMs = this.#duration('containerLogMonitorInterval') ?? logs.monitorIntervalMs;
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

  #access(): KubeletAccess {
    const { access } = DEFAULT_CONFIGURATION;
    const { anonymous, webhook, x509 } = (this.#get('authentication') ?? {}) as Authentication;
    const { mode } = (this.#get('authorization') ?? {}) as { readonly mode?: string };
    const certificate = this.#text('tlsCertFile');
    const key = this.#text('tlsPrivateKeyFile');
    const readOnlyPort = this.#number('readOnlyPort') ?? 0;
    if (readOnlyPort > 65_535)
      this.#problems.push(
        `invalid configuration: readOnlyPort (--read-only-port) ${readOnlyPort} must be between 0 and 65535, inclusive`,
      );
    return {
      anonymous: anonymous?.enabled ?? access.anonymous,
      webhook: webhook?.enabled ?? access.webhook,
      clientCaFile: x509?.clientCAFile || undefined,
      mode: mode || access.mode,
      readOnlyPort,
      serving: certificate === undefined || key === undefined ? undefined : { certificate, key },
    };
  }

  #check({ imageGc, enforceNodeAllocatable, maxPods }: KubeletConfiguration): void {
    if (maxPods !== undefined && maxPods < 0)
      this.#problems.push(`invalid configuration: maxPods (--max-pods) ${maxPods} must not be a negative number`);
    for (const name of ['healthzPort', 'port'] as const) {
      const port = this.#number(name);
      if (port === undefined || (port >= 0 && port <= 65_535)) continue;
      const flag = name === 'port' ? '--port' : '--healthz-port';
      this.#problems.push(`invalid configuration: ${name} (${flag}) ${port} must be between 1 and 65535, inclusive`);
    }
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
    return this.#get(field) as number | undefined;
  }

  /** What is empty is not said. */
  #text(field: string): string | undefined {
    return (this.#get(field) as string | undefined) || undefined;
  }

  #duration(field: string): number | undefined {
    const value = this.#get(field);
    if (value === undefined) return undefined;
    const ms = readGoDuration(value as string);
    if (typeof ms === 'string') throw loadFailure(this.#path, `failed to decode: ${ms}`);
    // What is zero is as if it had not been said.
    return ms === 0 ? undefined : ms;
  }

  #words(field: string): readonly string[] | undefined {
    return this.#get(field) as readonly string[] | undefined;
  }

  #strings(field: string): Readonly<Record<string, string>> | undefined {
    return this.#get(field) as Readonly<Record<string, string>> | undefined;
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
}
