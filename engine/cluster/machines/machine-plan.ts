import type { Taint } from '../../api/kinds.ts';
import { milliValue, numericValue } from '../../api/quantity.ts';
import type { FileTree, Layer } from '../../linux/host.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import { type EtcdPlace, peerUrlOf } from '../bootstrap/static-pods.ts';
import { hostTools } from '../images/host-tools.ts';
import {
  type ClusterOptions,
  controlPlaneNames,
  endpointOf,
  MAX_CONTROL_PLANES,
  releaseOf,
  WORKSTATION_NAME,
  type WorkerOptions,
  workersOf,
} from '../options.ts';
import type { ClusterPki } from '../pki/cluster-pki.ts';
import { debianFiles } from './debian-packages.ts';
import { gpuLabels, requireGpuCount } from './gpu-labels.ts';
import { type CriTools, controlPlaneFiles, machineFiles, nodeFiles } from './machine-files.ts';
import type { SshKeys } from './ssh-server.ts';

/** What is not there before a cluster needs it. */
interface PlanTools {
  readonly programs: ProgramSource;
  readonly criTools: CriTools;
  /** What an etcd is told of the others, who are named by their names and URLs, itself as the last. */
  readonly etcdPlace: (members: readonly (readonly [name: string, peerUrl: string])[]) => EtcdPlace;
}

/** One machine to be built. */
export interface MachinePlan {
  readonly name: string;
  readonly role: 'control-plane' | 'worker' | 'workstation';
  readonly address: string;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** The programs of a Debian installation: the same on every machine. */
  readonly base: Layer;
  readonly files: FileTree;
  readonly gpus: number;
}

export interface ClusterPlan {
  /** The nodes, the control plane first. */
  readonly machines: readonly MachinePlan[];
  readonly workstation: MachinePlan;
}

/** The router of the machines' network. Nothing that is simulated lies behind it. */
export const GATEWAY = '10.0.0.1';

/** Of the first machine of the control plane; the others follow, and then the workers. */
const FIRST_ADDRESS = 10;
const WORKSTATION_ADDRESS = '10.0.0.2';
const GIB = 1024 ** 3;

/** Most workers with full machines; larger clusters use hollow nodes. */
const MAX_WORKERS = 100;
/** Of etcd: https://etcd.io/docs/v3.6/faq/#what-is-maximum-cluster-size */

/**
 * Decides which machines a cluster has, and what `kubeadm` leaves on each.
 *
 * @throws Error for options that make no sense.
 */
export function planMachines(
  options: ClusterOptions,
  { programs, criTools, etcdPlace }: PlanTools,
  pki: ClusterPki,
  etcdTools: EtcdTools,
  makeSshKeys: (addresses: ReadonlyMap<string, string>) => SshKeys,
): ClusterPlan {
  const workers = workersOf(options);
  if (workers.length > MAX_WORKERS) throw new Error(`at most ${MAX_WORKERS} workers, not ${workers.length}`);
  const count = options.controlPlanes ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > MAX_CONTROL_PLANES)
    throw new Error(`1 to ${MAX_CONTROL_PLANES} control planes, not ${count}`);
  const addresses = new Map<string, string>();
  [...controlPlaneNames(options), ...workers.map(({ name }) => name)].forEach((name, index) => {
    if (addresses.has(name) || name === WORKSTATION_NAME) throw new Error(`the machine name "${name}" is taken`);
    addresses.set(name, `10.0.0.${FIRST_ADDRESS + index}`);
  });
  const withWorkstation = new Map([...addresses, [WORKSTATION_NAME, WORKSTATION_ADDRESS]]);
  const base = { tree: hostTools(programs) };
  const ssh = makeSshKeys(withWorkstation);
  const packages = debianFiles(releaseOf(options));
  const keysOf = (machine: MachinePlan): MachinePlan => ({
    ...machine,
    files: { ...machine.files, ...packages, ...ssh.clientFiles(), ...ssh.serverFiles(machine.name) },
  });
  return {
    machines: [
      ...controlPlaneNames(options).map((name) =>
        controlPlane({ options, name, addresses: withWorkstation, base, criTools, pki, etcdTools, etcdPlace }),
      ),
      ...workers.map((worker) => workerMachine(worker, worker.name, withWorkstation, base, criTools)),
    ].map(keysOf),
    workstation: {
      name: WORKSTATION_NAME,
      role: 'workstation',
      address: WORKSTATION_ADDRESS,
      cpuMillis: 2000,
      memoryBytes: 2 * GIB,
      labels: {},
      taints: [],
      gpus: 0,
      base,
      files: { ...machineFiles(WORKSTATION_NAME, withWorkstation), ...ssh.clientFiles() },
    },
  };
}

type EtcdTools = Readonly<Record<string, Program>>;

interface ControlPlaneParts {
  readonly options: ClusterOptions;
  readonly name: string;
  readonly addresses: ReadonlyMap<string, string>;
  readonly base: Layer;
  readonly criTools: CriTools;
  readonly pki: ClusterPki;
  readonly etcdTools: EtcdTools;
  readonly etcdPlace: PlanTools['etcdPlace'];
}

function controlPlane({
  options,
  name,
  addresses,
  base,
  criTools,
  pki,
  etcdTools,
  etcdPlace,
}: ControlPlaneParts): MachinePlan {
  const address = addresses.get(name)!;
  const endpoint = endpointOf(options);
  const names = controlPlaneNames(options);
  const before = names.slice(0, names.indexOf(name) + 1);
  const members = before.map((each) => [each, peerUrlOf(addresses.get(each)!)] as const);
  const etcd = endpoint === undefined ? undefined : etcdPlace(members);
  const place = { nodeName: name, address, release: releaseOf(options), endpoint, etcd };
  return {
    name,
    role: 'control-plane',
    address,
    cpuMillis: 2000,
    memoryBytes: 4 * GIB,
    labels: {
      'node-role.kubernetes.io/control-plane': '',
      'node.kubernetes.io/exclude-from-external-load-balancers': '',
    },
    gpus: 0,
    taints: [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }],
    base,
    files: {
      ...machineFiles(name, addresses),
      ...nodeFiles(criTools),
      ...controlPlaneFiles(place, pki),
      ...Object.fromEntries(
        Object.entries(etcdTools).map(([tool, program]) => [`/usr/local/bin/${tool}`, { program, size: 17_000_000 }]),
      ),
    },
  };
}

function workerMachine(
  worker: WorkerOptions,
  name: string,
  addresses: ReadonlyMap<string, string>,
  base: Layer,
  criTools: CriTools,
): MachinePlan {
  return {
    name,
    role: 'worker',
    address: addresses.get(name)!,
    cpuMillis: milliValue(worker.cpu ?? '2'),
    memoryBytes: numericValue(worker.memory ?? '2Gi'),
    labels: { ...gpuLabels(worker.gpus ?? 0), ...worker.labels },
    taints: [],
    gpus: requireGpuCount(worker.gpus ?? 0, name),
    base,
    files: { ...machineFiles(name, addresses), ...nodeFiles(criTools) },
  };
}

export function labelsWhere(
  { labels }: MachinePlan,
  fits: (label: string) => boolean,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(labels).filter(([label]) => fits(label)));
}
