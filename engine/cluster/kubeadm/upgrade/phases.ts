import { configMaps, daemonSets } from '../../../api/resources.ts';
import type { Client } from '../../../client/client.ts';
import { print } from '../../../linux/stdio.ts';
import type { Process } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';
import { componentReference } from '../../images/references.ts';
import { KUBELET_CONFIG_FILE } from '../../machines/machine-files.ts';
import type { Release } from '../../versions.ts';
import { ask } from '../api.ts';
import { imagesOf, pullImage } from '../images.ts';
import type { ClusterConfiguration } from './cluster-state.ts';
import { randomNumber } from './static-pods.ts';

export function* pullImages(process: Process, release: Release): Task<void> {
  yield* print(
    process,
    '[upgrade/preflight] Pulling images required for setting up a Kubernetes cluster\n' +
      '[upgrade/preflight] This might take a minute or two, depending on the speed of your internet connection\n' +
      "[upgrade/preflight] You can also perform this action beforehand using 'kubeadm config images pull'\n",
  );
  for (const image of imagesOf(release)) yield* pullImage(process, image);
}

/** Notes in the cluster of which release it is now. */
export function* uploadConfiguration(
  process: Process,
  client: Client,
  { text }: ClusterConfiguration,
  release: Release,
): Task<void> {
  yield* print(
    process,
    '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "kube-system" Namespace\n',
  );
  const changed = text.replace(/^kubernetesVersion: .*$/m, `kubernetesVersion: ${release}`);
  const patch = { data: { ClusterConfiguration: changed } };
  yield* ask(process, () => client.resource(configMaps).patch('kubeadm-config', 'kube-system', 'merge', patch));
  yield* print(
    process,
    '[kubelet] Creating a ConfigMap "kubelet-config" in namespace kube-system with the configuration for the kubelets in the cluster\n',
  );
}

/** Takes the kubelets' configuration anew out of the cluster: https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-reconfigure/ */
export function* writeKubeletConfig(process: Process, client: Client): Task<void> {
  const read = () => client.resource(configMaps).get('kubelet-config', 'kube-system');
  const { data } = yield* ask(process, read, 'error execution phase kubelet-config: failed to get config map');
  if (process.access(KUBELET_CONFIG_FILE, 'exists')) {
    const backup = `/etc/kubernetes/tmp/kubeadm-kubelet-config${yield* randomNumber(process)}`;
    yield* print(process, `[upgrade] Backing up kubelet config file to ${backup}/config.yaml\n`);
    process.makeDirectories(backup);
    process.writeFile(`${backup}/config.yaml`, process.readFile(KUBELET_CONFIG_FILE), { mode: 0o644 });
  }
  yield* print(process, `[kubelet-start] Writing kubelet configuration to file "${KUBELET_CONFIG_FILE}"\n`);
  process.writeFile(KUBELET_CONFIG_FILE, data?.['kubelet'] ?? '', { mode: 0o644 });
  yield* print(
    process,
    '[upgrade/kubelet-config] The kubelet configuration for this node was successfully upgraded!\n',
  );
}

/** kube-proxy's DaemonSet gets the release's image; CoreDNS has its own releases, and there is no later one. */
export function* upgradeAddOns(process: Process, client: Client, release: Release): Task<void> {
  const container = { name: 'kube-proxy', image: componentReference('kube-proxy', release) };
  const patch = { spec: { template: { spec: { containers: [container] } } } };
  yield* print(process, '[addons] Applied essential addon: CoreDNS\n');
  yield* ask(process, () => client.resource(daemonSets).patch('kube-proxy', 'kube-system', 'strategic-merge', patch));
  yield* print(process, '[addons] Applied essential addon: kube-proxy\n');
}
