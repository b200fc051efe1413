import {
  type Cluster,
  ConnectionError,
  type KubeObject,
  type Pod,
  pods,
  type RunOutcome,
  resourceOfKind,
  StatusError,
} from '@drydock/engine';
import type { ExecQuery, HttpQuery, ObjectQuery, Observation, RunQuery } from './exercise.ts';
import { doerOf } from './telling.ts';

/** What a check saw at one moment. */
export interface Seen {
  /** The value its assertions speak of; undefined when there is nothing to look at. */
  readonly value: unknown;
  /** Why there is nothing to look at, as a sentence. */
  readonly absent?: string;
  /** The objects concerned, for explaining a failure. */
  readonly objects: readonly KubeObject[];
}

/** Node on whose machine graders' requests start: traffic comes from inside the cluster. */
const VANTAGE_HOST = 'control-plane';

/** Longest a command in a container may take, in virtual milliseconds. */
const EXEC_LIMIT_MS = 30_000;

/**
 * Looks at the cluster once. Any observation but of an object drives the clock while it waits for the answer. That nobody
 * answers is something that is seen: a learner may have stopped the API server.
 */
export function observe(cluster: Cluster, observation: Observation): Seen {
  try {
    return look(cluster, observation);
  } catch (error) {
    const absent = unanswered(error);
    if (absent === undefined) throw error;
    return { value: undefined, absent, objects: [] };
  }
}

/** What became of a question to the API server that it did not answer, as a sentence; undefined for any other error. */
export function unanswered(error: unknown): string | undefined {
  if (error instanceof ConnectionError) return `the API server does not answer: ${error.message}`;
  return error instanceof StatusError ? `the API server answers: ${error.message}` : undefined;
}

function look(cluster: Cluster, observation: Observation): Seen {
  if ('object' in observation) return observeObject(cluster, observation.object);
  if ('http' in observation) return observeHttp(cluster, observation.http);
  if ('run' in observation) return observeRun(cluster, observation.run);
  return observeExec(cluster, observation.exec);
}

function observeObject(cluster: Cluster, query: ObjectQuery): Seen {
  const objects = findObjects(cluster, query);
  if (query.name === undefined) return { value: { items: objects }, objects };
  const [object] = objects;
  return object === undefined
    ? { value: undefined, absent: absenceFrom(cluster, query), objects }
    : { value: object, objects };
}

/** That there is no such object, as a sentence. */
export function absence(query: ObjectQuery): string {
  return `there is no ${query.kind}${whichOf(query)}`;
}

/** As `absence`; whoever forgot the namespace is told where the object is instead. */
function absenceFrom(cluster: Cluster, query: ObjectQuery): string {
  const resource = resourceOfKind(query.kind)!;
  const namesakes = resource.namespaced ? cluster.client.resource(resource).list().items : [];
  const found = namesakes.find(({ metadata }) => metadata.name === query.name);
  return absence(query) + (found === undefined ? '' : `, but in the namespace "${found.metadata.namespace}"`);
}

/** How many objects a query has found, as a sentence. */
export function howMany(query: ObjectQuery, found: readonly KubeObject[]): string {
  if (found.length === 0) return absence(query);
  const count = found.length === 1 ? `is 1 ${query.kind}` : `are ${found.length} ${pluralOf(query.kind)}`;
  return `there ${count}${whichOf(query)} (${found.map(({ metadata }) => metadata.name).join(', ')})`;
}

function whichOf({ kind, name, namespace = 'default', selector }: ObjectQuery): string {
  const which = name !== undefined ? ` named "${name}"` : selector !== undefined ? ` with ${selector}` : '';
  const where = resourceOfKind(kind)?.namespaced === false ? '' : ` in the namespace "${namespace}"`;
  return which + where;
}

/** `Pods`, `Ingresses`, `NetworkPolicies`. */
export function pluralOf(kind: string): string {
  return /[^aeiou]y$/.test(kind) ? `${kind.slice(0, -1)}ies` : `${kind}${kind.endsWith('s') ? 'es' : 's'}`;
}

