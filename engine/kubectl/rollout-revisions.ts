import type { ControllerRevision, DaemonSet, Deployment, PodTemplateSpec } from '../api/kinds.ts';
import { labelSelectorOf } from '../api/label-selector.ts';
import { controllerOf } from '../api/object.ts';
import { controllerRevisions } from '../api/resources.ts';
import type { Invocation } from './invocation.ts';
import type { Found } from './resource-finder.ts';
import { revisionsOf } from './revisions.ts';
import type { Unstructured } from './unstructured.ts';

/** A template that a workload has had, and the object that keeps it. */
export interface RolloutRevision {
  readonly object: Unstructured;
  readonly template: PodTemplateSpec | undefined;
}

/** By number, lowest first: ReplicaSets of a Deployment, ControllerRevisions of others; undefined for other kinds. */
export function rolloutRevisions(
  invocation: Invocation,
  { resource, object }: Found,
): ReadonlyMap<number, RolloutRevision> | undefined {
  switch (resource.kind) {
    case 'Deployment': {
      const kept = revisionsOf(invocation, object as unknown as Deployment);
      return new Map(
        [...kept].map(([revision, replicaSet]) => [
          revision,
          { object: replicaSet as unknown as Unstructured, template: replicaSet.spec.template },
        ]),
      );
    }
    case 'DaemonSet':
    case 'StatefulSet':
      return controllerRevisionsOf(invocation, object as unknown as DaemonSet);
    default:
      return undefined;
  }
}

function controllerRevisionsOf(
  invocation: Invocation,
  { metadata, spec }: DaemonSet,
): ReadonlyMap<number, RolloutRevision> {
  const { namespace = 'default', uid } = metadata;
  const labelSelector = labelSelectorOf(spec.selector).toString();
  const listed = invocation.list(controllerRevisions, { namespace, labelSelector });
  const owned = (listed as unknown as readonly ControllerRevision[])
    .filter((revision) => controllerOf(revision)?.uid === uid)
    .toSorted((a, b) => a.revision - b.revision);
  return new Map(
    owned.map((revision) => [
      revision.revision,
      { object: revision as unknown as Unstructured, template: templateOf(revision) },
    ]),
  );
}

function templateOf({ data }: ControllerRevision): PodTemplateSpec | undefined {
  const patch = (data as { spec?: { template?: PodTemplateSpec & { $patch?: string } } } | undefined)?.spec?.template;
  if (patch === undefined) return undefined;
  const { $patch: _, ...template } = patch;
  return template;
}
