import { callGrpc, GrpcError, implement, serveGrpc } from '../../linux/grpc.ts';
import type { Host } from '../../linux/host.ts';
import type { MessageInput } from '../../linux/protobuf.ts';
import { encode } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { type Task, waitFor } from '../../sim/index.ts';
import {
  DEVICE_PLUGIN,
  DEVICE_PLUGIN_DIRECTORY,
  type DEVICE_PLUGIN_MESSAGES,
  KUBELET_SOCKET,
  REGISTRATION,
} from '../device-manager/device-plugin-api.ts';

type Device = MessageInput<typeof DEVICE_PLUGIN_MESSAGES, 'Device'>;
type Options = MessageInput<typeof DEVICE_PLUGIN_MESSAGES, 'DevicePluginOptions'>;
type AllocateResponse = MessageInput<typeof DEVICE_PLUGIN_MESSAGES, 'ContainerAllocateResponse'>;

export interface PluginOptions {
  readonly resource?: string;
  readonly version?: string;
  readonly socket?: string;
  readonly options?: Options;
  /** How long Allocate takes. */
  readonly allocateMs?: number;
  readonly allocated?: (devices: readonly string[]) => AllocateResponse;
  readonly prefers?: (available: readonly string[], size: number) => readonly string[];
  readonly refuses?: string;
}

/** A device plugin under a test's control, as a process of a machine. */
export class TestPlugin {
  /** What the kubelet has asked, in order. */
  readonly calls: string[] = [];
  /** What came of registering. */
  registered: string | undefined;
  readonly #host: Host;
  readonly #options: PluginOptions;
  #devices: readonly Device[];
  readonly #process: Process;
  #changed: (() => void)[] = [];

  constructor(host: Host, devices: readonly Device[], options: PluginOptions = {}) {
    this.#host = host;
    this.#devices = devices;
    this.#options = options;
    const plugin = this;
    this.#process = host.spawn({
      argv: ['/usr/bin/plugin'],
      *run(process) {
        return yield* plugin.#run(process);
      },
    });
  }

  /** Tells the kubelet of other devices, or of other health. */
  tell(devices: readonly Device[]): void {
    this.#devices = devices;
    for (const wake of this.#changed.splice(0)) wake();
  }

  kill(): void {
    this.#host.kill(this.#process.pid, 'KILL');
  }

  *#change(): Task<void> {
    yield* waitFor<void>({
      start: (resume) => {
        this.#changed.push(resume);
        return () => {};
      },
    });
  }

  get #socket(): string {
    return this.#options.socket ?? 'test.sock';
  }

  *#run(process: Process): Task<number> {
    const path = `${DEVICE_PLUGIN_DIRECTORY}/${this.#socket}`;
    if (process.access(path, 'exists')) process.unlink(path);
    const listener = process.listenUnix(path);
    return yield* serveGrpc(process, listener, [this.#service(process)], [this.#register(process)]);
  }

  *#register(process: Process): Task<void> {
    const { resource = 'example.com/widget', version = 'v1beta1' } = this.#options;
    try {
      const request = { version, endpoint: this.#socket, resource_name: resource };
      yield* callGrpc(process, `unix:${KUBELET_SOCKET}`, REGISTRATION, 'Register', request);
      this.registered = 'yes';
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      this.registered = error.description;
    }
  }

  #service(process: Process) {
    const { calls } = this;
    const plugin = this;
    const { options = {}, allocateMs = 0, allocated = defaultAnswer, prefers, refuses } = this.#options;
    return implement(DEVICE_PLUGIN, {
      GetDevicePluginOptions: () => ({ get_preferred_allocation_available: prefers !== undefined, ...options }),
      *ListAndWatch(_, call) {
        for (;;) {
          yield* call.send({ devices: plugin.#devices });
          yield* plugin.#change();
        }
      },
      GetPreferredAllocation({ container_requests: requests }) {
        calls.push(`prefer ${requests[0]!.allocation_size} of ${requests[0]!.available_deviceIDs.join()}`);
        const deviceIDs = prefers?.(requests[0]!.available_deviceIDs, requests[0]!.allocation_size) ?? [];
        return { container_responses: [{ deviceIDs }] };
      },
      *Allocate({ container_requests: requests }) {
        calls.push(`allocate ${requests[0]!.devices_ids.join()}`);
        yield* process.sleep(allocateMs);
        if (refuses !== undefined) throw new GrpcError('Unknown', refuses);
        return { container_responses: requests.map(({ devices_ids: ids }) => allocated(ids)) };
      },
      PreStartContainer({ devices_ids: ids }) {
        calls.push(`pre-start ${ids.join()}`);
        return {};
      },
    });
  }
}

function defaultAnswer(devices: readonly string[]): AllocateResponse {
  return { envs: { WIDGETS: devices.join() } };
}

/** Devices by name, all well. */
export function healthy(...names: readonly string[]): Device[] {
  return names.map((ID) => ({ ID, health: 'Healthy' }));
}

/** A plugin that registers and then answers whatever it is asked with bytes that are no HTTP/2. */
export function babbler(host: Host, resource: string): void {
  host.spawn({
    argv: ['/usr/bin/babbler'],
    *run(process) {
      const listener = process.listenUnix(`${DEVICE_PLUGIN_DIRECTORY}/babble.sock`);
      process.fork(function* (child) {
        const request = { version: 'v1beta1', endpoint: 'babble.sock', resource_name: resource };
        yield* callGrpc(child, `unix:${KUBELET_SOCKET}`, REGISTRATION, 'Register', request);
        return 0;
      });
      for (;;) {
        const { fd } = yield* process.accept(listener);
        yield* process.write(fd, encode('\x7f'.repeat(64)));
      }
    },
  });
}
