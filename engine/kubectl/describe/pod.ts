import { humanDuration } from '../../api/duration.ts';
import type { Pod } from '../../api/kinds.ts';
import { controllerOf } from '../../api/object.ts';
import type { Invocation } from '../invocation.ts';
import { describeContainers, describeResources, describeSeccomp } from './containers.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';
import { describeTolerations, describeTopologySpread } from './pod-template.ts';
import { describeVolumes } from './volumes.ts';

export function describePod(invocation: Invocation, writer: DescriptionWriter, pod: Pod): void {
  const { metadata, spec, status } = pod;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writer.field(0, 'Priority', spec.priority ?? 0);
  if ((spec.priorityClassName ?? '') !== '') writer.field(0, 'Priority Class Name', spec.priorityClassName!);
  if ((spec.runtimeClassName ?? '') !== '') writer.field(0, 'Runtime Class Name', spec.runtimeClassName!);
  if ((spec.serviceAccountName ?? '') !== '') writer.field(0, 'Service Account', spec.serviceAccountName!);
  const host = status?.hostIP === undefined || status.hostIP === '' ? '' : `/${status.hostIP}`;
  writer.field(
    0,
    'Node',
    spec.nodeName === undefined || spec.nodeName === '' ? '<none>' : `${spec.nodeName}${host === '' ? '/' : host}`,
  );
  if (status?.startTime !== undefined) writer.field(0, 'Start Time', longTime(status.startTime));
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  describePhase(invocation, writer, pod);
  describeAddresses(writer, pod);
  if (spec.resources !== undefined) {
    writer.line(0, 'Resources:');
    describeResources((text) => writer.line(1, text), spec.resources);
  }
  describeAllContainers(writer, pod);
  describeConditions(writer, pod);
  describeVolumes(writer, spec.volumes ?? [], 0);
  writer.field(0, 'QoS Class', status?.qosClass ?? '<unset>');
  writeMap(writer, 0, 'Node-Selectors', spec.nodeSelector);
  describeTolerations(writer, 0, spec.tolerations ?? []);
  describeTopologySpread(writer, 0, spec.topologySpreadConstraints ?? []);
  describeEvents(invocation, writer, pod, metadata.annotations?.[MIRROR_ANNOTATION]);
}

/** On the mirror of a static Pod: the uid under which its kubelet knows it, and reports events. */
const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

function describePhase(invocation: Invocation, writer: DescriptionWriter, { metadata, spec, status }: Pod): void {
  const { deletionTimestamp } = metadata;
  const failed = status?.phase === 'Failed' || status?.phase === 'Succeeded';
  if (deletionTimestamp !== undefined && !failed) {
    writer.field(0, 'Status', `Terminating (lasts ${humanDuration(invocation.now() - Date.parse(deletionTimestamp))})`);
    writer.field(
      0,
      'Termination Grace Period',
      `${metadata.deletionGracePeriodSeconds ?? spec.terminationGracePeriodSeconds ?? 0}s`,
    );
  } else {
    writer.field(0, 'Status', status?.phase ?? '');
  }
  if ((status?.reason ?? '') !== '') writer.field(0, 'Reason', status!.reason!);
  if ((status?.message ?? '') !== '') writer.field(0, 'Message', status!.message!);
}

function describeAddresses(writer: DescriptionWriter, pod: Pod): void {
  const { status } = pod;
  describeSeccomp((text) => writer.line(0, text), pod.spec.securityContext?.seccompProfile);
  writer.field(0, 'IP', status?.podIP ?? '');
  const ips = status?.podIPs ?? [];
  if (ips.length === 0) writer.line(0, 'IPs:\t<none>');
  else {
    writer.line(0, 'IPs:');
    for (const { ip } of ips) writer.field(1, 'IP', ip);
  }
  const owner = controllerOf(pod);
  if (owner !== undefined) writer.field(0, 'Controlled By', `${owner.kind}/${owner.name}`);
  if ((status?.nominatedNodeName ?? '') !== '') writer.field(0, 'NominatedNodeName', status!.nominatedNodeName!);
}

function describeAllContainers(writer: DescriptionWriter, pod: Pod): void {
  const { spec, status } = pod;
  if ((spec.initContainers?.length ?? 0) > 0) {
    const statuses = status?.initContainerStatuses ?? [];
    describeContainers(writer, spec.initContainers!, { label: 'Init Containers', statuses, pod, level: 0 });
  }
  const statuses = status?.containerStatuses ?? [];
  describeContainers(writer, spec.containers, { label: 'Containers', statuses, pod, level: 0 });
  if ((spec.ephemeralContainers?.length ?? 0) > 0) {
    const ephemeral = status?.ephemeralContainerStatuses ?? [];
    describeContainers(writer, spec.ephemeralContainers!, {
      label: 'Ephemeral Containers',
      statuses: ephemeral,
      pod,
      level: 0,
    });
  }
  if ((spec.readinessGates?.length ?? 0) > 0) {
    writer.line(0, 'Readiness Gates:\n  Type\tStatus');
    for (const { conditionType } of spec.readinessGates!) {
      const condition = status?.conditions?.find(({ type }) => type === conditionType);
      writer.line(1, `${conditionType} \t${condition?.status ?? '<none>'} `);
    }
  }
}

function describeConditions(writer: DescriptionWriter, { status }: Pod): void {
  const conditions = status?.conditions ?? [];
  if (conditions.length === 0) return;
  writer.line(0, 'Conditions:');
  writer.line(1, 'Type\tStatus');
  for (const { type, status: value } of conditions) writer.line(1, `${type} \t${value} `);
}
