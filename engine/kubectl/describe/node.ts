import { podRequestsAndLimits } from '../../api/core/pod-resources.ts';
import { humanDuration } from '../../api/duration.ts';
import type { Lease, Node, Pod, Taint } from '../../api/kinds.ts';
import { addQuantities, canonicalQuantity, milliValue, numericValue } from '../../api/quantity.ts';
import { leases, pods } from '../../api/resources.ts';
import { isStatus } from '../command-error.ts';
import type { Invocation } from '../invocation.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';

const ROLE_PREFIX = 'node-role.kubernetes.io/';

export function describeNode(invocation: Invocation, writer: DescriptionWriter, node: Node): void {
  const { metadata, spec, status } = node;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Roles', rolesOf(node));
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'CreationTimestamp', longTime(metadata.creationTimestamp));
  describeTaints(writer, node);
  writer.field(0, 'Unschedulable', spec.unschedulable ?? false);
  describeLease(invocation, writer, metadata.name);
  describeConditions(writer, node);
  writer.line(0, 'Addresses:');
  for (const { type, address } of status?.addresses ?? []) writer.field(1, type, address);
  for (const [label, amounts] of [
    ['Capacity', status?.capacity],
    ['Allocatable', status?.allocatable],
  ] as const) {
    if (Object.keys(amounts ?? {}).length === 0) continue;
    writer.line(0, `${label}:`);
    for (const name of Object.keys(amounts!).sort()) writer.field(1, name, String(amounts![name]));
  }
  describeSystem(writer, node);
  if ((spec.podCIDR ?? '') !== '') writer.field(0, 'PodCIDR', spec.podCIDR!);
  if ((spec.podCIDRs?.length ?? 0) > 0) writer.field(0, 'PodCIDRs', spec.podCIDRs!.join(','));
  if ((spec.providerID ?? '') !== '') writer.field(0, 'ProviderID', spec.providerID!);
  describeAllocation(invocation, writer, node);
  describeEvents(invocation, writer, node);
}

function rolesOf({ metadata }: Node): string {
  const labels = metadata.labels ?? {};
  const roles = Object.keys(labels).flatMap((key) => {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) return [key.slice(ROLE_PREFIX.length)];
    return key === 'kubernetes.io/role' && labels[key] !== '' ? [labels[key]!] : [];
  });
  return roles.length === 0 ? '<none>' : [...new Set(roles)].sort().join(',');
}

function describeTaints(writer: DescriptionWriter, { spec }: Node): void {
  const taints = spec.taints ?? [];
  if (taints.length === 0) {
    writer.line(0, 'Taints:\t<none>');
    return;
  }
  const text = [...taints]
    .sort(byEffect)
    .map(({ key, value = '', effect }) => `${key}${value === '' ? '' : `=${value}`}:${effect}`);
  for (const [index, line] of text.entries()) writer.line(0, `${index === 0 ? 'Taints:' : ''}\t${line}`);
}

function describeLease(invocation: Invocation, writer: DescriptionWriter, name: string): void {
  let lease: Lease | undefined;
  try {
    lease = invocation.get(leases, name, 'kube-node-lease') as unknown as Lease;
  } catch (error) {
    if (!isStatus(error, 'NotFound')) throw error;
    writer.line(0, `Lease:\tFailed to get lease: ${(error as Error).message}`);
    return;
  }
  writer.line(0, 'Lease:');
  writer.field(1, 'HolderIdentity', lease.spec?.holderIdentity ?? '<unset>');
  writer.field(1, 'AcquireTime', longTime(lease.spec?.acquireTime));
  writer.field(1, 'RenewTime', longTime(lease.spec?.renewTime));
}

function describeConditions(writer: DescriptionWriter, { status }: Node): void {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return;
  writer.line(0, 'Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage');
  writer.line(1, '----\t------\t-----------------\t------------------\t------\t-------');
  for (const condition of conditions) {
    const times = `${longTime(condition.lastHeartbeatTime)} \t${longTime(condition.lastTransitionTime)} `;
    writer.line(
      1,
      `${condition.type} \t${condition.status} \t${times}\t${condition.reason ?? ''} \t${condition.message ?? ''}`,
    );
  }
}

