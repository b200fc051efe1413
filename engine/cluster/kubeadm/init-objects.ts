import { stringify } from 'yaml';
import { configMaps, nodes } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { print } from '../../linux/stdio.ts';
import type { Task } from '../../sim/index.ts';
import { clusterConfiguration } from '../kubeadm-objects.ts';
import { KUBELET_CONFIG } from '../machines/machine-files.ts';
import { ask, clientOf } from './api.ts';
import type { Asked, Command } from './command.ts';
import { CONFIG_FLAG, loadConfiguration } from './config-flag.ts';

// What `kubeadm init` leaves in the cluster of what it was told, as phases of their own.

const NAMESPACE = 'kube-system';

/** The ConfigMap with these data, whether it was there or not. */
function* store(asked: Asked, name: string, data: Readonly<Record<string, string>>): Task<void> {
  const maps = clientOf(asked).resource(configMaps);
  const put = () => {
    try {
      return maps.create({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE }, data });
    } catch (error) {
      if (!(error instanceof StatusError) || error.reason !== 'AlreadyExists') throw error;
      return maps.patch(name, NAMESPACE, 'merge', { data });
    }
  };
  yield* ask(asked.process, put, 'error execution phase upload-config: error uploading configuration');
}

/** A file's ClusterConfiguration over the defaults; what it says of a part replaces that part's fields. */
function* clusterConfigurationOf(asked: Asked): Task<string> {
  const { release } = asked.surroundings;
  const given = (yield* loadConfiguration(asked))?.of('ClusterConfiguration');
  if (given === undefined) return stringify(clusterConfiguration(release));
  const merged = merge(clusterConfiguration(release), given);
  return stringify(Object.fromEntries(Object.entries(merged).toSorted(([a], [b]) => (a < b ? -1 : 1))));
}

type Values = Readonly<Record<string, unknown>>;

function merge(base: Values, over: Values): Values {
  const isMap = (value: unknown): value is Values =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const entries = Object.entries(over).map(([name, value]) => {
    const before = base[name];
    return [name, isMap(before) && isMap(value) ? merge(before, value) : value] as const;
  });
  return { ...base, ...Object.fromEntries(entries) };
}

export const UPLOAD_CONFIG_PHASES: readonly Command[] = [
  {
    name: 'kubeadm',
    short: 'Upload the kubeadm ClusterConfiguration to a ConfigMap',
    flags: CONFIG_FLAG,
    *run(asked) {
      const text = yield* clusterConfigurationOf(asked);
      yield* print(
        asked.process,
        `[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the "${NAMESPACE}" Namespace\n`,
      );
      yield* store(asked, 'kubeadm-config', { ClusterConfiguration: text });
    },
  },
  {
    name: 'kubelet',
    short: 'Upload the kubelet component config to a ConfigMap',
    flags: CONFIG_FLAG,
    *run(asked) {
      const given = (yield* loadConfiguration(asked))?.of('KubeletConfiguration');
      yield* print(
        asked.process,
        `[kubelet] Creating a ConfigMap "kubelet-config" in namespace ${NAMESPACE} with the configuration for the kubelets in the cluster\n`,
      );
      yield* store(asked, 'kubelet-config', { kubelet: given === undefined ? KUBELET_CONFIG : stringify(given) });
    },
  },
];

const ROLE = 'node-role.kubernetes.io/control-plane';
const EXCLUDED = 'node.kubernetes.io/exclude-from-external-load-balancers';

export const MARK_CONTROL_PLANE: Command = {
  name: 'mark-control-plane',
  short: 'Mark a node as a control-plane',
  flags: CONFIG_FLAG,
  *run(asked) {
    const { process } = asked;
    const name = process.hostname;
    const client = clientOf(asked);
    const about = `[mark-control-plane] Marking the node ${name} as control-plane by adding the`;
    yield* print(process, `${about} labels: [${ROLE} ${EXCLUDED}]\n${about} taints [${ROLE}:NoSchedule]\n`);
    const mark = () => {
      const { spec } = client.resource(nodes).get(name);
      const others = (spec?.taints ?? []).filter(({ key }) => key !== ROLE);
      const taints = [...others, { key: ROLE, effect: 'NoSchedule' }];
      const metadata = { labels: { [ROLE]: '', [EXCLUDED]: '' } };
      return client.resource(nodes).patch(name, undefined, 'merge', { metadata, spec: { taints } });
    };
    yield* ask(
      process,
      mark,
      'error execution phase mark-control-plane: error applying control-plane label and taints',
    );
  },
};
