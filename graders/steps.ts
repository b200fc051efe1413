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

/** So much is told of what kubectl said, and of the command. */
const MOST_SAID = 300;
const MOST_OF_COMMAND = 120;

/** What came of the steps before a check. */
export interface CarriedOut {
  /** Why a step could not be done: there is nothing to break where the learner has made nothing. */
  readonly obstacle?: string;
  /** What kubectl said where it failed. That may be just what a check wants, so it is told only with a failed one. */
  readonly refusals: readonly string[];
}

/** Carries out what a check does to a fork before it looks. */
export function carryOut(cluster: Cluster, steps: readonly Step[]): CarriedOut {
  const refusals: string[] = [];
  try {
    for (const step of steps) {
      const refusal = carryOutStep(cluster, step);
      if (refusal !== undefined) refusals.push(refusal);
    }
    return { refusals };
  } catch (error) {
    return { obstacle: (error as Error).message, refusals };
  }
}

/** A kubectl step that failed, in kubectl's own words; undefined where it did not fail. */
export function refusalOf(
  args: readonly string[],
  outcome: { readonly exitCode: number; readonly stderr: string } | undefined,
): string | undefined {
  if (outcome?.exitCode === 0) return undefined;
  const command = cut(['kubectl', ...args].join(' '), MOST_OF_COMMAND);
  if (outcome === undefined) return `"${command}" had not ended after ${KUBECTL_LIMIT_MS / 1000} s`;
  const said = cut(outcome.stderr.trim().replace(/\s+/g, ' '), MOST_SAID);
  return `"${command}" failed: ${said === '' ? `exit code ${outcome.exitCode}` : said}`;
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most).join('')}…`;
}

function carryOutStep(cluster: Cluster, step: Step): string | undefined {
  if ('wait' in step) {
    cluster.sim.runFor(spanMs(step.wait));
  } else if ('fault' in step) {
    cluster.submit({ kind: 'fault', fault: step.fault });
  } else if ('kubectl' in step) {
    return refusalOf(step.kubectl, cluster.run('workstation', ['kubectl', ...step.kubectl], KUBECTL_LIMIT_MS));
  } else {
    for (const { metadata } of findObjects(cluster, step.delete)) {
      const path = resourcePath(resourceOfKind(step.delete.kind)!, metadata.namespace, metadata.name);
      const answer = cluster.submit({ kind: 'api', request: { method: 'DELETE', path } }) as ApiResponse;
      if (answer.status >= 400) throw new StatusError(answer.body as Status);
    }
  }
  return undefined;
}
