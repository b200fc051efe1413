import { type Cluster, type Event, events, type KubeObject, type Pod, pods } from '@drydock/engine';

/** How many causes a failed check names. */
export const MAX_CAUSES = 4;

/** A line of a log that says that something went wrong. */
const COMPLAINT = /\b(error|fatal|emerg|fail(ed|ure)?|denied|forbidden|refused|no such file|read-only|not found)\b/i;

const LOGS_LIMIT_MS = 5000;

/**
 * Why the objects a check looked at are as they are, nearest cause first: what `visibleCauses` tells, and what their
 * containers complain of. Reading logs drives the cluster's clock.
 */
export function explain(cluster: Cluster, objects: readonly KubeObject[]): readonly string[] {
  const causes = objects.flatMap((object) => [
    ...causesOf(cluster, object),
    ...(object.kind === pods.kind ? complaints(cluster, object as Pod) : []),
  ]);
  return [...new Set(causes)].slice(0, MAX_CAUSES);
}

/**
 * Why an object is as it is, as far as objects tell: what its containers wait for, its conditions that are not met, and the
 * last warnings about it. Leaves no mark on the cluster.
 */
export function visibleCauses(cluster: Cluster, object: KubeObject): readonly string[] {
  return [...new Set(causesOf(cluster, object))].slice(0, MAX_CAUSES);
}

function causesOf(cluster: Cluster, object: KubeObject): string[] {
  const conditions = unmetConditions(object);
  // What a condition says is mostly said by an event as well.
  const others = warnings(cluster, object).filter(({ message }) =>
    conditions.every((each) => each.message !== message),
  );
  return [
    ...(object.kind === pods.kind ? podCauses(object as Pod) : []),
    ...(object.kind === 'Service' ? serviceCauses(cluster, object) : []),
    ...conditions.map(({ type, status, reason, message }) =>
      [`condition ${type} is ${status}`, ...(reason ? [reason] : []), message].join(': '),
    ),
    ...others.map(({ reason, message }) => `${reason}: ${message}`),
  ];
}

function podCauses(pod: Pod): string[] {
  const { status } = pod;
  if (status === undefined) return [];
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  return statuses.flatMap(({ name, state, lastState, restartCount }) => {
    const waiting = state?.waiting;
    const ended = state?.terminated ?? lastState?.terminated;
    const causes: string[] = [];
    if (waiting?.reason !== undefined && waiting.reason !== 'ContainerCreating') {
      causes.push(`container "${name}" waits: ${waiting.reason}${waiting.message ? ` (${waiting.message})` : ''}`);
    }
    if (ended !== undefined && (ended.exitCode !== 0 || restartCount > 0)) {
      causes.push(`container "${name}" ended with exit code ${ended.exitCode} (${ended.reason ?? 'no reason given'})`);
    }
    return causes;
  });
}

/** A Service whose selector no Pod fits leads nowhere, and says so nowhere. */
function serviceCauses(cluster: Cluster, object: KubeObject): string[] {
  const { metadata, spec } = object as KubeObject & { spec?: { selector?: Readonly<Record<string, string>> } };
  const labels = Object.entries(spec?.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  if (labels.length === 0) return [];
  const labelSelector = labels.join(',');
  const { items } = cluster.client.resource(pods).list({ namespace: metadata.namespace ?? 'default', labelSelector });
  return items.length > 0
    ? []
    : [`the Service "${metadata.name}" looks for Pods with ${labelSelector}, and there is none`];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

function unmetConditions(object: KubeObject): Condition[] {
  const { status } = object as { status?: { conditions?: readonly Condition[] } };
  return (status?.conditions ?? []).filter((condition) => condition.message && isUnmet(object, condition));
}

/** Of a Node's conditions all but Ready tell of trouble, so that there False is good. */
function isUnmet({ kind }: KubeObject, { type, status }: Condition): boolean {
  if (kind === 'Node' && type !== 'Ready') return status === 'True';
  return status === 'False';
}

/** The last first. */
function warnings(cluster: Cluster, object: KubeObject): Event[] {
  const { namespace, uid } = object.metadata;
  const found = cluster.client.resource<Event>(events).list({
    namespace: namespace ?? 'default',
    fieldSelector: `involvedObject.uid=${uid},type=Warning`,
  });
  return found.items.toSorted((a, b) => Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion));
}

/** The last line in which each container complained. */
function complaints(cluster: Cluster, pod: Pod): string[] {
  const { namespace = 'default', name } = pod.metadata;
  return pod.spec.containers.flatMap((container) => {
    const argv = ['kubectl', 'logs', '-n', namespace, name, '-c', container.name, '--tail=20'];
    const lines = cluster.run('workstation', argv, LOGS_LIMIT_MS)?.stdout.split('\n') ?? [];
    const last = lines.filter((line) => COMPLAINT.test(line)).at(-1);
    return last === undefined ? [] : [`container "${container.name}" says: ${last}`];
  });
}
