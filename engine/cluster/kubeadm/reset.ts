import { CallError, callCri } from '../../containerd/crictl/cri-client.ts';
import { Errno } from '../../linux/errno.ts';
import { klog } from '../../linux/programs/go/runtime.ts';
import { askManager } from '../../linux/programs/systemd/bus.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { peerUrlOf, STATIC_POD_PATH } from '../bootstrap/static-pods.ts';
import { ADMIN_CONF } from './api.ts';
import { announceReading } from './cluster-configuration.ts';
import { type Asked, type Command, notHere } from './command.ts';
import { confirm } from './confirm.ts';
import { would } from './dry-run.ts';
import { addressOf } from './machine-address.ts';
import { preflight } from './preflight.ts';

const ETCD = '/var/lib/etcd';
const KUBELET = '/var/lib/kubelet';
const CONFIG = '/etc/kubernetes';
const FILES = ['admin', 'super-admin', 'kubelet', 'bootstrap-kubelet', 'controller-manager', 'scheduler'].map(
  (name) => `${CONFIG}/${name}.conf`,
);

export const RESET: Command = {
  name: 'reset',
  short: "Performs a best effort revert of changes made to this host by 'kubeadm init' or 'kubeadm join'",
  long: `Undoes on this machine what 'kubeadm join' has done: stops the kubelet, removes its containers and deletes its files.

The Node stays in the cluster: drain it before, and delete it with kubectl.
`,
  flags: {
    force: { type: 'bool', default: false, short: 'f', usage: 'Reset the node without prompting for confirmation.' },
    'cert-dir': { type: 'string', default: `${CONFIG}/pki`, usage: 'Where the certificates are, which are deleted.' },
    'cri-socket': { type: 'string', default: '', usage: 'Path to the CRI socket to connect.' },
    'cleanup-tmp-dir': { type: 'bool', default: false, usage: `Cleanup the "${CONFIG}/tmp" directory` },
    'ignore-preflight-errors': {
      type: 'string',
      default: '',
      usage: "A list of checks whose errors will be shown as warnings. Value 'all' ignores errors from all checks.",
    },
  },
  dryRun: true,
  run: reset,
};

function* reset(asked: Asked): Task<void> {
  const { process, flags, surroundings } = asked;
  const hasControlPlane = process.access(ADMIN_CONF, 'exists');
  const own = peerUrlOf(addressOf(process));
  const others = surroundings.etcd().named.filter(([, url]) => url !== own);
  if (hasControlPlane && others.length === 0)
    throw notHere('resetting the one control plane, after which no cluster would be left,');
  if (hasControlPlane) yield* announceReading(asked, 'reset');
  if (!flags.bool('force') && !flags.bool('dry-run')) {
    yield* warn(process);
    yield* confirm(process, 'reset');
  }
  yield* preflight(process, [], flags.string('ignore-preflight-errors'));
  const directories = [STATIC_POD_PATH, KUBELET, flags.string('cert-dir')];
  if (flags.bool('dry-run')) {
    yield* wouldReset(process, directories);
    return;
  }
  if (hasControlPlane) yield* leaveEtcd(asked);
  else {
    const unknown = '[reset] No kubeadm config, using etcd pod spec to get data directory';
    yield* klog(process, 'W', 'removeetcdmember.go:105', unknown);
  }
  yield* clean(process, ETCD);
  yield* print(process, `[reset] Deleted contents of the etcd data directory: ${ETCD}\n`);
  yield* print(process, '[reset] Stopping the kubelet service\n');
  yield* askManager(process, { method: 'stop', unit: 'kubelet.service' });
  yield* print(process, `[reset] Unmounting mounted directories in "${KUBELET}"\n`);
  yield* removeContainers(process);
  unmountBelow(process, KUBELET);
  yield* print(process, `[reset] Deleting contents of directories: [${directories.join(' ')}]\n`);
  for (const directory of directories) yield* clean(process, directory);
  yield* print(process, `[reset] Deleting files: [${FILES.join(' ')}]\n`);
  for (const file of FILES) if (process.access(file, 'exists')) process.unlink(file);
  yield* print(process, LEFT_OVER);
}

/** The others have to know that it is no member any more: they would wait for it. */
function* leaveEtcd({ process, surroundings }: Asked): Task<void> {
  const problem = surroundings.etcd().dismiss(peerUrlOf(addressOf(process)));
  if (problem === undefined) return;
  const advice = 'please manually remove this etcd member using etcdctl';
  yield* klog(process, 'W', 'removeetcdmember.go:91', `[reset] Failed to remove etcd member: ${problem}, ${advice}`);
}

function* wouldReset(process: Process, directories: readonly string[]): Task<void> {
  yield* would(process, 'stop the kubelet service');
  yield* would(process, `unmount mounted directories in ${JSON.stringify(KUBELET)}`);
  yield* would(process, 'remove Kubernetes-managed containers');
  yield* would(process, `delete contents of directories: [${directories.join(' ')}]`);
  yield* would(process, `delete files: [${FILES.join(' ')}]`);
}

const LEFT_OVER = `
The reset process does not perform cleanup of CNI plugin configuration,
network filtering rules and kubeconfig files.

For information on how to perform this cleanup manually, please see:
    https://k8s.io/docs/reference/setup-tools/kubeadm/kubeadm-reset/

`;

function* warn(process: Process): Task<void> {
  yield* klog(
    process,
    'W',
    'preflight.go:55',
    "[reset] WARNING: Changes made to this host by 'kubeadm init' or 'kubeadm join' will be reverted.",
  );
}

function* removeContainers(process: Process): Task<void> {
  try {
    for (const { id } of yield* callCri<readonly { readonly id: string }[]>(process, 'listPodSandboxes')) {
      yield* callCri(process, 'stopPodSandbox', id);
      yield* callCri(process, 'removePodSandbox', id);
    }
  } catch (error) {
    if (!(error instanceof CallError)) throw error;
    yield* klog(process, 'W', 'cleanupnode.go:104', `[reset] Failed to remove containers: ${error.message}`);
  }
}

/** The deepest first: one may be mounted upon another. */
function unmountBelow(process: Process, directory: string): void {
  const targets = process
    .readText('/proc/self/mounts')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((target) => target.startsWith(`${directory}/`));
  for (const target of targets.reverse()) {
    try {
      process.unmount(target);
    } catch (error) {
      // What holds it is left, as by umount(2).
      if (!(error instanceof Errno)) throw error;
    }
  }
}

/** Deletes what is in a directory, and leaves the directory. */
function* clean(process: Process, directory: string): Task<void> {
  if (!process.access(directory, 'exists')) return;
  try {
    for (const { name } of process.readdir(directory)) {
      if (name !== '.' && name !== '..') process.removeTree(`${directory}/${name}`);
    }
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    const problem = `[reset] Failed to delete contents of ${JSON.stringify(directory)} directory: ${error.message}`;
    yield* klog(process, 'W', 'cleanupnode.go:165', problem);
  }
}
