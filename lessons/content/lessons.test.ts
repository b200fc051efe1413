import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, createCluster } from '@drydock/engine';
import { type Check, holdsNow } from '@drydock/graders';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

// Lessons rot as the engine moves on; here every command that a lesson offers is run, in order, as a reader would.

const FOLDER = join(import.meta.dirname, 'lessons');
const RUN = /<Run\s+command="(?<command>[^"]+)"(?<rest>[^/]*)\/>/g;

interface LessonFile {
  readonly name: string;
  readonly head: { readonly files?: Record<string, string>; readonly cluster?: object; readonly checks?: Check[] };
  readonly body: string;
}

const lessons: LessonFile[] = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.mdx'))
  .map((name) => {
    const [, head = '', ...body] = readFileSync(join(FOLDER, name), 'utf8').split(/^---$/m);
    return { name, head: parse(head), body: body.join('---') };
  });

function start({ head }: LessonFile): Cluster {
  return createCluster({ ...head.cluster, files: head.files ?? {} });
}

for (const lesson of lessons) {
  test(`${lesson.name}: its commands do what a reader expects`, () => {
    const cluster = start(lesson);
    const offences: string[] = [];
    const runs = [...lesson.body.matchAll(RUN)];
    expect(runs.length).toBeGreaterThan(3);
    for (const { groups } of runs) {
      const { command = '', rest = '' } = groups ?? {};
      if (/--watch|-w\b/.test(command)) continue;
      const outcome = cluster.run('workstation', ['bash', '-c', command], 90_000);
      const fails = /\bfails\b/.test(rest);
      if (outcome === undefined || (outcome.exitCode !== 0) !== fails || /not found/.test(outcome.stderr)) {
        offences.push(`${command}: exit ${outcome?.exitCode}, ${outcome?.stderr}`);
      }
      cluster.sim.runFor(8_000);
    }
    expect(offences).toEqual([]);
  });

  test(`${lesson.name}: its checks can be read, and none is met at the beginning`, () => {
    const cluster = start(lesson);
    for (const check of lesson.head.checks ?? []) expect(holdsNow(cluster, check), check.id).toBe(false);
  });

  test(`${lesson.name}: no word belittles`, () => {
    expect(lesson.body).not.toMatch(/\b(simply|just)\b/i);
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
