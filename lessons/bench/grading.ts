import type { Cluster } from '@drydock/engine';
import { type Check, type Exercise, gradeCluster, holdsNow, type Report } from '@drydock/graders';

export type { Check, CheckResult, Exercise, Report } from '@drydock/graders';

/** How things stand with a check at this moment. */
export interface GoalState {
  readonly id: string;
  /** Undefined where looking would change something: that is done on a copy, when asked for. */
  readonly met: boolean | undefined;
}

/** How things stand with each check now; leaves no mark on the cluster. */
export function observeGoals(cluster: Cluster, checks: readonly Check[]): readonly GoalState[] {
  return checks.map((check) => ({ id: check.id, met: holds(cluster, check) }));
}

/** An API server that does not answer leaves the question open. */
function holds(cluster: Cluster, check: Check): boolean | undefined {
  try {
    return holdsNow(cluster, check);
  } catch {
    return undefined;
  }
}

/** Grades what the learner has done, on copies of the cluster. */
export function grade(cluster: Cluster, exercise: Exercise, baseRevision: number): Report {
  const files = cluster.listFiles().filter((name) => /\.ya?ml$/.test(name));
  const texts = files.map((name) => ({ name, text: cluster.readFile(name) ?? '' }));
  return gradeCluster(cluster, exercise, texts, baseRevision);
}
