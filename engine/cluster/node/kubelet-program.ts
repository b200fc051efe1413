import type { Taint } from '../../api/kinds.ts';
import type { NodeApi } from '../../api/node-api.ts';
import { Client } from '../../client/client.ts';
import type { Transport } from '../../client/transport.ts';
import type { Containerd } from '../../containerd/index.ts';
import {
  ConfigurationError,
  DEFAULT_CONFIGURATION,
  type Kubelet,
  type KubeletConfiguration,
  KubeletJournal,
  startKubelet,
} from '../../kubelet/index.ts';
import { Errno } from '../../linux/errno.ts';
import type { Host } from '../../linux/host.ts';
import type { SecureChannel } from '../../linux/http.ts';
import { flagValue, klog } from '../../linux/programs/go/runtime.ts';
import { serverTls } from '../../linux/programs/go/server-tls.ts';
import { decode, print } from '../../linux/stdio.ts';
import type { Process, Program } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { BOOTSTRAP_KUBECONFIG, isMade, KUBELET_KUBECONFIG, waitForJoin } from '../bootstrap/kubeadm.ts';
import { STATIC_POD_PATH } from '../bootstrap/static-pods.ts';
import type { ServerAddress } from '../component/api-endpoint.ts';
import { type ComponentPort, componentProgram, type RunningComponent } from '../component/component-program.ts';
import { KubeconfigError, readKubeconfig, serverOfKubeconfig } from '../component/kubeconfig-server.ts';
import { KUBELET_CONFIG, KUBELET_CONFIG_FILE } from '../machines/machine-files.ts';
import { CLUSTER_DNS, CLUSTER_DOMAIN, type Release, VERSIONS } from '../versions.ts';
import { ensureServingCertificate, KUBELET_SERVING } from './kubelet-certificate.ts';
import type { KubeletDoor } from './kubelet-door.ts';
import { KUBELET_ARGS } from './kubelet-drop-in.ts';
import type { LateKubeletParts } from './late-kubelet-parts.ts';

/** A kubelet that serves: what it can answer, and who may ask. */
export interface KubeletServer {
  readonly nodeApi: NodeApi;
  readonly door: () => KubeletDoor;
}

export interface KubeletProgramOptions extends LateKubeletParts {
  readonly release: Release;
  readonly host: Host;
  readonly address: string;
  readonly runtime: Containerd;
  /** As the node's own user, to the URL of its kubeconfig. */
  readonly connect: (server: string) => Transport;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly kubeletAddress: ServerAddress<KubeletServer>;
  /** Keeps what the kubelet says of its failures. */
  readonly log: (pid: number, place: string, text: string) => void;
  /** Hears of the kubelet that runs now. */
  readonly runs: (kubelet: Kubelet | undefined) => void;
}

const PORT = 10250;

/** The kubelet's program. https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/ */
export function kubeletProgram(options: KubeletProgramOptions): Program {
  const service = componentProgram({
    healthAddress: '127.0.0.1',
    healthPort: 10248,
    *start(process) {
      try {
        const problem = flagProblem(process, options) ?? (yield* becomeKnown(process, options));
        if (problem === undefined) return yield* start(process, options);
        yield* commandFailed(process, problem);
        return undefined;
      } catch (error) {
        if (!(error instanceof ConfigurationError || error instanceof KubeconfigError)) throw error;
        yield* commandFailed(process, error.message);
        return undefined;
      }
    },
  });
  return function* (process) {
    if (process.argv[1] !== '--version') return yield* service(process);
    yield* print(process, `Kubernetes ${options.release}\n`);
    return 0;
  };
}

/** What kubeadm's drop-in says, and nothing but that, need not be looked at. */
function flagProblem({ argv }: Process, { checkFlags }: LateKubeletParts): string | undefined {
  const isKubeadms = argv.every((word, at) => at === 0 || KUBELET_ARGS.includes(word));
  const problem = isKubeadms ? undefined : checkFlags(['kubelet', ...argv.slice(1)]);
  return problem && `failed to parse kubelet flag: ${problem}`;
}

/** Waits for, or asks for, what the kubelet is known to the API server by; or why there is no such thing. */
function* becomeKnown(process: Process, options: KubeletProgramOptions): Task<string | undefined> {
  const kubeconfig = kubeconfigOf(process);
  const isThere = (path: string) => process.access(path, 'exists');
  const isKnown = () => isThere(kubeconfig) && hasItsCertificates(process, kubeconfig);
  if (isKnown()) return undefined;
  const isLost = kubeconfig !== KUBELET_KUBECONFIG || isMade(process);
  if (isLost && !isThere(BOOTSTRAP_KUBECONFIG))
    return `failed to run Kubelet: unable to load bootstrap kubeconfig: stat ${BOOTSTRAP_KUBECONFIG}: no such file or directory`;
  yield* waitForJoin(process);
  return isKnown() ? undefined : yield* options.bootstrapKubelet(process);
}

/** Whether the files are there that a kubeconfig names. Throws KubeconfigError. */
function hasItsCertificates(process: Process, path: string): boolean {
  const certificates = readKubeconfig(process, path).users.map(({ user }) => user['client-certificate']);
  return certificates.every((file) => typeof file !== 'string' || process.access(file, 'read'));
}

function kubeconfigOf({ argv }: Process): string {
  return flagValue(argv, 'kubeconfig') ?? KUBELET_KUBECONFIG;
}

function commandFailed(process: Process, problem: string): Task<void> {
  return klog(process, 'E', 'run.go:72', `"command failed" err=${JSON.stringify(problem)}`);
}

