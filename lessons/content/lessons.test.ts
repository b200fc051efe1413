import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, createCluster, pods } from '@drydock/engine';
import { type Check, holdsNow } from '@drydock/graders';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { readFault } from '../bench/fault-words.ts';

// Lessons rot as the engine moves on; here every lesson is gone through, in order, as a reader would: its commands run,
// its buttons pressed, and each of its checks has to come true where it stands.

const FOLDER = join(import.meta.dirname, 'lessons');
const STEP =
  /<Run\s+command="(?<command>[^"]+)"(?<rest>[^/]*)\/>|<Check\s+goal="(?<goal>[^"]+)"|<Break\s+do="(?<fault>[^"]+)"/g;

/** Checks that are met by something done in the editor or the inspector; their lessons are tested below. */
const BY_HAND: Readonly<Record<string, readonly string[]>> = {
  'en/pod-process-group.mdx': ['one-died', 'third'],
  'en/pause-container.mdx': ['web-died', 'new-sandbox', 'back-again'],
};

/** Longest that a reader waits at a check, in virtual milliseconds: five minutes, and a little. */
const PATIENCE_MS = 400_000;

interface LessonFile {
  readonly name: string;
  readonly head: { readonly files?: Record<string, string>; readonly cluster?: object; readonly checks?: Check[] };
  readonly body: string;
}

const written: LessonFile[] = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.mdx'))
  .map((name) => {
    const [, head = '', ...body] = readFileSync(join(FOLDER, name), 'utf8').split(/^---$/m);
    return { name, head: parse(head), body: body.join('---') };
  });
const lessons = written.filter(({ name }) => name.startsWith('en/'));
const translations = written.filter(({ name }) => !name.startsWith('en/'));

function start({ head }: LessonFile): Cluster {
  return createCluster({ ...head.cluster, files: head.files ?? {} });
}

/** Does what one step of a lesson says; returns what a reader would stumble over. */
function take(cluster: Cluster, lesson: LessonFile, step: Record<string, string | undefined>): string | undefined {
  const { command, rest = '', goal, fault } = step;
  if (command !== undefined) return run(cluster, command, rest);
  if (fault !== undefined) {
    cluster.submit(withFullNames(cluster, readFault(fault)));
    return undefined;
  }
  const check = lesson.head.checks?.find(({ id }) => id === goal);
  if (check === undefined) return `there is no check "${goal}"`;
  const byHand = BY_HAND[lesson.name]?.includes(check.id) === true;
  const met = byHand || cluster.sim.runUntil(() => holdsNow(cluster, check) === true, PATIENCE_MS);
  return met ? undefined : `the check "${goal}" is not met`;
}

function run(cluster: Cluster, command: string, rest: string): string | undefined {
  // What watches goes on until the reader ends it.
  if (/ (--watch|-w|--follow)\b/.test(command)) return undefined;
  const outcome = cluster.run('workstation', ['bash', '-c', command], 120_000);
  cluster.sim.runFor(8_000);
  const fails = /\bfails\b/.test(rest);
  const asExpected = outcome !== undefined && (outcome.exitCode !== 0) === fails;
  if (asExpected && !/command not found/.test(outcome.stderr)) return undefined;
  return `${command}: exit ${outcome?.exitCode}, ${outcome?.stderr}`;
}

/** Lessons name Pods by the beginning of their name, as the page does. */
function withFullNames(cluster: Cluster, input: ReturnType<typeof readFault>): ReturnType<typeof readFault> {
  const { fault } = input;
  if (fault.type !== 'kill-container') return input;
  const names = cluster.client
    .resource(pods)
    .list({ namespace: fault.namespace })
    .items.map(({ metadata }) => metadata.name!);
  const pod = names.find((name) => name === fault.pod) ?? names.find((name) => name.startsWith(fault.pod));
  return { ...input, fault: { ...fault, pod: pod ?? fault.pod } };
}

const stepsOf = ({ body }: LessonFile) => [...body.matchAll(STEP)].map(({ groups }) => ({ ...groups }));

for (const lesson of lessons) {
  test(`${lesson.name}: its commands do what a reader expects, and its checks come to be met`, () => {
    const cluster = start(lesson);
    const steps = stepsOf(lesson);
    expect(steps.filter(({ command }) => command !== undefined).length).toBeGreaterThan(3);
    const offences = steps.map((step) => take(cluster, lesson, step)).filter((offence) => offence !== undefined);
    expect(offences).toEqual([]);
    expect(new Set(steps.flatMap(({ goal }) => goal ?? []))).toEqual(
      new Set((lesson.head.checks ?? []).map(({ id }) => id)),
    );
  });

  test(`${lesson.name}: its checks can be read, and none is met at the beginning`, () => {
    const cluster = start(lesson);
    for (const check of lesson.head.checks ?? []) expect(holdsNow(cluster, check), check.id).toBe(false);
  });

  test(`${lesson.name}: no word belittles`, () => {
    expect(lesson.body).not.toMatch(/\b(simply|just)\b/i);
  });
}

for (const translation of translations) {
  test(`${translation.name}: it takes the same steps as the English lesson`, () => {
    const [, slug] = translation.name.split('/');
    const original = lessons.find(({ name }) => name === `en/${slug}`);
    expect(stepsOf(translation)).toEqual(stepsOf(original!));
    const titles = Object.keys(translation.head.checks ?? {});
    expect(titles).toEqual((original!.head.checks ?? []).map(({ id }) => id));
  });
}

test('the first lesson: its checks come to be met', () => {
  const lesson = lessons.find(({ name }) => name.includes('pod-process-group'))!;
  const cluster = start(lesson);
  const met = (id: string) => holdsNow(cluster, lesson.head.checks!.find((check) => check.id === id)!);
  cluster.run('workstation', ['kubectl', 'apply', '-f', 'harbour.yaml'], 10_000);
  expect(cluster.sim.runUntil(() => met('together') === true, 30_000)).toBe(true);
  cluster.submit({
    kind: 'fault',
    fault: { type: 'kill-container', namespace: 'default', pod: 'harbour', container: 'web' },
  });
  expect(cluster.sim.runUntil(() => met('one-died') === true, 30_000)).toBe(true);
  expect(met('third')).toBe(false);
});

test('the second lesson: its checks come to be met', () => {
  const lesson = lessons.find(({ name }) => name.includes('pause-container'))!;
  const cluster = start(lesson);
  const met = (id: string) => holdsNow(cluster, lesson.head.checks!.find((check) => check.id === id)!) === true;
  const kill = (container: string) =>
    cluster.submit({
      kind: 'fault',
      fault: { type: 'kill-container', namespace: 'default', pod: 'harbour', container },
    });
  cluster.run('workstation', ['kubectl', 'apply', '-f', 'harbour.yaml'], 10_000);
  cluster.sim.runFor(10_000);
  kill('web');
  expect(cluster.sim.runUntil(() => met('web-died'), 30_000)).toBe(true);
  kill('pause');
  expect(cluster.sim.runUntil(() => met('new-sandbox'), 30_000)).toBe(true);
  expect(cluster.sim.runUntil(() => met('back-again'), 60_000)).toBe(true);
});
