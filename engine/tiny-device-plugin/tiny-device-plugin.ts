import { DEVICE_PLUGIN, REGISTRATION } from '../kubelet/device-manager/device-plugin-api.ts';
import { Errno } from '../linux/errno.ts';
import { callGrpc, GrpcError, implement, serveGrpc } from '../linux/grpc.ts';
import { print } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import { firstOf } from '../linux/task-group.ts';
import type { Task } from '../sim/index.ts';

// A whole device plugin, to be read in one sitting. Its devices are the files of a folder on the machine: a file whose
// text is `broken` is an unhealthy device. Put a file there and the node has one more; take it away and it has one less.
// https://kubernetes.io/docs/concepts/extend-kubernetes/compute-storage-net/device-plugins/

const SOCKETS = '/var/lib/kubelet/device-plugins';
const OWN_SOCKET = 'tiny.sock';
const LOOK_EVERY_MS = 200;

/** RESOURCE and FOLDER come from the environment. */
export const tinyDevicePlugin: Program = function* (process) {
  const { RESOURCE: resource = 'example.com/dongle', FOLDER: folder = '/dongles' } = process.env;
  for (;;) {
    yield* firstOf<void>([serve(process, resource, folder), kubeletRestart(process)]);
    yield* print(process, 'the kubelet has started again\n');
  }
};

/** 1. Be a server on a socket of your own; 2. tell the kubelet where that is. It calls back at once. */
function* serve(process: Process, resource: string, folder: string): Task<void> {
  const path = `${SOCKETS}/${OWN_SOCKET}`;
  if (process.access(path, 'exists')) process.unlink(path);
  const listener = process.listenUnix(path);
  try {
    yield* serveGrpc(process, listener, [plugin(process, folder)], [register(process, resource)]);
  } finally {
    process.close(listener);
  }
}

function* register(process: Process, resource: string): Task<void> {
  const request = { version: 'v1beta1', endpoint: OWN_SOCKET, resource_name: resource };
  for (;;) {
    try {
      yield* callGrpc(process, `unix:${SOCKETS}/kubelet.sock`, REGISTRATION, 'Register', request);
      return yield* print(process, `registered ${resource}\n`);
    } catch (error) {
      if (!(error instanceof GrpcError || error instanceof Errno)) throw error;
      yield* print(process, `not registered: ${error.message}\n`);
    }
    yield* process.sleep(1000);
  }
}

function plugin(process: Process, folder: string) {
  return implement(DEVICE_PLUGIN, {
    GetDevicePluginOptions: () => ({}),

    /** 3. Say what devices there are, and again whenever that changes. */
    *ListAndWatch(_, call) {
      for (let told = ''; ; ) {
        const devices = look(process, folder);
        if (JSON.stringify(devices) !== told) {
          told = JSON.stringify(devices);
          yield* print(process, `devices: ${devices.map(({ ID, health }) => `${ID} ${health}`).join(', ')}\n`);
          yield* call.send({ devices });
        }
        yield* process.sleep(LOOK_EVERY_MS);
      }
    },

    /** 4. A container is to get these devices: say what it needs for that. */
    *Allocate({ container_requests: requests }) {
      yield* print(process, `allocate ${requests.map(({ devices_ids: ids }) => ids.join(' ')).join('; ')}\n`);
      return {
        container_responses: requests.map(({ devices_ids: ids }) => ({
          envs: { DEVICES: ids.join(',') },
          mounts: ids.map((id) => ({
            container_path: `/devices/${id}`,
            host_path: `${folder}/${id}`,
            read_only: false,
          })),
        })),
      };
    },
  });
}

function look(process: Process, folder: string) {
  if (!process.access(folder, 'exists')) return [];
  return process
    .readdir(folder)
    .filter(({ type }) => type === 'file')
    .map(({ name }) => {
      const broken = new TextDecoder().decode(process.readFile(`${folder}/${name}`)).trim() === 'broken';
      return { ID: name, health: broken ? 'Unhealthy' : 'Healthy' };
    });
}

/** 5. A kubelet that starts wipes the folder: an own socket that is gone means that it knows nothing of the plugin. */
function* kubeletRestart(process: Process): Task<void> {
  do yield* process.sleep(LOOK_EVERY_MS);
  while (process.access(`${SOCKETS}/${OWN_SOCKET}`, 'exists'));
}
