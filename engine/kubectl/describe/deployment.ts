import type { Deployment, ReplicaSet, ReplicationController } from '../../api/kinds.ts';
import { labelSelectorOf } from '../../api/label-selector.ts';
import { controllerOf } from '../../api/object.ts';
import type { Invocation } from '../invocation.ts';
import { ownedReplicaSets, templateOf } from '../revisions.ts';
import { sameJson } from '../unstructured.ts';
import { type DescriptionWriter, longTime, writeAnnotations, writeMap } from './description-writer.ts';
import { describeEvents } from './events.ts';
import { describePodTemplate } from './pod-template.ts';
import { podsStatus } from './pods-status.ts';

export function describeDeployment(invocation: Invocation, writer: DescriptionWriter, deployment: Deployment): void {
  const { metadata, spec, status = {} } = deployment;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writer.field(0, 'CreationTimestamp', longTime(metadata.creationTimestamp));
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'Selector', selectorText(spec.selector));
  writer.field(
    0,
    'Replicas',
    `${spec.replicas ?? 1} desired | ${status.updatedReplicas ?? 0} updated | ${status.replicas ?? 0} total | ` +
      `${status.availableReplicas ?? 0} available | ${status.unavailableReplicas ?? 0} unavailable`,
  );
  writer.field(0, 'StrategyType', spec.strategy?.type ?? '');
  writer.field(0, 'MinReadySeconds', spec.minReadySeconds ?? 0);
  const rolling = spec.strategy?.rollingUpdate;
  if (rolling !== undefined) {
    writer.field(
      0,
      'RollingUpdateStrategy',
      `${rolling.maxUnavailable} max unavailable, ${rolling.maxSurge} max surge`,
    );
  }
  describePodTemplate(writer, spec.template);
  describeConditions(writer, status.conditions ?? []);
  describeReplicaSets(invocation, writer, deployment);
  describeEvents(invocation, writer, deployment);
}

function describeConditions(
  writer: DescriptionWriter,
  conditions: readonly { readonly type: string; readonly status: string; readonly reason?: string }[],
): void {
  if (conditions.length === 0) return;
  writer.line(0, 'Conditions:\n  Type\tStatus\tReason\n  ----\t------\t------');
  for (const { type, status, reason = '' } of conditions) writer.line(1, `${type} \t${status}\t${reason}`);
}

function describeReplicaSets(invocation: Invocation, writer: DescriptionWriter, deployment: Deployment): void {
  const owned = ownedReplicaSets(invocation, deployment);
  if (owned.length === 0) return;
  const current = owned.find((replicaSet) => sameTemplate(deployment, replicaSet));
  const old = owned.filter((replicaSet) => replicaSet !== current);
  const list = (sets: readonly ReplicaSet[]) => (sets.length === 0 ? '<none>' : sets.map(replicaSetText).join(', '));
  writer.field(0, 'OldReplicaSets', list(old));
  writer.field(0, 'NewReplicaSet', list(current === undefined ? [] : [current]));
}

function sameTemplate(deployment: Deployment, replicaSet: ReplicaSet): boolean {
  const template = templateOf(replicaSet);
  return (
    sameJson(template.spec, deployment.spec.template?.spec) &&
    sameJson(template.metadata?.labels ?? {}, deployment.spec.template?.metadata?.labels ?? {})
  );
}

function replicaSetText({ metadata, spec, status }: ReplicaSet): string {
  return `${metadata.name} (${status?.replicas ?? 0}/${spec.replicas ?? 1} replicas created)`;
}

export function describeReplicationController(
  invocation: Invocation,
  writer: DescriptionWriter,
  controller: ReplicationController,
): void {
  const { metadata, spec, status } = controller;
  const selector = { matchLabels: spec?.selector ?? {} };
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writer.field(0, 'Selector', selectorText(selector));
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  writer.field(0, 'Replicas', `${status?.replicas ?? 0} current / ${spec?.replicas ?? 1} desired`);
  writer.field(0, 'Pods Status', podsStatus(invocation, controller, selector));
  describePodTemplate(writer, spec?.template);
  describeConditions(writer, status?.conditions ?? []);
  describeEvents(invocation, writer, controller);
}

export function describeReplicaSet(invocation: Invocation, writer: DescriptionWriter, replicaSet: ReplicaSet): void {
  const { metadata, spec, status } = replicaSet;
  writer.field(0, 'Name', metadata.name);
  writer.field(0, 'Namespace', metadata.namespace ?? '');
  writer.field(0, 'Selector', selectorText(spec.selector));
  writeMap(writer, 0, 'Labels', metadata.labels);
  writeAnnotations(writer, 0, metadata.annotations);
  const owner = controllerOf(replicaSet);
  if (owner !== undefined) writer.field(0, 'Controlled By', `${owner.kind}/${owner.name}`);
  writer.field(0, 'Replicas', `${status?.replicas ?? 0} current / ${spec.replicas ?? 1} desired`);
  writer.field(0, 'Pods Status', podsStatus(invocation, replicaSet, spec.selector as object));
  describePodTemplate(writer, spec.template);
  describeConditions(writer, status?.conditions ?? []);
  describeEvents(invocation, writer, replicaSet);
}

function selectorText(selector: unknown): string {
  return labelSelectorOf(selector as object).toString();
}
