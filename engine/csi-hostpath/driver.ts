import { IDENTITY } from '../csi/spec.ts';
import { Errno } from '../linux/errno.ts';
import { implement, serveGrpc } from '../linux/grpc.ts';
import { print, printError } from '../linux/stdio.ts';
import type { Process, Program } from '../linux/syscalls.ts';
import type { Simulation } from '../sim/index.ts';
import { controllerService } from './controller-service.ts';
import type { DriverSettings } from './driver-settings.ts';
import { flag, isSet, socketPath } from './flags.ts';
import { nodeService } from './node-service.ts';
import { VolumesOnDisk } from './volumes-on-disk.ts';

const VERSION = 'v1.17.0';

/**
 * The CSI hostpath driver: a volume is a directory of the node that the driver runs on. All three services on one socket.
 * https://github.com/kubernetes-csi/csi-driver-host-path
 */
export function hostpathDriver(sim: Simulation): Program {
  return function* (process) {
    process.setSignalAction('TERM', 'catch');
    const settings = settingsOf(process, sim);
    if (settings === undefined) {
      yield* printError(process, 'no driver name provided\n');
      return 1;
    }
    const volumes = new VolumesOnDisk(process, flag(process, 'statedir') ?? '/csi-data-dir');
    const socket = socketPath(flag(process, 'endpoint') ?? 'unix:///csi/csi.sock');
    if (process.access(socket, 'exists')) process.unlink(socket);
    const listener = process.listenUnix(socket);
    yield* print(process, `Listening for connections on address: ${socket}\n`);
    try {
      return yield* serveGrpc(process, listener, [
        identityService(settings),
        controllerService(process, settings, volumes),
        nodeService(process, settings, volumes),
      ]);
    } catch (error) {
      if (!(error instanceof Errno) || error.code !== 'EINTR') throw error;
      process.unlink(socket);
      return 0;
    }
  };
}

function settingsOf(process: Process, sim: Simulation): DriverSettings | undefined {
  const name = flag(process, 'drivername') ?? 'hostpath.csi.k8s.io';
  const nodeId = flag(process, 'nodeid') ?? process.hostname;
  if (name === '') return undefined;
  return {
    name,
    nodeId,
    topology: isSet(process, 'enable-topology') ? { [`topology.${name.replace('.k8s.io', '')}/node`]: nodeId } : {},
    attaches: isSet(process, 'enable-attach'),
    maxVolumes: Number(flag(process, 'maxvolumespernode') ?? 0),
    modifies: isSet(process, 'enable-controller-modify-volume'),
    mutableParameters: (flag(process, 'accepted-mutable-parameter-names') ?? '')
      .split(',')
      .filter((name) => name !== ''),
    now: () => sim.wallMs,
    newId: () => sim.random(`${name}/${nodeId}`).uuid(),
  };
}

function identityService({ name }: DriverSettings) {
  return implement(IDENTITY, {
    GetPluginInfo: () => ({ name, vendor_version: VERSION }),
    GetPluginCapabilities: () => ({
      capabilities: [
        { service: { type: 'CONTROLLER_SERVICE' } },
        { service: { type: 'VOLUME_ACCESSIBILITY_CONSTRAINTS' } },
        { volume_expansion: { type: 'ONLINE' } },
      ],
    }),
    Probe: () => ({ ready: { value: true } }),
  });
}
