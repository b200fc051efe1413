import { type Cluster, type Event, events, type KubeObject, type Pod, pods } from '@drydock/engine';
import { behind, isWaitingClaim, lacksNothing, podsOf, selectorOf } from './behind.ts';
import { ingressCauses } from './ingress-causes.ts';

/** How many causes a failed check names. */
export const MAX_CAUSES = 4;

/** A line of a log that says that something went wrong. */
export const COMPLAINT =
  /\b(error|fatal|emerg|fail(ed|ure)?|denied|forbidden|refused|no such file|read-only|not found)\b/i;

/** A kubelet's warning that only names the reason for which the container waits. */
const BARE_REASON = /^Error: [A-Z]\w+$/;

const LOGS_LIMIT_MS = 5000;

/**
 * Why the objects a check looked at are as they are, nearest cause first: what `visibleCauses` tells, and what their
 * containers complain of. Of what has Pods, the first that is not ready tells, too. Reading logs drives the cluster's clock.
 */
export function explain(cluster: Cluster, objects: readonly KubeObject[]): readonly string[] {
  const concerned = new Set(objects.flatMap((object) => [object, ...behind(cluster, object)]));
  const causes = [...concerned].flatMap((object) => [
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
  const others = tellingEvents(cluster, object).filter(
    ({ message = '' }) => !BARE_REASON.test(message) && conditions.every((each) => each.message !== message),
  );
  return [
    ...(object.kind === pods.kind ? podCauses(object as Pod) : []),
    ...(object.kind === 'Service' ? serviceCauses(cluster, object) : []),
    ...(object.kind === 'Ingress' ? ingressCauses(cluster, object) : []),
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

interface ServicePort {
  readonly targetPort?: string | number;
}

/** A Service that leads nowhere says so nowhere: no Pod fits its selector, none is ready, or none has a port of the name. */
function serviceCauses(cluster: Cluster, service: KubeObject): string[] {
  const { name } = service.metadata;
  const labels = selectorOf(service);
  if (labels === undefined) return [];
  const found = podsOf(cluster, service);
  if (found.length === 0) return [`the Service "${name}" looks for Pods with ${labels}, and there is none`];
  const { ports = [] } = (service as { spec?: { ports?: readonly ServicePort[] } }).spec ?? {};
  const unknown = ports.flatMap(({ targetPort }) => namesNoPort(targetPort, found));
  const causes = unknown.map((cause) => `the Service "${name}" ${cause}`);
  if (!found.some(lacksNothing)) causes.push(`no Pod with ${labels} is ready, so the Service "${name}" leads to none`);
  return causes;
}

function namesNoPort(targetPort: string | number | undefined, found: readonly Pod[]): string[] {
  if (typeof targetPort !== 'string') return [];
  const containers = found.flatMap(({ spec }) => [...spec.containers, ...(spec.initContainers ?? [])]);
  const declared = containers.flatMap(({ ports = [] }) => ports);
  if (declared.some(({ name }) => name === targetPort)) return [];
  const names = [...new Set(declared.flatMap(({ name }) => (name === undefined ? [] : `"${name}"`)))];
  const others = names.length === 0 ? 'give no port a name' : `have ${names.join(', ')}`;
  return [`leads to the port "${targetPort}" of its Pods, which ${others}`];
}

interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

function unmetConditions(object: KubeObject): Condition[] {
  const { status } = object as { status?: { conditions?: readonly Condition[] } };
  const unmet = (status?.conditions ?? []).filter((condition) => condition.message && isUnmet(object, condition));
  // A Pod that is not Ready says the same of its containers.
  return unmet.filter(({ message }, index) => unmet.findIndex((each) => each.message === message) === index);
}

/** Of a Node's conditions all but Ready tell of trouble, so that there False is good; so does one of workloads. */
function isUnmet({ kind }: KubeObject, { type, status }: Condition): boolean {
  if (type === 'ReplicaFailure' || (kind === 'Node' && type !== 'Ready')) return status === 'True';
  return status === 'False';
}

/** Warnings about an object, the last first; of a claim that waits all events, as it says in no condition what it waits for. */
function tellingEvents(cluster: Cluster, object: KubeObject): Event[] {
  const { namespace, uid } = object.metadata;
  const found = cluster.client.resource<Event>(events).list({
    namespace: namespace ?? 'default',
    fieldSelector: `involvedObject.uid=${uid}${isWaitingClaim(object) ? '' : ',type=Warning'}`,
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