/** Throws ConfigurationError, KubeconfigError. */
function* start(process: Process, options: KubeletProgramOptions): Task<RunningComponent | undefined> {
  const { host, kubeletAddress } = options;
  const configuration = readConfiguration(process, options);
  for (const warning of configuration.warnings) {
    const why = JSON.stringify(`strict decoding error: ${warning}`);
    yield* klog(process, 'I', 'codec.go:83', `"Using lenient decoding as strict decoding failed" err=${why}`);
  }
  const { access } = configuration;
  const clientCa = readClientCa(process, access.clientCaFile);
  const server = serverOfKubeconfig(process, kubeconfigOf(process));
  if (!MODES.includes(access.mode))
    throw new ConfigurationError(`failed to run Kubelet: unknown authorization mode ${access.mode}`);
  ensureServingCertificate(host.root, host.sim, host.name);
  const channel = yield* servingChannel(process, access.serving ?? KUBELET_SERVING, clientCa !== undefined);
  if (channel === undefined) return undefined;
  const transport = options.connect(server);
  const journal = new KubeletJournal(server, (place, text) => options.log(process.hostPid, place, text));
  const kubelet = startConfigured(options, transport, journal, configuration);
  options.runs(kubelet);
  const { nodeApi } = kubelet;
  const client = new Client(transport);
  const nowMs = () => host.sim.wallMs;
  let door: KubeletDoor | undefined;
  const openDoor = (): KubeletDoor => {
    door ??= options.openKubeletDoor({ nodeName: host.name, nodeApi, client, access, clientCa, nowMs });
    return door;
  };
  const hangUp = kubeletAddress.serve({ nodeApi, door: openDoor });
  const ports: ComponentPort[] = [{ port: PORT, answer: (request) => openDoor().answer(request), secure: channel }];
  if (access.readOnlyPort > 0)
    ports.push({ port: access.readOnlyPort, answer: (request) => openDoor().answerReadOnly(request) });
  return {
    ports,
    stop: () => {
      hangUp();
      kubelet.stop();
      options.runs(undefined);
    },
  };
}

const MODES: readonly string[] = ['AlwaysAllow', 'Webhook'];

/** What kubeadm has written, and nothing but that, need not be read. */
const KUBEADMS: KubeletConfiguration = {
  ...DEFAULT_CONFIGURATION,
  staticPodPath: STATIC_POD_PATH,
  clusterDns: [CLUSTER_DNS],
  clusterDomain: CLUSTER_DOMAIN,
  access: { ...DEFAULT_CONFIGURATION.access, clientCaFile: '/etc/kubernetes/pki/ca.crt' },
};

/** What the file says that the command line names. Throws ConfigurationError. */
function readConfiguration(process: Process, { readKubeletConfiguration }: LateKubeletParts): KubeletConfiguration {
  const path = flagValue(process.argv, 'config');
  if (path === undefined) return DEFAULT_CONFIGURATION;
  const isKubeadms =
    path === KUBELET_CONFIG_FILE && process.access(path, 'read') && process.readText(path) === KUBELET_CONFIG;
  return isKubeadms ? KUBEADMS : readKubeletConfiguration(process, path);
}

/** Throws ConfigurationError. */
function readClientCa(process: Process, path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  const failed = `failed to construct kubelet dependencies: unable to load client CA file ${path}`;
  try {
    const text = decode(process.readFile(path));
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ConfigurationError(`${failed}: open ${path}: ${error.message.toLowerCase()}`);
  }
  throw new ConfigurationError(`${failed}: data does not contain any valid RSA or ECDSA certificates`);
}

/** Undefined, with a word to stderr, for a certificate that is none. */
function* servingChannel(
  process: Process,
  files: { readonly certificate: string; readonly key: string },
  asksClient: boolean,
): Task<(() => SecureChannel) | undefined> {
  let problem: string;
  try {
    const tls = yield* serverTls(process, files, asksClient);
    if ('channel' in tls) return tls.channel;
    problem = tls.problem;
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const missing = process.access(files.certificate, 'read') ? files.key : files.certificate;
    problem = `open ${missing}: ${error.message.toLowerCase()}`;
  }
  yield* klog(process, 'E', 'server.go:205', `"Failed to listen and serve" err=${JSON.stringify(problem)}`);
  return undefined;
}

function startConfigured(
  options: KubeletProgramOptions,
  transport: Transport,
  journal: KubeletJournal,
  configuration: KubeletConfiguration,
): Kubelet {
  const { host, address, labels, taints, runtime, release } = options;
  const { staticPodPath, clusterDns, clusterDomain = '' } = configuration;
  return startKubelet({
    sim: host.sim,
    root: host.root,
    nodeName: host.name,
    nodeAddress: address,
    transport,
    journal,
    runtime,
    images: runtime,
    configuration,
    capacity: { cpu: `${host.cpuMillis}m`, memory: `${host.memoryBytes / 1024}Ki` },
    nodeLabels: labels,
    registerWithTaints: taints,
    ...(staticPodPath === undefined ? {} : { staticPodPath }),
    kubeletVersion: release,
    kernelVersion: VERSIONS.kernel,
    osImage: VERSIONS.osImage,
    ...(clusterDns[0] === undefined ? {} : { clusterDns: { server: clusterDns[0], domain: clusterDomain } }),
    cgroups: host,
    createDeviceManager: options.createDeviceManager,
    createNodePlugins: options.createNodePlugins,
    commands: host,
  });
}
