import type { ResourceClaim } from '../api/extension-kinds.ts';
import { resourceClaims } from '../api/resources.ts';
import { StatusError } from '../api/status-error.ts';
import { Client } from '../client/client.ts';
import { ConnectionError, type Transport } from '../client/transport.ts';
import { PLUGINS_REGISTRY, REGISTRATION } from '../csi/plugin-registration.ts';
import { DRA_PLUGIN, DRA_VERSION } from '../dra/spec.ts';
import { makeDirectories } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import { implement, serveGrpc } from '../linux/grpc.ts';
import { cdiSpec, type GpuStatus, NoDriver, visibleGpus } from '../linux/nvidia.ts';
import { printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Simulation, Task } from '../sim/index.ts';
import { DRIVER, deviceName } from './devices.ts';
import { PreparedClaims, PrepareError } from './prepared-claims.ts';
import { publishSlices } from './resource-slices.ts';

// NVIDIA's DRA driver for GPUs, the part on the nodes: https://github.com/NVIDIA/k8s-dra-driver-gpu

const PLUGIN_DIRECTORY = `/var/lib/kubelet/plugins/${DRIVER}`;
const SOCKET = `${PLUGIN_DIRECTORY}/dra.sock`;
const REGISTRATION_SOCKET = `${PLUGINS_REGISTRY}/${DRIVER}-reg.sock`;
const CDI_DIRECTORY = '/var/run/cdi';
const CDI_VENDOR = `k8s.${DRIVER}`;
const RETRY_MS = 5000;

export interface DriverSurroundings {
  readonly sim: Simulation;
  /** The way to the API server from where the process runs. */
  connect(process: Process): Transport;
}

export const gpuKubeletPlugin = ({ sim, connect }: DriverSurroundings): Program =>
  function* (process) {
    process.setSignalAction('TERM', 'catch');
    const nodeName = process.env['NODE_NAME'] ?? '';
    const gpus = yield* findGpus(process);
    if (gpus === undefined) return 1;
    writeCdiSpec(process, gpus);
    const transport = connect(process);
    const traced: Transport = (request) =>
      sim.trace.during({ component: `gpu-kubelet-plugin/${nodeName}`, key: DRIVER }, () => transport(request));
    const client = new Client(traced, { userAgent: 'gpu-kubelet-plugin' });
    makeDirectories(process, PLUGIN_DIRECTORY);
    const claims = new PreparedClaims(process, PLUGIN_DIRECTORY, gpus.map(deviceName));
    try {
      return yield* serve(process, client, claims, publish(process, client, nodeName, gpus));
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      return 0;
    } finally {
      for (const socket of [REGISTRATION_SOCKET, SOCKET]) removeSocket(process, socket);
    }
  };

function* findGpus(process: Process): Task<readonly GpuStatus[] | undefined> {
  try {
    return visibleGpus(process);
  } catch (error) {
    if (!(error instanceof NoDriver)) throw error;
    yield* log(process, 'Error: error initializing NVML: ERROR_LIBRARY_NOT_FOUND', 'E');
    return undefined;
  }
}

/** Devices bear the names here that the claims have. */
function writeCdiSpec(process: Process, gpus: readonly GpuStatus[]): void {
  makeDirectories(process, CDI_DIRECTORY);
  const named = gpus.map(({ index }) => ({ index, uuid: deviceName({ index }) }));
  const text = JSON.stringify(cdiSpec(`${CDI_VENDOR}/device`, named, false));
  process.writeFile(`${CDI_DIRECTORY}/${CDI_VENDOR}-device_base.json`, text);
}

/** Both sockets: the kubelet asks on one who this is, and on the other for what it can do. */
function* serve(process: Process, client: Client, claims: PreparedClaims, publishing: Task<void>): Task<number> {
  const registration = implement(REGISTRATION, {
    GetInfo: () => ({
      type: 'DRAPlugin',
      name: DRIVER,
      endpoint: SOCKET,
      supported_versions: [DRA_VERSION, 'v1beta1.DRAPlugin'],
    }),
    *NotifyRegistrationStatus({ plugin_registered: registered, error }) {
      const text = registered ? 'Registered with the kubelet' : `Registration failed: ${error}`;
      yield* log(process, text, registered ? 'I' : 'E');
      return {};
    },
  });
  const plugin = implement(DRA_PLUGIN, {
    *NodePrepareResources({ claims: asked }) {
      yield* log(process, `NodePrepareResources called: claims=${asked.length}`);
      return { claims: Object.fromEntries(asked.map((each) => [each.uid, prepared(client, claims, each)])) };
    },
    *NodeUnprepareResources({ claims: asked }) {
      yield* log(process, `NodeUnprepareResources called: claims=${asked.length}`);
      for (const { uid } of asked) claims.unprepare(uid);
      return { claims: Object.fromEntries(asked.map(({ uid }) => [uid, {}])) };
    },
  });
  removeSocket(process, SOCKET);
  removeSocket(process, REGISTRATION_SOCKET);
  const listener = process.listenUnix(SOCKET);
  const registering = serveGrpc(process, process.listenUnix(REGISTRATION_SOCKET), [registration]);
  return yield* serveGrpc(process, listener, [plugin], [registering, publishing]);
}

interface Asked {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

function prepared(client: Client, claims: PreparedClaims, { namespace, name, uid }: Asked) {
  const refuse = (error: string) => ({
    error: `error preparing devices for claim ${namespace}/${name}:${uid}: ${error}`,
  });
  try {
    const claim = client.resource<ResourceClaim>(resourceClaims).get(name, namespace);
    if (claim.metadata.uid !== uid) return refuse('claim got replaced');
    return { devices: claims.prepare(claim) };
  } catch (error) {
    if (error instanceof StatusError || error instanceof ConnectionError || error instanceof PrepareError) {
      return refuse(error.message);
    }
    throw error;
  }
}

function* publish(process: Process, client: Client, nodeName: string, gpus: readonly GpuStatus[]): Task<void> {
  for (;;) {
    try {
      publishSlices(client, nodeName, gpus);
      yield* log(process, `Published ResourceSlice: devices=${gpus.length}`);
      return;
    } catch (error) {
      if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
      yield* log(process, `Failed to publish ResourceSlices: ${error.message}`, 'E');
    }
    yield* process.sleep(RETRY_MS);
  }
}

function removeSocket(process: Process, path: string): void {
  if (process.access(path, 'exists')) process.unlink(path);
}

function* log(process: Process, text: string, severity: 'I' | 'E' = 'I'): Task<void> {
  const stamp = new Date(process.now()).toISOString();
  const [month, day, time] = [stamp.slice(5, 7), stamp.slice(8, 10), stamp.slice(11, 23)];
  const thread = String(process.pid).padStart(7);
  yield* printError(process, `${severity}${month}${day} ${time}000 ${thread} driver.go] ${text}\n`);
}
