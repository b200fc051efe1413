import type { Taint } from '../api/kinds.ts';
import type { NodeApi } from '../api/node-api.ts';
import type { Transport } from '../client/transport.ts';
import type { ImageService, RuntimeService } from '../containerd/cri.ts';
import type { Process } from '../linux/syscalls.ts';
import type { Simulation } from '../sim/index.ts';
import { DEFAULT_CONFIGURATION, type KubeletConfiguration } from './configuration.ts';
import type { CreateDeviceManager } from './devices.ts';
import type { CommandHost } from './host-command.ts';
import type { KubeletJournal } from './journal.ts';
import type { ClusterDns } from './kubelet-context.ts';
import type { NodeCapacity } from './node-resources.ts';
import type { CreateNodePlugins } from './plugins.ts';
import type { CgroupHost } from './pod-cgroups.ts';

export interface Kubelet {
  /** What it answers on port 10250. */
  readonly nodeApi: NodeApi;
  /**
   * The machine is going down. Pods that may take their time are ended first, then `done` is called: at once, when none
   * may. https://kubernetes.io/docs/concepts/cluster-administration/node-shutdown/
   */
  shutDown(done: () => void): void;
  /** Ends the kubelet's work at once; what it started on the node goes on. */
  stop(): void;
}

/** Where static Pods' manifests are unless told. */
export const MANIFESTS = '/etc/kubernetes/manifests';

export interface KubeletOptions {
  readonly sim: Simulation;
  /** Root's system calls on the node (`host.root`); without them the node is hollow: no volumes, no static Pods. */
  readonly root?: Process;
  readonly nodeName: string;
  readonly nodeAddress: string;
  readonly transport: Transport;
  readonly runtime: RuntimeService;
  readonly images: ImageService;
  readonly capacity: NodeCapacity;
  readonly nodeLabels?: Readonly<Record<string, string>>;
  /** Taints that the node is registered with. */
  readonly registerWithTaints?: readonly Taint[];
  /** `/etc/kubernetes/manifests` unless told. */
  readonly staticPodPath?: string;
  /** `v1.36.2` */
  readonly kubeletVersion: string;
  readonly kernelVersion?: string;
  readonly osImage?: string;
  readonly clusterDns?: ClusterDns;
  /** What speaks to device plugins; without it the node has no sockets for them. */
  readonly createDeviceManager?: CreateDeviceManager;
  /** What speaks to storage drivers; without it the node has none. */
  readonly createNodePlugins?: CreateNodePlugins;
  /** Starts the machine's own programs, as `mount`; without it volumes that take one cannot be mounted. */
  readonly commands?: CommandHost;
  /** The machine's control groups; without them Pods have no limits as a whole. */
  readonly cgroups?: CgroupHost;
  /** Where it says what went wrong; a hollow node has none. */
  readonly journal?: KubeletJournal;
  /** What its configuration file says; the real kubelet's defaults unless told. */
  readonly configuration?: KubeletConfiguration;
}

/** As `/configz` shows it, with what matters here. https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
export function kubeletConfiguration({
  staticPodPath = MANIFESTS,
  capacity,
  clusterDns,
  configuration,
}: KubeletOptions) {
  const {
    maxPods = capacity.pods ?? 110,
    systemReserved,
    kubeReserved,
    enforceNodeAllocatable,
    imageGc,
    logs,
  } = configuration ?? DEFAULT_CONFIGURATION;
  return {
    kind: 'KubeletConfiguration',
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    staticPodPath,
    syncFrequency: '1m0s',
    fileCheckFrequency: '20s',
    nodeStatusUpdateFrequency: '10s',
    nodeStatusReportFrequency: '5m0s',
    nodeLeaseDurationSeconds: 40,
    cgroupDriver: 'systemd',
    maxPods,
    serializeImagePulls: true,
    containerLogMaxSize: logs.maxSize,
    containerLogMaxFiles: logs.maxFiles,
    imageGCHighThresholdPercent: imageGc.highThresholdPercent,
    imageGCLowThresholdPercent: imageGc.lowThresholdPercent,
    ...(Object.keys(systemReserved).length === 0 ? {} : { systemReserved }),
    ...(Object.keys(kubeReserved).length === 0 ? {} : { kubeReserved }),
    enforceNodeAllocatable,
    ...(configuration?.seccompDefault === true && { seccompDefault: true }),
    ...(clusterDns === undefined ? {} : { clusterDNS: [clusterDns.server], clusterDomain: clusterDns.domain }),
  };
}
