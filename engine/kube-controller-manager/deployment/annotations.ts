import type { Deployment, ReplicaSet } from '../../api/kinds.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
const REVISION_HISTORY = 'deployment.kubernetes.io/revision-history';
const DESIRED_REPLICAS = 'deployment.kubernetes.io/desired-replicas';
const MAX_REPLICAS = 'deployment.kubernetes.io/max-replicas';

/** What a ReplicaSet does not take over from its Deployment. */
const NOT_COPIED = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  'deprecated.deployment.rollback.to',
]);

type Annotations = Readonly<Record<string, string>>;

/** The number of a ReplicaSet's revision; 0 when it has none. */
export function revisionOf(replicaSet: ReplicaSet): number {
  return integer(replicaSet, REVISION) ?? 0;
}

/** The replicas the Deployment wanted when this ReplicaSet was last scaled. */
export function desiredReplicasOf(replicaSet: ReplicaSet): number | undefined {
  return integer(replicaSet, DESIRED_REPLICAS);
}

/** The replicas it allowed then, with surge. */
export function maxReplicasOf(replicaSet: ReplicaSet): number | undefined {
  return integer(replicaSet, MAX_REPLICAS);
}

function integer({ metadata }: ReplicaSet, name: string): number | undefined {
  const text = metadata.annotations?.[name];
  return text !== undefined && /^[0-9]{1,10}$/.test(text) ? Number(text) : undefined;
}

/** With the note of the Deployment's size by which scaling in proportion later goes. */
export function withSize(annotations: Annotations, desired: number, max: number): Annotations {
  return { ...annotations, [DESIRED_REPLICAS]: String(desired), [MAX_REPLICAS]: String(max) };
}

/**
 * The annotations of the ReplicaSet that stands for the Deployment's present template: the Deployment's own, and the
 * number of the newest revision. A ReplicaSet that becomes newest again (a rollback) keeps its old numbers in its history.
 */
export function newestAnnotations(
  deployment: Deployment,
  annotations: Annotations = {},
  revision: number,
): Annotations {
  const result: Record<string, string> = { ...annotations };
  for (const [name, value] of Object.entries(deployment.metadata.annotations ?? {})) {
    if (!NOT_COPIED.has(name)) result[name] = value;
  }
  const previous = annotations[REVISION];
  if (Number(previous ?? 0) < revision) {
    result[REVISION] = String(revision);
    if (previous !== undefined) {
      const history = annotations[REVISION_HISTORY];
      result[REVISION_HISTORY] = history === undefined || history === '' ? previous : `${history},${previous}`;
    }
  }
  return result;
}
