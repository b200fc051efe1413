import type { Taint } from '../../api/kinds.ts';
import { milliValue, numericValue } from '../../api/quantity.ts';
import type { FileTree, Layer } from '../../linux/host.ts';
import type { ProgramSource } from '../../linux/programs/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import { hostTools } from '../images/host-tools.ts';
import {
  type ClusterOptions,
  CONTROL_PLANE_NAME,
  releaseOf,
  WORKSTATION_NAME,
  type WorkerOptions,
  workersOf,
} from '../options.ts';
import type { ClusterPki } from '../pki/cluster-pki.ts';
import type { Release } from '../versions.ts';
import { debianFiles } from './debian-packages.ts';
import { gpuLabels, requireGpuCount } from './gpu-labels.ts';
import { type CriTools, controlPlaneFiles, machineFiles, nodeFiles } from './machine-files.ts';
import type { SshKeys } from './ssh-server.ts';

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

const CONTROL_PLANE_ADDRESS = '10.0.0.10';
const WORKSTATION_ADDRESS = '10.0.0.2';
const GIB = 1024 ** 3;

/** Most workers with full machines; larger clusters use hollow nodes. */
const MAX_WORKERS = 100;

/**
 * Decides which machines a cluster has, and what `kubeadm` leaves on each.
 *
 * @throws Error for options that make no sense.
 */
export function planMachines(
  options: ClusterOptions,
  { programs, criTools }: { readonly programs: ProgramSource; readonly criTools: CriTools },
  pki: ClusterPki,
  etcdTools: EtcdTools,
  makeSshKeys: (addresses: ReadonlyMap<string, string>) => SshKeys,
): ClusterPlan {
  const workers = workersOf(options);
  if (workers.length > MAX_WORKERS) throw new Error(`at most ${MAX_WORKERS} workers, not ${workers.length}`);
  const addresses = new Map([[CONTROL_PLANE_NAME, CONTROL_PLANE_ADDRESS]]);
  workers.forEach(({ name }, index) => {
    if (addresses.has(name) || name === WORKSTATION_NAME) throw new Error(`the machine name "${name}" is taken`);
    addresses.set(name, `10.0.0.${11 + index}`);
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
      controlPlane(withWorkstation, base, criTools, pki, etcdTools, releaseOf(options)),
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

function controlPlane(
  addresses: ReadonlyMap<string, string>,
  base: Layer,
  criTools: CriTools,
  pki: ClusterPki,
  etcdTools: EtcdTools,
  release: Release,
): MachinePlan {
  const name = CONTROL_PLANE_NAME;
  return {
    name,
    role: 'control-plane',
    address: CONTROL_PLANE_ADDRESS,
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
      ...controlPlaneFiles(name, CONTROL_PLANE_ADDRESS, pki, release),
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
