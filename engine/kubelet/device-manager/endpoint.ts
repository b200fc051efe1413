import { Errno } from '../../linux/errno.ts';
import { connectGrpc, GrpcError } from '../../linux/grpc.ts';
import type { Message } from '../../linux/protobuf.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { DeviceError } from '../devices.ts';
import { DEVICE_PLUGIN, type DEVICE_PLUGIN_MESSAGES } from './device-plugin-api.ts';
import type { ContainerAllocateResponse } from './pod-devices.ts';

export type Device = Message<typeof DEVICE_PLUGIN_MESSAGES, 'Device'>;
type Channel = ReturnType<typeof connectGrpc> extends Task<infer T> ? T : never;

/** How long a plugin that has registered may take until it can be reached. */
const DIAL_TIMEOUT_MS = 10_000;
const DIAL_RETRY_MS = 100;
const PRE_START_TIMEOUT_MS = 30_000;

/** The plugin that serves one resource; stopped when it is gone. After `endpoint.go` and `plugin/v1beta1/client.go`. */
export class Endpoint {
  readonly resource: string;
  readonly #socket: string;
  #channel: Channel | undefined;
  #stoppedAtMs: number | undefined;
  #preStartRequired = false;
  #prefers = false;

  constructor(resource: string, socket: string) {
    this.resource = resource;
    this.#socket = socket;
  }

  /** One that an earlier kubelet knew, and that has not come back yet. */
  static stopped(resource: string, nowMs: number): Endpoint {
    const endpoint = new Endpoint(resource, '');
    endpoint.#stoppedAtMs = nowMs;
    return endpoint;
  }

  get stoppedAtMs(): number | undefined {
    return this.#stoppedAtMs;
  }

  get preStartRequired(): boolean {
    return this.#preStartRequired;
  }

  /** @throws GrpcError of the registration */
  *connect(root: Process): Task<void> {
    this.#channel = yield* dial(root, this.#socket);
    try {
      const options = yield* this.#channel.call(DEVICE_PLUGIN, 'GetDevicePluginOptions', {});
      this.#preStartRequired = options.pre_start_required;
      this.#prefers = options.get_preferred_allocation_available;
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      throw new GrpcError('Unknown', `failed to get device plugin options: ${error.description}`);
    }
  }

  /** Hears of devices until the plugin is gone or says what cannot be understood. */
  *listen(heard: (devices: readonly Device[]) => void): Task<void> {
    try {
      const answers = yield* this.#channel!.open(DEVICE_PLUGIN, 'ListAndWatch', {});
      for (;;) {
        const answer = yield* answers.next();
        if (answer === undefined) return;
        heard(answer.devices);
      }
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
    }
  }

  stop(nowMs: number): void {
    this.#stoppedAtMs ??= nowMs;
    try {
      this.#channel?.close();
    } catch (error) {
      // The machine is off: everything is closed.
      if (!(error instanceof Errno)) throw error;
    }
  }

  /** @throws DeviceError */
  *allocate(devices: readonly string[]): Task<ContainerAllocateResponse> {
    const request = { container_requests: [{ devices_ids: devices }] };
    const { container_responses: responses } = yield* this.#call((channel) =>
      channel.call(DEVICE_PLUGIN, 'Allocate', request),
    );
    const [response] = responses;
    if (response === undefined)
      throw new DeviceError('no containers return in allocation response &AllocateResponse{}');
    return response;
  }

  /** Which devices the plugin would rather give; none when it has no opinion. @throws DeviceError */
  *preferred(available: readonly string[], mustInclude: readonly string[], size: number): Task<readonly string[]> {
    if (!this.#prefers) return [];
    const request = {
      container_requests: [
        { available_deviceIDs: available, must_include_deviceIDs: mustInclude, allocation_size: size },
      ],
    };
    const { container_responses: responses } = yield* this.#call(
      (channel) => channel.call(DEVICE_PLUGIN, 'GetPreferredAllocation', request),
      'device plugin GetPreferredAllocation rpc failed with err: ',
    );
    return responses[0]?.deviceIDs ?? [];
  }

  /** @throws DeviceError */
  *preStart(devices: readonly string[]): Task<void> {
    yield* this.#call(
      (channel) =>
        channel.call(DEVICE_PLUGIN, 'PreStartContainer', { devices_ids: devices }, { timeoutMs: PRE_START_TIMEOUT_MS }),
      'device plugin PreStartContainer rpc failed with err: ',
    );
  }

  *#call<T>(call: (channel: Channel) => Task<T>, prefix = ''): Task<T> {
    if (this.#channel === undefined || this.#stoppedAtMs !== undefined) {
      throw new DeviceError(`${prefix}endpoint ${this.resource} has been stopped`);
    }
    try {
      return yield* call(this.#channel);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      throw new DeviceError(`${prefix}${error.description}`);
    }
  }
}

function* dial(root: Process, socket: string): Task<Channel> {
  const deadline = root.now() + DIAL_TIMEOUT_MS;
  for (;;) {
    try {
      return yield* connectGrpc(root, `unix:${socket}`, { caller: 'kubelet' });
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
    }
    if (root.now() >= deadline) {
      throw new GrpcError('Unknown', 'failed to dial device plugin: context deadline exceeded');
    }
    yield* root.sleep(DIAL_RETRY_MS);
  }
}
