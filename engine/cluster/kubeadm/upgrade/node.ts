import { print } from '../../../linux/stdio.ts';
import type { Task } from '../../../sim/index.ts';
import { KUBELET_KUBECONFIG } from '../../bootstrap/kubeadm.ts';
import { STATIC_POD_PATH } from '../../bootstrap/static-pods.ts';
import { KUBELET_CONFIG_FILE } from '../../machines/machine-files.ts';
import { clientOf } from '../api.ts';
import { announceReading } from '../cluster-configuration.ts';
import type { Asked } from '../command.ts';
import { would } from '../dry-run.ts';
import { releasedAs, wouldUpgrade } from './apply.ts';
import { readConfiguration, requireRoot } from './cluster-state.ts';
import { pullImages, upgradeAddOns, writeKubeletConfig } from './phases.ts';
import { upgradeStaticPods } from './static-pods.ts';

/** Brings a node to where the cluster is: a worker's kubelet configuration, and of a control plane all of it. */
export function* upgradeNode(asked: Asked): Task<void> {
  const { process } = asked;
  const client = clientOf(asked, KUBELET_KUBECONFIG);
  yield* announceReading(asked, 'upgrade');
  yield* print(process, '[upgrade/preflight] Running pre-flight checks\n');
  requireRoot(process);
  const isControlPlane = process.access(`${STATIC_POD_PATH}/kube-apiserver.yaml`, 'exists');
  const skip = (phase: string) => print(process, `[upgrade/${phase}] Skipping phase. Not a control plane node.\n`);
  if (!isControlPlane) {
    yield* print(process, '[upgrade/preflight] Skipping prepull. Not a control plane node.\n');
    yield* skip('control-plane');
    yield* skip('kubeconfig');
    if (asked.flags.bool('dry-run'))
      yield* would(process, `write the kubelet configuration to file "${KUBELET_CONFIG_FILE}"`);
    else yield* writeKubeletConfig(process, client);
    yield* print(process, '[upgrade/addon] Skipping the addon/coredns phase. Not a control plane node.\n');
    yield* print(process, '[upgrade/addon] Skipping the addon/kube-proxy phase. Not a control plane node.\n');
    return;
  }
  const admin = clientOf(asked);
  const configuration = yield* readConfiguration(process, admin);
  const release = releasedAs(configuration.kubernetesVersion);
  if (asked.flags.bool('dry-run')) {
    yield* wouldUpgrade(asked, configuration, release);
    return;
  }
  yield* pullImages(process, release);
  yield* print(
    process,
    `[upgrade/control-plane] Upgrading your Static Pod-hosted control plane instance to version "${release}"...\n`,
  );
  yield* upgradeStaticPods(asked, admin, configuration, release);
  yield* print(
    process,
    '[upgrade/control-plane] The control plane instance for this node was successfully upgraded!\n',
  );
  yield* writeKubeletConfig(process, client);
  yield* upgradeAddOns(process, admin, release);
}

export function* upgradeKubeletConfig(asked: Asked): Task<void> {
  yield* writeKubeletConfig(asked.process, clientOf(asked, KUBELET_KUBECONFIG));
}
