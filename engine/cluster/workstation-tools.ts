import type { IngressNginxSurroundings } from '../ingress-nginx/index.ts';
import type {
  ApiExtensions,
  BootstrapTokenUser,
  Descriptions,
  FindUpkeep,
  ResourceHandler,
} from '../kube-apiserver/index.ts';
import type { ClaimWork, ReadSchedule, TokenWork } from '../kube-controller-manager/index.ts';
import type { OtherModes } from '../kube-proxy/index.ts';
import type { PluginFactory } from '../kube-scheduler/handle.ts';
import type { KubeSchedulerOptions } from '../kube-scheduler/index.ts';
import type { RunningScheduler } from '../kube-scheduler/run-scheduler.ts';
import type { CreateDeviceManager } from '../kubelet/devices.ts';
import type { CreateNodePlugins } from '../kubelet/plugins.ts';
import type { ProgramSource } from '../linux/programs/index.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { GatewaySurroundings } from '../nginx-gateway-fabric/index.ts';
import type { DriverSurroundings } from '../nvidia-dra-driver/program.ts';
import type { Simulation, Task } from '../sim/index.ts';
import type { CsiPrograms } from './add-ons/csi-hostpath.ts';
import type { CustomMetricsSurroundings } from './add-ons/custom-metrics-adapter.ts';
import type { MetricsServerSurroundings } from './add-ons/metrics-server-program.ts';
import type { SampleApiServerSurroundings } from './add-ons/sample-apiserver.ts';
import type { ReadServerFiles } from './api-server/server-files.ts';
import type { AddOnObject } from './bootstrap/kubeadm.ts';
import type { EtcdPlace } from './bootstrap/static-pods.ts';
import type { ApiEndpoint, Reachability } from './component/api-endpoint.ts';
import type { Connect } from './component/asker.ts';
import type { CheckFlags } from './component/component-flags/index.ts';
import type { ExchangeHttp } from './component/exchange-http.ts';
import type { Backend } from './control-plane/control-planes.ts';
import type { EtcdDatabase, EtcdMembers, LonelyEtcd } from './etcd/etcd-server.ts';
import type { DialEtcd } from './etcd/etcdctl/session.ts';
import type { GpuTools } from './machines/gpus.ts';
import type { CriTools } from './machines/machine-files.ts';
import type { MachineTools } from './machines/machine-host.ts';
import type { CertificateUser } from './node/certificate-user.ts';
import type { LateKubeletParts } from './node/late-kubelet-parts.ts';
import type { PackagedTools } from './node/node-programs.ts';
import type { RequestFollower } from './requests/index.ts';
import type { UnitTools } from './systemd/service-unit.ts';
import type { KubectlMaker, LearnerTools } from './workstation/workstation-files.ts';

export type { Descriptions };

/** The learner's kubectl, and what it is let in by. */
export interface KubectlTools extends KubectlMaker {
  readonly certificateUser: CertificateUser;
}

