import type { Deployment, PodTemplateSpec, ReplicaSet } from '../api/kinds.ts';
import { labelSelectorOf } from '../api/label-selector.ts';
import { controllerOf } from '../api/object.ts';
import { replicaSets } from '../api/resources.ts';
import type { Invocation } from './invocation.ts';

/** Where the deployment controller writes a ReplicaSet's revision. */
export const REVISION = 'deployment.kubernetes.io/revision';
export const POD_TEMPLATE_HASH = 'pod-template-hash';

/** The ReplicaSets that a Deployment controls, by revision. */
export function revisionsOf(invocation: Invocation, deployment: Deployment): ReadonlyMap<number, ReplicaSet> {
  const owned = ownedReplicaSets(invocation, deployment);
  return new Map(
    owned
      .map((replicaSet) => [Number(replicaSet.metadata.annotations?.[REVISION] ?? '0'), replicaSet] as const)
      .sort(([left], [right]) => left - right),
  );
}

export function ownedReplicaSets(invocation: Invocation, deployment: Deployment): readonly ReplicaSet[] {
  const { namespace = 'default', uid } = deployment.metadata;
  const labelSelector = labelSelectorOf(deployment.spec.selector as object).toString();
  const listed = invocation.list(replicaSets, { namespace, labelSelector }) as unknown as readonly ReplicaSet[];
  return listed.filter((replicaSet) => controllerOf(replicaSet)?.uid === uid);
}

/** A ReplicaSet's template as it stands in the Deployment. */
export function templateOf(replicaSet: ReplicaSet): PodTemplateSpec {
  const template = replicaSet.spec.template ?? {};
  const { [POD_TEMPLATE_HASH]: _hash, ...labels } = template.metadata?.labels ?? {};
  return { ...template, metadata: { ...template.metadata, labels } };
}
