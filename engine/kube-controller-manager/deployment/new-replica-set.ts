import type { Deployment, ReplicaSet } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { controllerReference } from '../claim.ts';
import { templateHash } from '../template-hash.ts';
import { newestAnnotations, withSize } from './annotations.ts';
import { desiredReplicas, HASH_LABEL, rollingLimits } from './revisions.ts';
import { newestReplicas } from './rolling-update.ts';

/**
 * The ReplicaSet for a Deployment's present template: named after the template's hash, which also goes into labels and
 * selector so that the Pods of different revisions are told apart.
 * https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#pod-template-hash-label
 *
 * @param others the ReplicaSets there are, which leave it less room.
 */
export function newReplicaSet(
  deployment: Deployment,
  others: readonly ReplicaSet[],
  revision: number,
): Manifest<ReplicaSet> {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template, deployment.status?.collisionCount ?? 0);
  const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
  const desired = desiredReplicas(deployment);
  const annotations = newestAnnotations(deployment, {}, revision);
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: withSize(annotations, desired, desired + rollingLimits(deployment).maxSurge),
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: newestReplicas(deployment, others, 0),
      ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH_LABEL]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}
