import { print } from '../../../linux/stdio.ts';
import type { Task } from '../../../sim/index.ts';
import { STATIC_POD_PATH } from '../../bootstrap/static-pods.ts';
import { KUBELET_CONFIG_FILE } from '../../machines/machine-files.ts';
import { RELEASES, type Release } from '../../versions.ts';
import { clientOf } from '../api.ts';
import { announceReading } from '../cluster-configuration.ts';
import { type Asked, KubeadmError, phaseError } from '../command.ts';
import { confirm } from '../confirm.ts';
import { would, wouldWrite } from '../dry-run.ts';
import {
  type ClusterConfiguration,
  COMPONENTS,
  checkHealth,
  clusterVersion,
  fatalErrors,
  readConfiguration,
  requireRoot,
} from './cluster-state.ts';
import { pullImages, upgradeAddOns, uploadConfiguration, writeKubeletConfig } from './phases.ts';
import { checkPolicy, numbersOf } from './policy.ts';
import { newManifests, upgradeStaticPods } from './static-pods.ts';

/**
 * Upgrades the control plane to a release that is not newer than kubeadm itself. What it runs as static Pods is generated
 * anew: what somebody has written into these manifests by hand is gone, unless it stands in the ClusterConfiguration.
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-upgrade/
 */
export function* apply(asked: Asked): Task<void> {
  const { process, flags } = asked;
  const [version = ''] = asked.args;
  if (version === '') throw new KubeadmError('missing one or more required arguments. Required arguments: [version]');
  const wanted = `v${numbersOf(version).join('.')}`;
  const client = clientOf(asked);
  yield* announceReading(asked, 'upgrade');
  const configuration = yield* readConfiguration(process, client);
  yield* print(process, '[upgrade/preflight] Running preflight checks\n');
  requireRoot(process);
  yield* checkHealth(process, client);
  yield* enforcePolicy(asked, wanted, yield* clusterVersion(process, client));
  const dryRun = flags.bool('dry-run');
  if (!flags.bool('yes') && !flags.bool('force') && !dryRun) yield* confirm(process, 'upgrade');
  const release = releasedAs(wanted);
  if (dryRun) {
    yield* wouldUpgrade(asked, configuration, release);
    return;
  }
  yield* pullImages(process, release);
  yield* print(
    process,
    `[upgrade/control-plane] Upgrading your static Pod-hosted control plane to version "${release}" (timeout: 5m0s)...\n`,
  );
  yield* upgradeStaticPods(asked, client, configuration, release);
  yield* print(
    process,
    '[upgrade/control-plane] The control plane instance for this node was successfully upgraded!\n',
  );
  yield* uploadConfiguration(process, client, configuration, release);
  yield* print(process, '[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!\n');
  yield* writeKubeletConfig(process, client);
  yield* print(process, BOOTSTRAP_RULES);
  yield* upgradeAddOns(process, client, release);
  yield* print(
    process,
    `\n[upgrade] SUCCESS! A control plane node of your cluster was upgraded to "${release}".\n\n` +
      '[upgrade] Now please proceed with upgrading the rest of the nodes by following the right order.\n',
  );
}

/** What an upgrade of a control plane would do. */
export function* wouldUpgrade(asked: Asked, configuration: ClusterConfiguration, release: Release): Task<void> {
  const { process } = asked;
  yield* would(process, 'pull the required container images');
  yield* print(
    process,
    `[upgrade/control-plane] Upgrading your static Pod-hosted control plane to version "${release}" (timeout: 5m0s)...\n`,
  );
  const manifests = newManifests(process, configuration, release);
  for (const component of COMPONENTS) {
    const path = `${STATIC_POD_PATH}/${component}.yaml`;
    const text = manifests[`${component}.yaml`]!;
    if (process.access(path, 'read') && process.readText(path) === text)
      yield* print(
        process,
        `[upgrade/staticpods] Current and new manifests of ${component} are equal, skipping upgrade\n`,
      );
    else yield* wouldWrite(process, path, text);
  }
  yield* would(process, 'update the ConfigMaps "kubeadm-config" and "kubelet-config" in the "kube-system" Namespace');
  yield* would(process, `write the kubelet configuration to file "${KUBELET_CONFIG_FILE}"`);
  yield* would(process, 'apply the addons CoreDNS and kube-proxy');
  yield* print(process, '[dryrun] Finished dryrunning successfully!\n');
}

/** The rules for who joins are those of every release. */
const BOOTSTRAP_RULES = `[upgrade/bootstrap-token] Configuring bootstrap token and cluster-info RBAC rules
[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to get nodes
[bootstrap-token] Configured RBAC rules to allow Node Bootstrap tokens to post CSRs in order for nodes to get long term certificate credentials
[bootstrap-token] Configured RBAC rules to allow the csrapprover controller automatically approve CSRs from a Node Bootstrap Token
[bootstrap-token] Configured RBAC rules to allow certificate rotation for all node client certificates in the cluster
`;

/** @throws KubeadmError for a version that may not follow on the cluster's */
function* enforcePolicy({ process, flags, surroundings }: Asked, wanted: string, cluster: string): Task<void> {
  yield* print(
    process,
    `[upgrade/preflight] You have chosen to upgrade the cluster version to "${wanted}"\n` +
      `[upgrade/versions] Cluster version: ${cluster}\n` +
      `[upgrade/versions] kubeadm version: ${surroundings.release}\n`,
  );
  const { mandatory, skippable } = checkPolicy(wanted, cluster, surroundings.release);
  const lines = (errors: readonly string[]) => errors.map((error) => `\t- ${error}\n`).join('');
  if (mandatory.length > 0) {
    throw phaseError(
      'preflight',
      `the version argument is invalid due to these fatal errors:\n\n${lines(mandatory)}\nPlease fix the misalignments highlighted above and try upgrading again`,
    );
  }
  if (skippable.length === 0) return;
  if (!flags.bool('force')) {
    throw phaseError(
      'preflight',
      `the version argument is invalid due to these errors:\n\n${lines(skippable)}\nCan be bypassed if you pass the --force flag`,
    );
  }
  yield* print(
    process,
    `[upgrade/preflight] Found ${skippable.length} potential version compatibility errors but skipping since the --force flag is set: \n\n${lines(skippable)}`,
  );
}

/** @throws KubeadmError for what no registry has images of */
export function releasedAs(version: string): Release {
  const release = RELEASES.find((each) => each === version);
  if (release !== undefined) return release;
  const image = `registry.k8s.io/kube-apiserver:${version}`;
  throw fatalErrors([`[ERROR ImagePull]: failed to pull image ${image}: ${image}: not found`]);
}
