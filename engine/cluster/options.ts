import type { Image } from '../containerd/image.ts';
import type { Descriptions } from '../kube-apiserver/index.ts';
import type { Fault } from './input.ts';
import type { ClusterKeys } from './pki/cluster-keys.ts';
import { KUBERNETES_VERSION, type Release, releaseNamed } from './versions.ts';

/** One worker machine. */
export interface WorkerOptions {
  /** The host's and the node's name; `node-1`, `node-2`, … unless told. */
  readonly name?: string;
  /** A quantity, `2` unless told. */
  readonly cpu?: string;
  /** A quantity, `2Gi` unless told. */
  readonly memory?: string;
  readonly labels?: Readonly<Record<string, string>>;
  /** How many NVIDIA GPUs it has, 16 at most; none unless told. */
  readonly gpus?: number;
}

/** Something that happened before: a command on a machine (the workstation unless told), a fault, or time that passed. */
export type Preparation =
  | { readonly run: readonly string[]; readonly host?: string }
  | { readonly fault: Fault }
  | { readonly waitMs: number };

/**
 * How to build a cluster. Plain JSON data apart from `images` and `keys`: together with the journal of inputs it determines
 * everything that happens.
 */
export interface ClusterOptions {
  /** The same seed, options and inputs give the same bytes. `drydock` unless told. */
  readonly seed?: string;
  /** What the machines' clocks show at virtual time zero, in milliseconds since 1970. */
  readonly epochMs?: number;
  /** Which of the `RELEASES` it was made of; nodes can be upgraded to later ones. The newest unless told. */
  readonly kubernetesVersion?: string;
  /** Two machines of 2 CPUs and 2 GiB unless told. */
  readonly workers?: readonly WorkerOptions[];
  /**
   * How many machines have a control plane from the start: 1 unless told, 7 at most. With several (`control-plane`,
   * `control-plane-2`, …), a balancer stands before them.
   */
  readonly controlPlanes?: number;
  /** Whether a balancer stands before the control plane, so that further ones can be joined; where there are several unless told. */
  readonly controlPlaneEndpoint?: boolean;
  /** Images that the registry offers beyond the built-in catalogue. */
  readonly images?: readonly Image[];
  /** Files on the workstation, by absolute path or relative to the learner's home. */
  readonly files?: Readonly<Record<string, string>>;
  /** What has happened once the cluster is up, before anybody comes: one after the other, and in no journal. */
  readonly before?: readonly Preparation[];
  /**
   * Whether nobody will ask how it all came about: `sim.trace` stays empty and `requests()` tells of nothing, which takes less
   * time and memory. What happens is the same.
   */
  readonly unrecorded?: boolean;
  /** Whether the metrics-server is installed (`kubectl top`, autoscaling); it can also be applied later. No unless told. */
  readonly metricsServer?: boolean;
  /** Whether the NVIDIA device plugin and the RuntimeClass `nvidia` are there from the start; where there are GPUs unless told. */
  readonly nvidiaDevicePlugin?: boolean;
  /**
   * Whether there is a driver that makes volumes (CSI hostpath, on every worker) and a default StorageClass `standard`, as
   * minikube and kind have it. No unless told.
   */
  readonly storage?: boolean;
  /** Real keys, where clients from outside are to believe what the cluster signs; keys in form only unless told. */
  readonly keys?: ClusterKeys;
  /** Texts for the API server's OpenAPI documents; without them these are complete but terse. */
  readonly descriptions?: Descriptions;
}

/** As many machines as may have a control plane. */
export const MAX_CONTROL_PLANES = 7;

const DEFAULT_WORKERS: readonly WorkerOptions[] = [{ name: 'node-1' }, { name: 'node-2' }];

const CONTROL_PLANE_NAME = 'control-plane';
export const WORKSTATION_NAME = 'workstation';

const ENDPOINT_ADDRESS = '10.0.0.5';

/** The workers that a cluster has, each with its name. */
export function workersOf({
  workers = DEFAULT_WORKERS,
}: ClusterOptions): readonly (WorkerOptions & { name: string })[] {
  return workers.map((worker, index) => ({ ...worker, name: worker.name ?? `node-${index + 1}` }));
}

/** The names of the machines that have a control plane from the start. */
export function controlPlaneNames({ controlPlanes = 1 }: ClusterOptions): readonly string[] {
  return Array.from({ length: controlPlanes }, (_, index) =>
    index === 0 ? CONTROL_PLANE_NAME : `${CONTROL_PLANE_NAME}-${index + 1}`,
  );
}

/** The balancer's address and port, where there is one. */
export function endpointOf({ controlPlanes = 1, controlPlaneEndpoint }: ClusterOptions): string | undefined {
  return (controlPlaneEndpoint ?? controlPlanes > 1) ? `${ENDPOINT_ADDRESS}:6443` : undefined;
}

/** The names of a cluster's machines: those on which `run` runs a command. */
export function machineNames(options: ClusterOptions): readonly string[] {
  return [WORKSTATION_NAME, ...controlPlaneNames(options), ...workersOf(options).map(({ name }) => name)];
}

/** @throws Error for a release that there is not */
export function releaseOf({ kubernetesVersion = KUBERNETES_VERSION }: ClusterOptions): Release {
  return releaseNamed(kubernetesVersion);
}
