import { type Cluster, createCluster, pods } from '@drydock/engine';
import { type Check, holdsNow } from '@drydock/graders';
import { claimOfMachine, DISK_MACHINE, onMachine, readFault } from '../bench/fault-words.ts';
import { fieldOf } from '../bench/named-things.ts';
import { componentsOf, type LessonText, type Used } from './course-text.ts';

// Going through a lesson as a reader would, in virtual time: its commands run, its buttons pressed, its checks waited for.

/** Longest that a reader waits at a check, in virtual milliseconds: five minutes, and a little. */
const PATIENCE_MS = 400_000;
const LOOK_EVERY_MS = 250;
/** What a reader takes to read what a command printed. */
const READING_MS = 8_000;
const COMMAND_MS = 120_000;
/** Errors stand between the lines of output where they came, a warning above what it warns of. */
const AS_ON_A_SCREEN = 'exec 2>&1';
/** What `timeout` exits with where it had to end a command. */
const TIMED_OUT = 124;

export interface Printed {
  readonly command: string;
  /** Empty for what watches until the reader ends it. */
  readonly text: string;
}

export interface Walk {
  /** What each `<Run>` printed, in their order. */
  readonly printed: readonly Printed[];
  /** What a reader would stumble over. */
  readonly offences: readonly string[];
}

/**
 * Goes through a lesson of the first language on a cluster of its own.
 *
 * @param beforehand what a reader types before they begin, if anything
 */
export function walkLesson(lesson: LessonText, beforehand?: string): Walk {
  const cluster = clusterOf(lesson);
  if (beforehand !== undefined) cluster.run('workstation', ['bash', '-c', beforehand], COMMAND_MS);
  const printed: Printed[] = [];
  const offences = checksOf(lesson.head)
    .filter((check) => holdsNow(cluster, check) !== false)
    .map(({ id }) => `the check "${id}" is met before anything is done, or cannot be looked at`);
  for (const { name, given } of componentsOf(lesson)) {
    const offence = name === 'Run' ? run(cluster, given, printed) : take(cluster, lesson, name, given);
    if (offence !== undefined) offences.push(offence);
  }
  return { printed, offences };
}

function clusterOf({ head }: LessonText): Cluster {
  return createCluster({ ...head.cluster, files: head.files ?? {} });
}

/** Does what one part of a lesson says, other than a command; returns what a reader would stumble over. */
function take(cluster: Cluster, lesson: LessonText, name: string, given: Used['given']): string | undefined {
  const { do: fault, goal, file, add } = given;
  if (name === 'Check') return meet(cluster, lesson, goal ?? '');
  if (name !== 'Break' && name !== 'ByHand') return undefined;
  if (fault !== undefined) cluster.submit(withFullNames(cluster, readFault(fault)));
  if (file !== undefined)
    cluster.submit({ kind: 'file.write', path: file, text: `${cluster.readFile(file) ?? ''}${unquoted(add)}` });
  return undefined;
}

function meet(cluster: Cluster, { head }: LessonText, goal: string): string | undefined {
  const check = checksOf(head).find(({ id }) => id === goal);
  if (check === undefined) return `there is no check "${goal}"`;
  return comesToHold(cluster, check) ? undefined : `the check "${goal}" is not met`;
}

/** Looks now and then, as a page does: a look at every event would cost more than the events. */
function comesToHold(cluster: Cluster, check: Check): boolean {
  const untilMs = cluster.sim.nowMs + PATIENCE_MS;
  while (holdsNow(cluster, check) !== true) {
    if (cluster.sim.nowMs >= untilMs) return false;
    cluster.sim.runFor(LOOK_EVERY_MS);
  }
  return true;
}

export function checksOf({ checks }: LessonText['head']): readonly Check[] {
  return Array.isArray(checks) ? (checks as Check[]) : [];
}

function run(cluster: Cluster, given: Used['given'], printed: Printed[]): string | undefined {
  const { command = '', fails } = given;
  if (/ (--watch|-w|--follow)\b/.test(command)) {
    printed.push({ command, text: '' });
    return goesOn(cluster, command);
  }
  const outcome = cluster.run('workstation', ['bash', '-c', `${AS_ON_A_SCREEN}\n${command}`], COMMAND_MS);
  cluster.sim.runFor(READING_MS);
  printed.push({ command, text: outcome?.stdout ?? '' });
  const asExpected = outcome !== undefined && (outcome.exitCode !== 0) === (fails !== undefined);
  if (asExpected && !/command not found/.test(outcome.stdout)) return undefined;
  return `${command}: exit ${outcome?.exitCode}, ${outcome?.stdout}`;
}

/** What watches goes on until the reader ends it: what has ended by itself has found nothing to watch. */
function goesOn(cluster: Cluster, command: string): string | undefined {
  const outcome = cluster.run('workstation', ['timeout', '1', 'bash', '-c', command], COMMAND_MS);
  if (outcome?.exitCode === TIMED_OUT) return undefined;
  return `${command}: ends at once with exit ${outcome?.exitCode}, ${outcome?.stderr}`;
}

/** A string as a lesson writes it between braces. */
function unquoted(code = "''"): string {
  return code.slice(1, -1).replaceAll('\\n', '\n');
}

/** Lessons name Pods by the beginning of their name and machines by a claim, as the page does. */
function withFullNames(cluster: Cluster, input: ReturnType<typeof readFault>): ReturnType<typeof readFault> {
  const { fault } = input;
  const claim = claimOfMachine(input);
  if (claim !== undefined) return onMachine(input, fieldOf(cluster, claim, DISK_MACHINE) ?? claim);
  if (fault.type !== 'kill-container') return input;
  const names = cluster.client
    .resource(pods)
    .list({ namespace: fault.namespace })
    .items.map(({ metadata }) => metadata.name!);
  const pod = names.find((name) => name === fault.pod) ?? names.find((name) => name.startsWith(fault.pod));
  return { ...input, fault: { ...fault, pod: pod ?? fault.pod } };
}
