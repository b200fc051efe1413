import type { EvictionOptions } from './eviction/thresholds.ts';
import type { ShutdownGroup } from './shutdown-groups.ts';

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
  /** Where the manifests of static Pods are. */
  readonly staticPodPath: string | undefined;
  /** What Pods ask for names, unless told; and what they put behind them. */
  readonly clusterDns: readonly string[];
  readonly clusterDomain: string | undefined;
  readonly access: KubeletAccess;
  /** Whether containers that say nothing of seccomp get the runtime's profile. */
  readonly seccompDefault: boolean;
  /** What is wrong with the file that does not keep the kubelet from starting. */
  readonly warnings: readonly string[];
}

/** Who is let in at the kubelet's ports. https://kubernetes.io/docs/reference/access-authn-authz/kubelet-authn-authz/ */
export interface KubeletAccess {
  /** Whether who proves nothing is `system:anonymous`, or is refused. */
  readonly anonymous: boolean;
  /** Whether the API server is asked whose a token is. */
  readonly webhook: boolean;
  /** Of the authority that signs clients' certificates; undefined: nobody is known by one. */
  readonly clientCaFile: string | undefined;
  readonly mode: string;
  /** A port at which anybody may look at a part of it all; 0: none. */
  readonly readOnlyPort: number;
  /** What it shows, if that is not what it makes itself. */
  readonly serving: { readonly certificate: string; readonly key: string } | undefined;
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
  staticPodPath: undefined,
  clusterDns: [],
  clusterDomain: undefined,
  access: {
    anonymous: false,
    webhook: true,
    clientCaFile: undefined,
    mode: 'Webhook',
    readOnlyPort: 0,
    serving: undefined,
  },
  seccompDefault: false,
  warnings: [],
};

/** A kubelet with such a file does not start; the message is what it says. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}
