import { REGISTRATION } from '../csi/plugin-registration.ts';
import { IDENTITY } from '../csi/spec.ts';
import { Errno } from '../linux/errno.ts';
import { implement, serveGrpc } from '../linux/grpc.ts';
import { print } from '../linux/stdio.ts';
import type { Program } from '../linux/syscalls.ts';
import { callPatiently } from './driver-call.ts';
import { flag } from './flags.ts';

const REGISTRATION_DIRECTORY = '/registration';

/** Makes the driver beside it known to the kubelet. https://github.com/kubernetes-csi/node-driver-registrar */
export const nodeDriverRegistrar: Program = function* (process) {
  process.setSignalAction('TERM', 'catch');
  const endpoint = flag(process, 'kubelet-registration-path') ?? '';
  let socket = '';
  try {
    const { name } = yield* callPatiently(process, IDENTITY, 'GetPluginInfo', {});
    yield* print(process, `CSI driver name: "${name}"\n`);
    socket = `${REGISTRATION_DIRECTORY}/${name}-reg.sock`;
    if (process.access(socket, 'exists')) process.unlink(socket);
    const service = implement(REGISTRATION, {
      GetInfo: () => ({ type: 'CSIPlugin', name, endpoint, supported_versions: ['1.0.0'] }),
      *NotifyRegistrationStatus({ plugin_registered, error }) {
        const text = plugin_registered
          ? 'Received NotifyRegistrationStatus call: plugin_registered:true'
          : `Registration process failed with error: ${error}, restarting registration container.`;
        yield* print(process, `${text}\n`);
        if (!plugin_registered) process.kill(process.pid, 'TERM');
        return {};
      },
    });
    const listener = process.listenUnix(socket);
    yield* print(process, `Starting Registration Server at: ${socket}\n`);
    return yield* serveGrpc(process, listener, [service]);
  } catch (error) {
    if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
    if (socket !== '' && process.access(socket, 'exists')) process.unlink(socket);
    return 0;
  }
};
