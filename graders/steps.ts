import {
  type ApiResponse,
  type Cluster,
  resourceOfKind,
  resourcePath,
  type Status,
  StatusError,
} from '@drydock/engine';
import { type Step, spanMs } from './exercise.ts';
import { findObjects } from './observe.ts';

/** Longest a kubectl step may take, in virtual milliseconds. */
const KUBECTL_LIMIT_MS = 120_000;

/**
 * Carries out what a check does to a fork before it looks. Returns why a step could not be done (there is nothing to
 * break where the learner has made nothing), or undefined.
 */
export function carryOut(cluster: Cluster, steps: readonly Step[]): string | undefined {
  try {
    for (const step of steps) carryOutStep(cluster, step);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function carryOutStep(cluster: Cluster, step: Step): void {
  if ('wait' in step) {
    cluster.sim.runFor(spanMs(step.wait));
  } else if ('fault' in step) {
    cluster.submit({ kind: 'fault', fault: step.fault });
  } else if ('kubectl' in step) {
    cluster.run('workstation', ['kubectl', ...step.kubectl], KUBECTL_LIMIT_MS);
  } else {
    for (const { metadata } of findObjects(cluster, step.delete)) {
      const path = resourcePath(resourceOfKind(step.delete.kind)!, metadata.namespace, metadata.name);
      const answer = cluster.submit({ kind: 'api', request: { method: 'DELETE', path } }) as ApiResponse;
      if (answer.status >= 400) throw new StatusError(answer.body as Status);
    }
  }
}
