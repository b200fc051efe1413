import type { PrinterColumn } from '../descriptor.ts';
import type { Node } from '../kinds.ts';
import { ageColumn, column, nameColumn, wideColumn } from '../printer-columns.ts';
import { readyCondition } from './ready.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';
const ROLE_LABEL = 'kubernetes.io/role';

function statusCell(node: Node): string {
  const ready = readyCondition(node);
  const word = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady';
  return node.spec?.unschedulable === true ? `${word},SchedulingDisabled` : word;
}

/** Roles are labels: https://kubernetes.io/docs/reference/labels-annotations-taints/#node-role-kubernetes-io-control-plane */
function rolesCell(node: Node): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(node.metadata.labels ?? {})) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === ROLE_LABEL && value !== '') roles.add(value);
  }
  return roles.size === 0 ? '<none>' : [...roles].sort().join(',');
}

function addressCell(node: Node, type: string): string {
  return node.status?.addresses?.find((address) => address.type === type)?.address ?? '<none>';
}

type NodeInfo = NonNullable<NonNullable<Node['status']>['nodeInfo']>;

function infoCell(node: Node, key: keyof NodeInfo): string {
  return (node.status?.nodeInfo?.[key] as string | undefined) || '<unknown>';
}

const ADDRESSES =
  'List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses';

export const NODE_COLUMNS: readonly PrinterColumn<Node>[] = [
  nameColumn,
  column('Status', 'The status of the node', statusCell),
  column('Roles', 'The roles of the node', rolesCell),
  ageColumn,
  column('Version', 'Kubelet Version reported by the node.', (node) => node.status?.nodeInfo?.kubeletVersion ?? ''),
  wideColumn('Internal-IP', ADDRESSES, (node) => addressCell(node, 'InternalIP')),
  wideColumn('External-IP', ADDRESSES, (node) => addressCell(node, 'ExternalIP')),
  wideColumn(
    'OS-Image',
    'OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).',
    (node) => infoCell(node, 'osImage'),
  ),
  wideColumn(
    'Kernel-Version',
    "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
    (node) => infoCell(node, 'kernelVersion'),
  ),
  wideColumn(
    'Container-Runtime',
    'ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).',
    (node) => infoCell(node, 'containerRuntimeVersion'),
  ),
];
