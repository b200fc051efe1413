import { isReady } from '../../api/core/ready.ts';
import { badRequest, internalError, tooManyRequests } from '../../api/errors.ts';
import type { Pod, PodDisruptionBudget } from '../../api/kinds.ts';
import { type LabelSelectorFields, labelSelectorOf } from '../../api/label-selector.ts';
import type { KubeObject, ObjectMeta } from '../../api/object.ts';
import { withDisruptionAllowed } from '../../api/policy/disruption-allowed.ts';
import { type ResourceHandler, type ResourceRequest, respond } from '../context.ts';
import { readObjectBody } from '../decode/object-decoder.ts';
import { readDeleteOptions } from '../registry/delete-options.ts';
import { deleteObject } from '../registry/deletion.ts';
import { readWriteOptions } from '../write-options.ts';
import { admitSubresource } from './admission.ts';

/** https://kubernetes.io/docs/reference/kubernetes-api/policy-resources/eviction-v1/ */
interface Eviction {
  readonly metadata?: Partial<ObjectMeta>;
  readonly deleteOptions?: unknown;
}

interface DisruptionBudget extends KubeObject {
  readonly spec?: { readonly selector?: LabelSelectorFields; readonly unhealthyPodEvictionPolicy?: string };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly disruptionsAllowed?: number;
    readonly desiredHealthy?: number;
    readonly currentHealthy?: number;
    readonly disruptedPods?: Readonly<Record<string, string>>;
    readonly conditions?: NonNullable<PodDisruptionBudget['status']>['conditions'];
  };
}

const BUDGETS = 'policy/v1/poddisruptionbudgets';
const RETRY_SECONDS = 10;
const REFUSAL = "Cannot evict pod as it would violate the pod's disruption budget.";
const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 };

/**
 * Deletes a Pod, if its disruption budget lets one more go: what `kubectl drain` asks for.
 * After kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go.
 */
export const evictPod: ResourceHandler = (request) => {
  const { store, info, query } = request;
  const { dryRun } = readWriteOptions('CreateOptions', query);
  const sent = readObjectBody(request.request, 'Eviction').value as Eviction;
  if ((sent.metadata?.name ?? info.name) !== info.name) {
    throw badRequest('name in URL does not match name in Eviction object');
  }
  const eviction = admitSubresource(request, 'CREATE', sent, dryRun);
  const given = readDeleteOptions(eviction.deleteOptions ?? {}, query);
  const options = dryRun ? { ...given, dryRun: ['All'] } : given;
  const pod = store.get(info.namespace, info.name) as Pod;
  const isDryRun = (options.dryRun?.length ?? 0) > 0;
  if (!isBeyondBudgets(pod)) takeFromBudget(request, pod, isDryRun);
  if (!isDryRun) noteDisruption(request, pod);
  deleteObject(store, info.namespace, info.name, options);
  return respond(201, SUCCESS);
};

/** Says in the Pod's status why it goes: https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions */
function noteDisruption({ store, server }: ResourceRequest, pod: Pod): void {
  const { generation, namespace = '', name } = pod.metadata;
  const others = pod.status?.conditions?.filter(({ type }) => type !== 'DisruptionTarget') ?? [];
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    lastTransitionTime: server.clock.timestamp(),
  };
  const noted: Pod = { ...pod, status: { ...pod.status, conditions: [...others, condition] } };
  store.write(store.key(namespace, name), noted);
}

/** A Pod that does not run, or goes already, costs no availability. */
function isBeyondBudgets({ metadata, status }: Pod): boolean {
  const phase = status?.phase;
  return phase === 'Succeeded' || phase === 'Failed' || phase === 'Pending' || metadata.deletionTimestamp !== undefined;
}

function takeFromBudget({ server, info }: ResourceRequest, pod: Pod, dryRun: boolean): void {
  const store = server.resources.get(BUDGETS)?.store;
  if (store === undefined) return;
  const inNamespace = server.etcd.range(`${store.prefix}${info.namespace}/`).keyValues;
  const budgets = inNamespace
    .map(({ value }) => value as DisruptionBudget)
    .filter(({ spec }) => labelSelectorOf(spec?.selector).matches(pod.metadata.labels));
  if (budgets.length > 1) {
    throw internalError(
      'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
    );
  }
  const budget = budgets[0];
  if (budget === undefined || toleratesUnhealthy(budget, pod)) return;
  const next = withOneLess(budget, pod.metadata.name, server.clock.timestamp());
  if (!dryRun) store.write(store.key(info.namespace, budget.metadata.name), next);
}

/** https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy */
function toleratesUnhealthy({ spec, status }: DisruptionBudget, pod: Pod): boolean {
  if (isReady(pod)) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const desired = status?.desiredHealthy ?? 0;
  return desired > 0 && (status?.currentHealthy ?? 0) >= desired;
}

/** The budget after this eviction. @throws StatusError TooManyRequests when it allows none. */
function withOneLess(budget: DisruptionBudget, pod: string, now: string): DisruptionBudget {
  const { metadata, status = {} } = budget;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    const cause = `The disruption budget ${metadata.name} is still being processed by the server.`;
    throw tooManyRequests(REFUSAL, { reason: 'DisruptionBudget', message: cause }, RETRY_SECONDS);
  }
  const allowed = status.disruptionsAllowed ?? 0;
  if (allowed <= 0) {
    throw tooManyRequests(REFUSAL, { reason: 'DisruptionBudget', message: whyNone(budget) });
  }
  const disruptedPods = { ...status.disruptedPods, [pod]: now };
  const left = { ...status, disruptionsAllowed: allowed - 1 };
  if (left.disruptionsAllowed > 0) return { ...budget, status: { ...left, disruptedPods } };
  const conditions = withDisruptionAllowed(left, status.observedGeneration ?? 0, now);
  return { ...budget, status: { ...left, conditions, disruptedPods } };
}

/** Why a budget allows no eviction. The counts of one that could not be reckoned are no reason: they are old. */
function whyNone({ metadata, status = {} }: DisruptionBudget): string {
  const { desiredHealthy = 0, currentHealthy = 0, conditions = [] } = status;
  const refusal = conditions.find(({ type, status: is }) => type === 'DisruptionAllowed' && is === 'False');
  const { reason, message } = refusal ?? {};
  const not = `The disruption budget ${metadata.name} does not allow evicting pods currently`;
  if (reason === 'SyncFailed' && message) return `${not} because it failed sync: ${message}`;
  if (currentHealthy <= desiredHealthy) {
    return `The disruption budget ${metadata.name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  }
  return message ? `${not} (${reason}): ${message}` : not;
}
