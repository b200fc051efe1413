import type { DaemonSet, Deployment, PodTemplateSpec, ReplicaSet } from '../../api/kinds.ts';
import type { Command } from '../command.ts';
import { CommandError, throwCollected } from '../command-error.ts';
import { DescriptionWriter } from '../describe/description-writer.ts';
import { describePodTemplate } from '../describe/pod-template.ts';
import { groupKind } from '../discovery.ts';
import { DRY_RUN_FLAG, OUTPUT_FLAGS } from '../global-flags.ts';
import type { Invocation } from '../invocation.ts';
import { Report } from '../output/report.ts';
import { collect, type Found } from '../resource-finder.ts';
import { POD_TEMPLATE_HASH, REVISION, revisionsOf, templateOf } from '../revisions.ts';
import { rolloutRevisions } from '../rollout-revisions.ts';
import { rolloutTargets, TARGET_FLAGS } from '../rollout-targets.ts';
import { sameJson } from '../unstructured.ts';

export const rolloutUndo: Command = {
  name: 'undo',
  summary: 'Undo a previous rollout',
  usage: 'rollout undo (TYPE NAME | TYPE/NAME) [flags]',
  operand: 'rollout-target',
  flags: [
    ...TARGET_FLAGS,
    ...OUTPUT_FLAGS,
    DRY_RUN_FLAG,
    { name: 'to-revision', type: 'int', default: '0', help: 'The revision to go back to; 0 is the one before' },
  ],
  *run(invocation) {
    const { found, errors: missing } = yield* rolloutTargets(invocation);
    const report = new Report(invocation, true);
    const errors: Error[] = [...missing];
    for (const one of found) yield* collect(invocation, errors, () => undo(invocation, report, one));
    throwCollected(errors);
    return 0;
  },
};

/** Annotations that say something about one ReplicaSet and do not go back into the Deployment. */
const NOT_ROLLED_BACK: readonly string[] = [
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  'deployment.kubernetes.io/revision-history',
  'deployment.kubernetes.io/desired-replicas',
  'deployment.kubernetes.io/max-replicas',
  'deprecated.deployment.rollback.to',
];

function undo(invocation: Invocation, report: Report, found: Found): void {
  const { resource, name, namespace, object } = found;
  if (resource.kind === 'DaemonSet' || resource.kind === 'StatefulSet') {
    undoByControllerRevision(invocation, report, found);
    return;
  }
  if (resource.kind !== 'Deployment') {
    throw new CommandError(`no rollbacker has been implemented for ${JSON.stringify(groupKind(resource))}`);
  }
  const deployment = object as unknown as Deployment;
  const wanted = invocation.flags.int('to-revision');
  if (wanted < 0) throw new CommandError(`unable to find specified revision ${wanted} in history`);
  const revisions = revisionsOf(invocation, deployment);
  const target = targetRevision(name, revisions, wanted);
  if (invocation.dryRun === 'client') {
    report.done(object, described(target.replicaSet.spec.template));
    return;
  }
  if (deployment.spec.paused === true) {
    throw new CommandError(
      "you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again",
    );
  }
  const template = templateOf(target.replicaSet);
  if (sameJson(withoutHash(deployment.spec.template), withoutHash(template))) {
    report.done(object, `skipped rollback (current template already matches revision ${target.revision})`);
    return;
  }
  const patched = invocation.patch(resource, name, namespace, 'json', [
    { op: 'replace', path: '/spec/template', value: template },
    { op: 'replace', path: '/metadata/annotations', value: annotationsAfter(deployment, target.replicaSet) },
  ]);
  report.done(patched, 'rolled back');
}

/** What a client's dry run shows instead of going back. */
function described(template: PodTemplateSpec | undefined): string {
  const writer = new DescriptionWriter();
  describePodTemplate(writer, template);
  return writer.raw;
}

/** DaemonSets and StatefulSets: their revisions are patches that put a template back. */
function undoByControllerRevision(invocation: Invocation, report: Report, found: Found): void {
  const { resource, name, namespace, object } = found;
  const wanted = invocation.flags.int('to-revision');
  const revisions = rolloutRevisions(invocation, found)!;
  const target = wanted === 0 ? [...revisions].at(-2)?.[0] : wanted;
  if (target === undefined) throw new CommandError('no last revision to roll back to');
  const revision = revisions.get(target);
  if (revision === undefined) throw new CommandError(`unable to find specified revision ${wanted} in history`);
  if (invocation.dryRun === 'client') {
    report.done(object, `will roll back to ${described(revision.template)}`);
    return;
  }
  if (sameJson((object as unknown as DaemonSet).spec.template, revision.template)) {
    report.done(object, `skipped rollback (current template already matches revision ${target})`);
    return;
  }
  const { data } = revision.object as unknown as { readonly data: unknown };
  report.done(invocation.patch(resource, name, namespace, 'strategic-merge', data), 'rolled back');
}

function targetRevision(
  name: string,
  revisions: ReadonlyMap<number, ReplicaSet>,
  wanted: number,
): { readonly revision: number; readonly replicaSet: ReplicaSet } {
  if (wanted > 0) {
    const replicaSet = revisions.get(wanted);
    if (replicaSet === undefined) throw new CommandError(`unable to find specified revision ${wanted} in history`);
    return { revision: wanted, replicaSet };
  }
  const previous = [...revisions].at(-2);
  if (previous === undefined) throw new CommandError(`no rollout history found for deployment ${JSON.stringify(name)}`);
  return { revision: previous[0], replicaSet: previous[1] };
}

function withoutHash(template: Deployment['spec']['template']): unknown {
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = template?.metadata?.labels ?? {};
  const { creationTimestamp: _time, ...metadata } = (template?.metadata ?? {}) as Record<string, unknown>;
  return { ...template, metadata: { ...metadata, labels } };
}

function annotationsAfter(deployment: Deployment, replicaSet: ReplicaSet): Readonly<Record<string, string>> {
  const kept = Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => NOT_ROLLED_BACK.includes(key));
  const restored = Object.entries(replicaSet.metadata.annotations ?? {}).filter(
    ([key]) => !NOT_ROLLED_BACK.includes(key),
  );
  return Object.fromEntries([...kept, ...restored]);
}