/** The objects a query names; none when the server has no such object. */
export function findObjects(cluster: Cluster, query: ObjectQuery): readonly KubeObject[] {
  const resource = resourceOfKind(query.kind);
  if (resource === undefined) throw new Error(`no kind "${query.kind}" is served`);
  const client = cluster.client.resource(resource);
  const namespace = resource.namespaced ? (query.namespace ?? 'default') : undefined;
  if (query.name === undefined) return client.list({ namespace, labelSelector: query.selector }).items;
  try {
    return [client.get(query.name, namespace)];
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'NotFound') return [];
    throw error;
  }
}

function observeHttp(cluster: Cluster, query: HttpQuery): Seen {
  const { pod, absent } = findPod(cluster, query);
  if (pod === undefined) return { value: undefined, absent, objects: [] };
  const address = pod.status?.podIP;
  if (address === undefined) {
    return { value: undefined, absent: `the Pod "${query.pod}" has no IP address yet`, objects: [pod] };
  }
  const outcome = cluster.http(VANTAGE_HOST, { address, port: query.port, path: query.path });
  if ('error' in outcome) {
    const url = `http://${address}:${query.port}${query.path ?? '/'}`;
    return { value: undefined, absent: `a request to ${url} failed: ${outcome.error}`, objects: [pod] };
  }
  return { value: outcome, objects: [pod] };
}

function observeExec(cluster: Cluster, query: ExecQuery): Seen {
  const { pod, absent } = findPod(cluster, query);
  if (pod === undefined) return { value: undefined, absent, objects: [] };
  const container = query.container === undefined ? [] : ['-c', query.container];
  const argv = ['kubectl', 'exec', '-n', query.namespace ?? 'default', query.pod, ...container, '--', ...query.command];
  const seen = ended(cluster.run('workstation', argv, EXEC_LIMIT_MS), { exec: query }, [pod]);
  const obstacle = nowhereToRun(query, seen.value as RunOutcome | undefined);
  return obstacle === undefined ? seen : { value: undefined, absent: obstacle, objects: [pod] };
}

/** Why a command was not run in a Pod at all, as far as kubectl says it: then nothing was seen of what it would have done. */
export function nowhereToRun({ pod }: ExecQuery, outcome: Partial<RunOutcome> | undefined): string | undefined {
  const { exitCode = 0, stderr = '' } = outcome ?? {};
  if (exitCode === 0) return undefined;
  if (/^Error .*does not have a host assigned/m.test(stderr)) return `the Pod "${pod}" has no node yet`;
  const [, idle] = /^error: .*container not found \("(.*)"\)/m.exec(stderr) ?? [];
  if (idle !== undefined) return `the container "${idle}" of the Pod "${pod}" does not run`;
  const [, unknown] = /^error: container (\S+) not found in pod/m.exec(stderr) ?? [];
  if (unknown !== undefined) return `the Pod "${pod}" has no container "${unknown}"`;
  return /^error: .*a container in a completed pod/m.test(stderr) ? `the Pod "${pod}" has ended` : undefined;
}

function observeRun(cluster: Cluster, query: RunQuery): Seen {
  return ended(cluster.run(query.host, query.command, EXEC_LIMIT_MS), { run: query }, []);
}

function ended(
  outcome: RunOutcome | undefined,
  asked: Parameters<typeof doerOf>[0],
  objects: readonly KubeObject[],
): Seen {
  if (outcome !== undefined) return { value: outcome, objects };
  const absent = `${doerOf(asked)} had not ended after ${EXEC_LIMIT_MS / 1000} s`;
  return { value: undefined, absent, objects };
}

function findPod(cluster: Cluster, query: { readonly pod: string; readonly namespace?: string }) {
  const objectQuery = { kind: pods.kind, name: query.pod, namespace: query.namespace };
  const [pod] = findObjects(cluster, objectQuery) as readonly Pod[];
  return pod === undefined ? { absent: absenceFrom(cluster, objectQuery) } : { pod };
}
