import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { callCri } from './cri-client.ts';
import { cliFlags, type Line } from './flags.ts';
import { type Command, requireShown } from './line.ts';

interface RuntimeStatus {
  readonly runtimeReady: boolean;
  readonly networkReady: boolean;
  readonly message: string;
}

/** What containerd was configured with, as far as it says something here. */
const CONFIG = {
  cni: { confDir: '/etc/cni/net.d' },
  containerd: {
    defaultRuntimeName: 'runc',
    runtimes: { runc: { options: { SystemdCgroup: true }, runtimeType: 'io.containerd.runc.v2' } },
  },
};

function* info(process: Process, { flags }: Line): Task<string> {
  const { runtimeReady, networkReady, message } = yield* callCri<RuntimeStatus>(process, 'status');
  const conditions = [
    { message: '', reason: '', status: runtimeReady, type: 'RuntimeReady' },
    { message, reason: networkReady ? '' : 'NetworkPluginNotReady', status: networkReady, type: 'NetworkReady' },
  ];
  const status = { status: { conditions } };
  return requireShown(flags.has('quiet') ? status : { config: CONFIG, ...status }, flags.get('output'));
}

export const INFO: Command = {
  name: 'info',
  usage: 'Display information of the container runtime',
  flags: cliFlags(`
    output|o=string Output format, One of: json|yaml|go-template
    quiet|q Do not show verbose information
    template=string The template string is only used when output is go-template`),
  run: info,
};

function* version(process: Process): Task<string> {
  const { runtimeName, runtimeVersion } = yield* callCri<{
    readonly runtimeName: string;
    readonly runtimeVersion: string;
  }>(process, 'version');
  return `Version:  0.1.0\nRuntimeName:  ${runtimeName}\nRuntimeVersion:  ${runtimeVersion}\nRuntimeApiVersion:  v1\n`;
}

export const VERSION: Command = { name: 'version', usage: 'Display runtime version information', run: version };
