import { configMaps } from '../../api/resources.ts';
import { klog } from '../../linux/programs/go/runtime.ts';
import { print } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { KUBELET_KUBECONFIG } from '../kubeadm.ts';
import { KUBERNETES_VERSION } from '../versions.ts';
import { ask, clientOf } from './api.ts';
import { announceReading } from './cluster-configuration.ts';
import { type Asked, type Command, KubeadmError } from './command.ts';

const CONFIG = '/var/lib/kubelet/config.yaml';
const SERIES = KUBERNETES_VERSION.replace(/\.\d+$/, '');

function* plan(asked: Asked): Task<void> {
  const { process } = asked;
  const client = clientOf(asked);
  yield* print(process, '[preflight] Running pre-flight checks.\n');
  yield* announceReading(asked, 'upgrade/config');
  yield* ask(
    process,
    () => client.resource(configMaps).get('kubeadm-config', 'kube-system'),
    '[upgrade/config] FATAL: failed to get config map',
  );
  yield* print(
    process,
    '[upgrade] Running cluster health checks\n[upgrade] Fetching available versions to upgrade to\n',
  );
  yield* print(process, `[upgrade/versions] Cluster version: ${KUBERNETES_VERSION.slice(1)}\n`);
  yield* print(process, `[upgrade/versions] kubeadm version: ${KUBERNETES_VERSION}\n`);
  for (const [label, file] of [
    ['', 'stable'],
    [` in the ${SERIES} series`, `stable-${SERIES.slice(1)}`],
  ]) {
    const url = `https://dl.k8s.io/release/${file}.txt`;
    yield* klog(
      process,
      'W',
      'version.go:108',
      `could not fetch a Kubernetes version from the internet: unable to get URL "${url}": Get "${url}": dial tcp: lookup dl.k8s.io: no such host`,
    );
    yield* klog(process, 'W', 'version.go:109', `falling back to the local client version: ${KUBERNETES_VERSION}`);
    yield* print(
      process,
      `[upgrade/versions] ${label === '' ? 'Target version' : `Latest version${label}`}: ${KUBERNETES_VERSION}\n`,
    );
  }
  yield* print(process, "\nAwesome, you're up-to-date! Enjoy!\n");
}

/** @throws KubeadmError always: there is one release, which the cluster has */
function* apply({ args }: Asked): Task<void> {
  const [version = ''] = args;
  if (version === '') throw new KubeadmError('missing one or more required arguments. Required arguments: [version]');
  const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version) ?? [];
  if (major === undefined) throw new KubeadmError(`couldn't parse version ${JSON.stringify(version)}`);
  const number = (parts: readonly (string | undefined)[]) => parts.reduce((sum, part) => sum * 1000 + Number(part), 0);
  const own = /^v(\d+)\.(\d+)\.(\d+)$/.exec(KUBERNETES_VERSION)!.slice(1);
  if (number([major, minor, patch]) > number(own)) {
    throw new KubeadmError(
      `[upgrade/version] FATAL: the --version argument is invalid due to these errors:\n\n\t- Specified version to upgrade to "v${version.replace(/^v/, '')}" is higher than the kubeadm version "${KUBERNETES_VERSION}". Upgrade kubeadm first using the tool you used to install kubeadm\n\nCan be bypassed if you pass the --force flag`,
    );
  }
  throw new KubeadmError(
    `nothing can be upgraded here: this cluster has been made of ${KUBERNETES_VERSION}, the one release there is`,
  );
}

/** Takes the kubelets' configuration anew out of the cluster: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-reconfigure/ */
function* writeKubeletConfig(asked: Asked): Task<void> {
  const { process } = asked;
  const client = clientOf(asked, KUBELET_KUBECONFIG);
  const read = () => client.resource(configMaps).get('kubelet-config', 'kube-system');
  const { data } = yield* ask(process, read, 'error execution phase kubelet-config: failed to get config map');
  yield* print(process, `[upgrade/kubelet-config] Writing kubelet configuration to file "${CONFIG}"\n`);
  process.writeFile(CONFIG, data?.['kubelet'] ?? '', { mode: 0o644 });
  yield* print(
    process,
    '[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n',
  );
}

export const UPGRADE: Command = {
  name: 'upgrade',
  short: 'Upgrade your cluster smoothly to a newer version with this command',
  commands: [
    {
      name: 'apply',
      operands: '[version]',
      short: 'Upgrade your Kubernetes cluster to the specified version',
      maxArgs: 1,
      flags: { yes: { type: 'bool', default: false, short: 'y', usage: 'Do not prompt for confirmation.' } },
      run: apply,
    },
    {
      name: 'node',
      short: 'Upgrade commands for a node in the cluster',
      long: "Takes what the cluster says of its kubelets' configuration for this one. There is one release, so that nothing else changes.\n",
      *run(asked) {
        yield* announceReading(asked, 'upgrade');
        yield* print(asked.process, '[upgrade/preflight] Running pre-flight checks\n');
        yield* writeKubeletConfig(asked);
      },
      commands: [
        {
          name: 'phase',
          short: 'Use this command to invoke single phase of the "node" workflow',
          commands: [
            {
              name: 'kubelet-config',
              short: 'Upgrade the kubelet configuration for this node',
              run: writeKubeletConfig,
            },
          ],
        },
      ],
    },
    {
      name: 'plan',
      operands: '[version]',
      short:
        'Check which versions are available to upgrade to and validate whether your current cluster is upgradeable.',
      maxArgs: 1,
      run: plan,
    },
  ],
};
