import {
  type ApiResponse,
  type Cluster,
  resourceOfKind,
  resourcePath,
  type Status,
  StatusError,
} from '@drydock/engine';
import { type KubectlStep, type Step, spanMs } from './exercise.ts';
import { cut } from './json.ts';
import { findObjects } from './observe.ts';
import { doerOf } from './telling.ts';

/** Longest a command may take, in virtual milliseconds. */
const COMMAND_LIMIT_MS = 120_000;

/** So much is told of what a command said, and of the command. */
const MOST_SAID = 300;
const MOST_OF_COMMAND = 120;

type Outcome = { readonly exitCode: number; readonly stderr: string } | undefined;

/** What came of the steps before a check. */
export interface CarriedOut {
  /** Why a step could not be done: there is nothing to break where the learner has made nothing. */
  readonly obstacle?: string;
  /** What came of commands otherwise than it should. It is told only with a failed check. */
  readonly surprises: readonly string[];
}

/** Carries out what a check does to a fork before it looks. */
export function carryOut(cluster: Cluster, steps: readonly Step[]): CarriedOut {
  const surprises: string[] = [];
  try {
    for (const step of steps) {
      const surprise = carryOutStep(cluster, step);
      if (surprise !== undefined) surprises.push(surprise);
    }
    return { surprises };
  } catch (error) {
    return { obstacle: (error as Error).message, surprises };
  }
}

/**
 * What came of a kubectl step where it should not have: that it failed, in kubectl's own words, or that it did not where it
 * should be refused.
 */
export function surpriseOf({ kubectl, refused = false }: KubectlStep, outcome: Outcome): string | undefined {
  const command = `"${cut(['kubectl', ...kubectl].join(' '), MOST_OF_COMMAND)}"`;
  if (!refused) return failureOf(command, outcome);
  return outcome?.exitCode === 0 ? `${command} was not refused` : undefined;
}

/** Why a command did not do what it should, in its own words. */
function failureOf(command: string, outcome: Outcome): string | undefined {
  if (outcome === undefined) return `${command} had not ended after ${COMMAND_LIMIT_MS / 1000} s`;
  if (outcome.exitCode === 0) return undefined;
  const said = cut(outcome.stderr.trim().replace(/\s+/g, ' '), MOST_SAID);
  return `${command} failed: ${said === '' ? `exit code ${outcome.exitCode}` : said}`;
}

function carryOutStep(cluster: Cluster, step: Step): string | undefined {
  if ('wait' in step) {
    cluster.sim.runFor(spanMs(step.wait));
  } else if ('fault' in step) {
    cluster.submit({ kind: 'fault', fault: step.fault });
  } else if ('kubectl' in step) {
    return surpriseOf(step, cluster.run('workstation', ['kubectl', ...step.kubectl], COMMAND_LIMIT_MS));
  } else if ('run' in step) {
    const { host, command } = step.run;
    return failureOf(doerOf(step), cluster.run(host, command, COMMAND_LIMIT_MS));
  } else {
    for (const { metadata } of findObjects(cluster, step.delete)) {
      const path = resourcePath(resourceOfKind(step.delete.kind)!, metadata.namespace, metadata.name);
      const answer = cluster.submit({ kind: 'api', request: { method: 'DELETE', path } }) as ApiResponse;
      if (answer.status >= 400) throw new StatusError(answer.body as Status);
    }
  }
  return undefined;
}
