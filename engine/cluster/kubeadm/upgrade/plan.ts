import { alignTabs } from '../../../kubectl/output/tabwriter.ts';
import { print } from '../../../linux/stdio.ts';
import type { Process } from '../../../linux/syscalls.ts';
import type { Task } from '../../../sim/index.ts';
import { STATIC_POD_PATH } from '../../bootstrap/static-pods.ts';
import { COREDNS_IMAGE } from '../../images/references.ts';
import { RELEASES, VERSIONS } from '../../versions.ts';
import { clientOf } from '../api.ts';
import { announceReading } from '../cluster-configuration.ts';
import type { Asked } from '../command.ts';
import { KUBEADM_TABLE } from '../table.ts';
import { checkHealth, clusterVersion, listNodes, readConfiguration, requireRoot } from './cluster-state.ts';
import { isOlder } from './policy.ts';

/** What https://dl.k8s.io/release/stable.txt says. */
const NEWEST = RELEASES.at(-1)!;
const SERIES = NEWEST.replace(/\.\d+$/, '');
const RULE = '_____________________________________________________________________';

/** Tells what a cluster can be upgraded to, and what of it by hand. Nothing is changed. */
export function* plan(asked: Asked): Task<void> {
  const { process, surroundings } = asked;
  const client = clientOf(asked);
  yield* print(process, '[preflight] Running pre-flight checks.\n');
  requireRoot(process);
  yield* announceReading(asked, 'upgrade/config');
  yield* readConfiguration(process, client);
  yield* checkHealth(process, client);
  const cluster = yield* clusterVersion(process, client);
  yield* print(
    process,
    '[upgrade] Fetching available versions to upgrade to\n' +
      `[upgrade/versions] Cluster version: ${cluster.slice(1)}\n` +
      `[upgrade/versions] kubeadm version: ${surroundings.release}\n` +
      `[upgrade/versions] Target version: ${NEWEST}\n` +
      `[upgrade/versions] Latest version in the ${SERIES} series: ${NEWEST}\n\n`,
  );
  if (!isOlder(cluster, NEWEST)) {
    yield* print(process, "Awesome, you're up-to-date! Enjoy!\n");
    return;
  }
  const kubelets = (yield* listNodes(process, client)).map(
    ({ metadata, status }) => ['kubelet', metadata.name, status?.nodeInfo?.kubeletVersion ?? '', NEWEST] as const,
  );
  const old = kubelets.filter(([, , version]) => isOlder(version, NEWEST));
  if (old.length > 0) {
    yield* print(
      process,
      `Components that must be upgraded manually after you have upgraded the control plane with 'kubeadm upgrade apply':\n${table(old)}\n`,
    );
  }
  yield* print(
    process,
    `Upgrade to the latest version in the ${SERIES} series:\n\n${table(controlPlaneRows(process))}\n`,
  );
  yield* print(
    process,
    `You can now apply the upgrade by executing the following command:\n\n\tkubeadm upgrade apply ${NEWEST}\n\n`,
  );
  if (isOlder(surroundings.release, NEWEST)) {
    yield* print(process, `Note: Before you can perform this upgrade, you have to update kubeadm to ${NEWEST}.\n\n`);
  }
  yield* print(process, `${RULE}\n\n\n${CONFIG_STATES}${RULE}\n\n`);
}

type Row = readonly [component: string, node: string, current: string, target: string];

function table(rows: readonly Row[]): string {
  const lines = [['COMPONENT', 'NODE', 'CURRENT', 'TARGET'], ...rows];
  return alignTabs(lines.map((row) => `${row.join('\t')}\n`).join(''), KUBEADM_TABLE);
}

/** By the images of the manifests on this machine. */
function controlPlaneRows(process: Process): readonly Row[] {
  const node = process.hostname;
  const current = (component: string) => {
    const text = process.readText(`${STATIC_POD_PATH}/${component}.yaml`);
    return /^\s*image: .*:(\S+)$/m.exec(text)?.[1] ?? '';
  };
  const [dns = ''] = COREDNS_IMAGE.match(/v[\d.]+$/) ?? [];
  return [
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map(
      (component): Row => [component, node, current(component), NEWEST],
    ),
    ['kube-proxy', '', current('kube-apiserver').slice(1), NEWEST],
    ['CoreDNS', '', dns, dns],
    ['etcd', node, current('etcd'), VERSIONS.etcd],
  ];
}

const CONFIG_STATES = `The table below shows the current state of component configs as understood by this version of kubeadm.
Configs that have a "yes" mark in the "MANUAL UPGRADE REQUIRED" column require manual config upgrade or
resetting to kubeadm defaults before a successful upgrade can be performed. The version to manually
upgrade to is denoted in the "PREFERRED VERSION" column.

API GROUP                 CURRENT VERSION   PREFERRED VERSION   MANUAL UPGRADE REQUIRED
kubeproxy.config.k8s.io   v1alpha1          v1alpha1            no
kubelet.config.k8s.io     v1beta1           v1beta1             no
`;
