import type { Job, Pod } from '../../api/kinds.ts';

type Rule = NonNullable<Job['spec']['podFailurePolicy']>['rules'][number];

/** What a Job's rules say of a Pod that failed. */
export interface FailureRuling {
  readonly action: 'Count' | 'FailIndex' | 'FailJob' | 'Ignore';
  /** Why, in the words of the Job's condition. */
  readonly message: string;
}

/**
 * The first rule that a failed Pod meets; undefined when none does, and it counts as any failure.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy, after
 * `pkg/controller/job/pod_failure_policy.go`.
 */
export function failureRuling({ spec }: Job, pod: Pod): FailureRuling | undefined {
  for (const [index, rule] of (spec.podFailurePolicy?.rules ?? []).entries()) {
    const why = exitCodeMatch(rule, pod) ?? conditionMatch(rule, pod);
    if (why === undefined) continue;
    const action = rule.action as FailureRuling['action'];
    return { action, message: `${why} matching ${action} rule at index ${index}` };
  }
  return undefined;
}

export function countsAsFailure(job: Job, pod: Pod): boolean {
  return failureRuling(job, pod)?.action !== 'Ignore';
}

function exitCodeMatch({ onExitCodes }: Rule, { metadata, status }: Pod): string | undefined {
  if (onExitCodes === undefined) return undefined;
  const { containerName, operator, values } = onExitCodes;
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  for (const { name, state } of statuses) {
    const exitCode = state?.terminated?.exitCode ?? 0;
    if (exitCode === 0 || (containerName !== undefined && containerName !== name)) continue;
    if (values.includes(exitCode) !== (operator === 'In')) continue;
    return `Container ${name} for pod ${metadata.namespace}/${metadata.name} failed with exit code ${exitCode}`;
  }
  return undefined;
}

function conditionMatch({ onPodConditions = [] }: Rule, { metadata, status }: Pod): string | undefined {
  const met = onPodConditions.find((pattern) =>
    status?.conditions?.some(({ type, status: is }) => type === pattern.type && is === (pattern.status ?? 'True')),
  );
  return met && `Pod ${metadata.namespace}/${metadata.name} has condition ${met.type}`;
}
