import {
  DEVICE_PLUGIN_DIRECTORY,
  DEVICE_PLUGIN_VERSION,
  KUBELET_SOCKET,
  REGISTRATION,
} from '../kubelet/device-manager/device-plugin-api.ts';
import { makeDirectories } from '../linux/directory-tree.ts';
import { Errno } from '../linux/errno.ts';
import { callGrpc, GrpcError, serveGrpc } from '../linux/grpc.ts';
import { cdiSpec, type GpuStatus, NoDriver, visibleGpus } from '../linux/nvidia.ts';
import { decode, printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { firstOf } from '../linux/task-group.ts';
import { type Task, waitFor } from '../sim/index.ts';
import { ConfigError, type PluginConfig, readConfig } from './config.ts';
import { CDI_KIND, nvidiaPlugin, resourceName } from './plugin.ts';

// The NVIDIA device plugin: https://github.com/NVIDIA/k8s-device-plugin

const SOCKET = 'nvidia-gpu.sock';
const CDI_DIRECTORY = '/var/run/cdi';
/** How long to wait before registering is tried again. */
const RETRY_MS = 5000;
/** Errors that are a program's own fault leave the GPU well. */
const IGNORED_XIDS: ReadonlySet<number> = new Set([13, 31, 43, 45, 68, 109]);

export const nvidiaDevicePlugin: Program = function* (process) {
  yield* log(process, 'Starting FS watcher for /var/lib/kubelet/device-plugins');
  yield* log(process, 'Starting Plugins.');
  let config: PluginConfig;
  try {
    config = readConfig(configText(process), process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    yield* log(process, `error starting plugins: unable to load config: ${error.message}`, 'E');
    return 1;
  }
  yield* log(process, `Running with config: ${JSON.stringify(config)}`);
  for (;;) {
    const gpus = yield* findGpus(process);
    if (gpus.length === 0) {
      if (!config.failOnInitError) return yield* waitForever(process);
      yield* log(process, 'error starting plugins: failed to initialize NVML: ERROR_LIBRARY_NOT_FOUND', 'E');
      return 1;
    }
    if (config.deviceListStrategy.startsWith('cdi')) writeCdiSpec(process, gpus);
    const health = new Health(process, gpus);
    // A socket folder that is wiped means a kubelet that has started again: so does the plugin.
    yield* firstOf<void>([health.watch(), servePlugin(process, config, gpus, health), kubeletRestart(process)]);
    yield* log(process, `inotify: ${KUBELET_SOCKET} created, restarting.`);
  }
};

function configText(process: Process): string | undefined {
  const path = process.argv.find((word) => word.startsWith('--config-file='))?.slice('--config-file='.length);
  const file = path ?? process.env['CONFIG_FILE'] ?? '';
  if (file === '') return undefined;
  try {
    return decode(process.readFile(file));
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new ConfigError(`error opening config file: open ${file}: ${error.message.toLowerCase()}`);
  }
}

function* findGpus(process: Process): Task<readonly GpuStatus[]> {
  try {
    return visibleGpus(process);
  } catch (error) {
    if (!(error instanceof NoDriver)) throw error;
    yield* log(process, 'Failed to initialize NVML: ERROR_LIBRARY_NOT_FOUND.', 'E');
    yield* log(process, 'If this is a GPU node, did you configure the NVIDIA Container Toolkit?', 'E');
    return [];
  }
}

function writeCdiSpec(process: Process, gpus: readonly GpuStatus[]): void {
  makeDirectories(process, CDI_DIRECTORY);
  const text = JSON.stringify(cdiSpec(CDI_KIND, gpus, false));
  process.writeFile(`${CDI_DIRECTORY}/k8s.device-plugin.nvidia.com-gpu.json`, text);
}

/** Which GPUs have failed, since the plugin was started: there is no way back for them but its restart. */
class Health {
  readonly failed = new Set<string>();
  readonly #process: Process;
  readonly #gpus: readonly GpuStatus[];
  #wakers: (() => void)[] = [];

  constructor(process: Process, gpus: readonly GpuStatus[]) {
    this.#process = process;
    this.#gpus = gpus;
    for (const { uuid, broken } of gpus) if (broken) this.failed.add(uuid);
  }

  /** Listens to the driver, for as long as the process lives. */
  *watch(): Task<void> {
    const fd = this.#process.open('/dev/nvidiactl', { read: true, write: true });
    try {
      for (;;) {
        for (const line of decode(yield* this.#process.read(fd))
          .trim()
          .split('\n'))
          yield* this.#take(line);
      }
    } finally {
      this.#process.close(fd);
    }
  }

  *nextFailure(): Task<void> {
    yield* waitFor<void>({
      start: (resume) => {
        this.#wakers.push(resume);
        return () => {
          this.#wakers = this.#wakers.filter((waker) => waker !== resume);
        };
      },
    });
  }

  *#take(line: string): Task<void> {
    const { xid, uuid } = JSON.parse(line) as { readonly xid: number; readonly uuid: string };
    if (!this.#gpus.some((gpu) => gpu.uuid === uuid)) return;
    if (IGNORED_XIDS.has(xid)) {
      yield* log(this.#process, `Skipping event XidCriticalError: Xid=${xid} on Device=${uuid}`);
      return;
    }
    yield* log(this.#process, `XidCriticalError: Xid=${xid} on Device=${uuid}; marking device as unhealthy.`);
    this.failed.add(uuid);
    for (const wake of this.#wakers.splice(0)) wake();
  }
}

/** Serves on the plugin's socket and registers, again and again until that has gone well. */
function* servePlugin(process: Process, config: PluginConfig, gpus: readonly GpuStatus[], health: Health): Task<void> {
  const path = `${DEVICE_PLUGIN_DIRECTORY}/${SOCKET}`;
  const resource = resourceName(config);
  yield* log(process, `Starting GRPC server for '${resource}'`);
  if (process.access(path, 'exists')) process.unlink(path);
  const listener = process.listenUnix(path);
  yield* log(process, `Starting to serve '${resource}' on ${path}`);
  const plugin = nvidiaPlugin({ config, gpus, failed: health.failed, nextFailure: () => health.nextFailure() });
  try {
    yield* serveGrpc(process, listener, [plugin], [register(process, resource)]);
  } finally {
    process.close(listener);
  }
}

function* register(process: Process, resource: string): Task<void> {
  const request = {
    version: DEVICE_PLUGIN_VERSION,
    endpoint: SOCKET,
    resource_name: resource,
    options: { get_preferred_allocation_available: true },
  };
  for (;;) {
    try {
      yield* callGrpc(process, `unix:${KUBELET_SOCKET}`, REGISTRATION, 'Register', request);
      yield* log(process, `Registered device plugin for '${resource}' with Kubelet`);
      return;
    } catch (error) {
      if (
        !(error instanceof GrpcError || error instanceof Errno) ||
        (error instanceof Errno && error.code === 'EINTR')
      ) {
        throw error;
      }
      yield* log(process, `Failed to register device plugin: ${error.message}`, 'E');
    }
    yield* process.sleep(RETRY_MS);
  }
}

/** Waits until the kubelet's socket is made anew. */
function* kubeletRestart(process: Process): Task<void> {
  const [, name] = KUBELET_SOCKET.split(`${DEVICE_PLUGIN_DIRECTORY}/`);
  const inode = (): number | undefined => {
    try {
      return process.stat(KUBELET_SOCKET).inode;
    } catch (error) {
      if (error instanceof Errno) return undefined;
      throw error;
    }
  };
  const known = inode();
  for (;;) {
    yield* waitFor<void>({
      start: (resume) => {
        const unwatch = process.watchDirectory(DEVICE_PLUGIN_DIRECTORY, (changed) => {
          if (changed !== name) return;
          unwatch();
          resume();
        });
        return unwatch;
      },
    });
    const now = inode();
    if (now !== undefined && now !== known) return;
  }
}

function* waitForever(process: Process): Task<number> {
  yield* log(process, 'No devices found. Waiting indefinitely.');
  for (;;) yield* process.pause();
}

function* log(process: Process, text: string, severity: 'I' | 'E' = 'I'): Task<void> {
  const stamp = new Date(process.now()).toISOString();
  const [month, day, time] = [stamp.slice(5, 7), stamp.slice(8, 10), stamp.slice(11, 23)];
  yield* printError(
    process,
    `${severity}${month}${day} ${time}000 ${String(process.pid).padStart(7)} main.go] ${text}\n`,
  );
}
