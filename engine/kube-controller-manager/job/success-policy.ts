import type { Job } from '../../api/kinds.ts';
import { parseIndexes } from './completion-indexes.ts';

/**
 * The first rule under which an Indexed Job has succeeded although some of its indexes have not.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#success-policy, after
 * `pkg/controller/job/success_policy.go`.
 */
export function metSuccessRule({ spec }: Job, succeeded: ReadonlySet<number>): number | undefined {
  const { completions = 0 } = spec;
  const met = (spec.successPolicy?.rules ?? []).findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) return succeeded.size >= (succeededCount ?? Number.POSITIVE_INFINITY);
    const wanted = parseIndexes(succeededIndexes, completions);
    let reached = 0;
    for (const index of wanted) if (succeeded.has(index)) reached += 1;
    return reached >= (succeededCount ?? wanted.size);
  });
  return met < 0 ? undefined : met;
}