function describeSystem(writer: DescriptionWriter, { status }: Node): void {
  const info = status?.nodeInfo;
  writer.line(0, 'System Info:');
  for (const [label, value] of [
    ['Machine ID', info?.machineID],
    ['System UUID', info?.systemUUID],
    ['Boot ID', info?.bootID],
    ['Kernel Version', info?.kernelVersion],
    ['OS Image', info?.osImage],
    ['Operating System', info?.operatingSystem],
    ['Architecture', info?.architecture],
    ['Container Runtime Version', info?.containerRuntimeVersion],
    ['Kubelet Version', info?.kubeletVersion],
  ] as const) {
    writer.field(1, label, value ?? '');
  }
}

type Amounts = Readonly<Record<string, string>>;

function describeAllocation(invocation: Invocation, writer: DescriptionWriter, node: Node): void {
  const fieldSelector = `spec.nodeName=${node.metadata.name},status.phase!=Succeeded,status.phase!=Failed`;
  const running = invocation.list(pods, { fieldSelector }) as unknown as readonly Pod[];
  const allocatable = (node.status?.allocatable ?? node.status?.capacity ?? {}) as Amounts;
  writer.line(0, `Non-terminated Pods:\t(${running.length} in total)`);
  writer.line(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge');
  writer.line(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---');
  let requests: Amounts = {};
  let limits: Amounts = {};
  for (const pod of running) {
    const own = podRequestsAndLimits(pod);
    requests = sum(requests, own.requests);
    limits = sum(limits, own.limits);
    const cells = [
      share('cpu', own.requests, allocatable),
      share('cpu', own.limits, allocatable),
      share('memory', own.requests, allocatable),
      share('memory', own.limits, allocatable),
    ];
    const age = humanDuration(invocation.now() - Date.parse(pod.metadata.creationTimestamp));
    writer.line(1, `${pod.metadata.namespace}\t${pod.metadata.name}\t\t${cells.join('\t')}\t${age}`);
  }
  writer.line(0, 'Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)');
  writer.line(1, 'Resource\tRequests\tLimits');
  writer.line(1, '--------\t--------\t------');
  const others = Object.keys(allocatable)
    .filter((name) => !['cpu', 'memory', 'pods', 'ephemeral-storage'].includes(name))
    .sort();
  const isHuge = (name: string) => name.startsWith('hugepages-');
  const huge = others.filter(isHuge);
  for (const name of ['cpu', 'memory', 'ephemeral-storage', ...huge, ...others.filter((name) => !isHuge(name))]) {
    const extended = name.includes('/') && !name.startsWith('kubernetes.io/');
    const cell = (amounts: Amounts) => (extended ? (amounts[name] ?? '0') : share(name, amounts, allocatable));
    writer.line(1, `${name}\t${cell(requests)}\t${cell(limits)}`);
  }
}

function sum(left: Amounts, right: Amounts): Amounts {
  const total: Record<string, string> = { ...left };
  for (const [name, amount] of Object.entries(right)) {
    total[name] = total[name] === undefined ? amount : addQuantities(total[name], amount);
  }
  return total;
}

/** `250m (12%)`: an amount, and how much of the node that is. */
function share(name: string, amounts: Amounts, allocatable: Amounts): string {
  const amount = amounts[name] ?? '0';
  const whole = allocatable[name] ?? '0';
  const value = name === 'cpu' ? milliValue : numericValue;
  const of = value(whole);
  const percent = of === 0 ? 0 : Math.trunc((value(amount) / of) * 100);
  return `${canonicalQuantity(amount)} (${percent}%)`;
}

/** NoExecute first, as they are the strongest. */
function byEffect(left: Taint, right: Taint): number {
  return left.effect < right.effect ? -1 : left.effect > right.effect ? 1 : left.key < right.key ? -1 : 1;
}