/** What components ask in the middle of a step, which cannot wait. */
export interface ComponentTools {
  /** What CustomResourceDefinitions mean; until there is one, nobody asks. */
  readonly apiExtensions: () => ApiExtensions;
  /** What an API server does about Services' addresses that somebody has changed. */
  readonly addressUpkeep: FindUpkeep;
  /** How the API server asks others; before the first webhook or proxied request nobody is asked. */
  readonly httpExchange: () => ExchangeHttp;
  /** How it hands requests on to Pods, Services and nodes. */
  readonly serverProxy: () => ResourceHandler;
  /** Tells what became of requests on the network. */
  readonly requestFollower: () => RequestFollower;
  /** The kubelets' side of the device plugin protocol; until a plugin registers, nobody asks. */
  readonly createDeviceManager: CreateDeviceManager;
  /** The kubelets' side of storage drivers; until one registers, nobody asks. */
  readonly createNodePlugins: CreateNodePlugins;
  /** Whom a bootstrap token stands for, and what there is to do about them; until somebody makes one, nobody asks. */
  readonly bootstrapTokenUser: BootstrapTokenUser;
  readonly bootstrapTokenWork: () => TokenWork;
  /** What there is to do about ResourceClaims; until there is one, nobody asks. */
  readonly claimWork: () => ClaimWork;
  /** How a kubelet gets a certificate; those of a cluster that begins have all they need. */
  readonly bootstrapKubelet: (process: Process, connect: Connect) => Task<string | undefined>;
  /** What a kubelet's configuration file says that is not as kubeadm writes it; and who may ask a kubelet what. */
  readonly readKubeletConfiguration: LateKubeletParts['readKubeletConfiguration'];
  readonly openKubeletDoor: LateKubeletParts['openKubeletDoor'];
  /** What unit files say that somebody has changed. */
  readonly unitTools: UnitTools;
  readonly gpuBehaviour: GpuTools['gpuBehaviour'];
  /** What holds processes to profiles; those of a cluster that begins break none. */
  readonly securityModules: MachineTools['securityModules'];
  /** What the schedules of CronJobs mean. */
  readonly readSchedule: ReadSchedule;
  /** How the scheduler finds devices for them. */
  readonly claimPlugin: () => PluginFactory;
  /** Starts a scheduler that has a configuration file or alpha features. */
  startScheduler(options: KubeSchedulerOptions): RunningScheduler;
  /** What is wrong with a component's command line; nobody asks about the ones that kubeadm writes. */
  readonly checkFlags: CheckFlags;
  /** How kube-proxy works in modes other than iptables. */
  readonly proxyModes: () => OtherModes;
  /** What etcd keeps, as the bytes of a file. */
  readonly etcdDatabase: () => EtcdDatabase;
  /** What etcds on several machines have in common. */
  readonly etcdMembers: (sim: Simulation, reachable: Reachability) => EtcdMembers;
  readonly etcdPlace: (members: readonly (readonly [name: string, peerUrl: string])[]) => EtcdPlace;
  /** What stands before the API servers on several machines. */
  readonly balancer: (hostPort: string, backends: () => readonly Backend[]) => ApiEndpoint;
  /** An etcd that is not the cluster's. */
  readonly lonelyEtcd: LonelyEtcd;
}

/** Programs that run once somebody starts them. */
export interface ProgramTools extends PackagedTools {
  /** What the API server is told by files that only its flags name. It may be used from the next step of its process on. */
  serverFiles(): ReadServerFiles;
  readonly helm: LearnerTools['helm'];
  /** The programs of all machines and images, shells excepted. */
  readonly programs: ProgramSource;
  /** The ingress controller. */
  readonly ingressNginx: (surroundings: IngressNginxSurroundings) => Program;
  /** The Gateway API's controller. */
  readonly nginxGateway: (surroundings: GatewaySurroundings) => Program;
  /** A server for API aggregation. */
  readonly sampleApiServer: (surroundings: SampleApiServerSurroundings) => Program;
  /** A server for the custom and external metrics APIs. */
  readonly customMetricsAdapter: (surroundings: CustomMetricsSurroundings) => Program;
  /** A server for the resource metrics API. */
  readonly metricsServer: (surroundings: MetricsServerSurroundings) => Program;
  /** NVIDIA's driver of GPUs for ResourceClaims. */
  readonly nvidiaDraDriver: (surroundings: DriverSurroundings) => Program;
  /** A storage driver and its sidecars. */
  readonly csiPrograms: CsiPrograms;
  /** What a cluster with storage begins with; it waits for this. */
  readonly storageObjects: () => readonly AddOnObject[];
  readonly criTools: CriTools;
  /** etcd's own tools, for its image and its machine. */
  etcdTools(dial: DialEtcd): Readonly<Record<'etcdctl' | 'etcdutl', Program>>;
}

/**
 * What nothing asks for before a learner does: the programs that the workstation has beyond a plain machine's, and the
 * extensions API server. They are handed in from outside, so that a page can show a prompt before they have been loaded.
 */
export interface WorkstationTools extends KubectlTools, ComponentTools, ProgramTools {}
