import { createCluster, formatImageReference, type KubeObject, parseImageReference } from '@drydock/engine';
import { describe, expect, test, vi } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { type Exercise, type ExerciseFolder, learnersCluster } from '../exercise.ts';
import { listExercises, readExerciseFolder } from '../exercise-folder.ts';
import { gradeCluster, gradeFiles, type Report } from '../grade.ts';
import { parseExercise, parseProof } from '../parse-exercise.ts';
import { countVariants, withVariant } from '../variant.ts';

/**
 * Every exercise proves itself: what the learner starts with fails, every solution passes, and every listed mistake fails
 * exactly the checks it should. `part` of `parts` takes its share of them, counted from 0, so that they are proven side by side.
 */
export function proveExercises(part: number, parts: number): void {
  // A cluster lives for minutes in some of them, on a machine that has other things to do.
  vi.setConfig({ testTimeout: 60_000 });
  const variants = listExercises().flatMap((id) => {
    const files = readExerciseFolder(id);
    return Array.from({ length: countVariants(id, files) }, (_, index) => ({ id, number: index + 1, files }));
  });
  const share = variants.filter((_, index) => index % parts === part);
  describe.each(share)('exercise $id, variant $number', proveVariant);
}

function proveVariant({ id, number, files }: { id: string; number: number; files: ExerciseFolder }): void {
  const folder = withVariant(id, files, number - 1);
  const exercise = parseExercise(id, folder);
  const { solutions, mistakes } = parseProof(exercise, folder);
  const grade = (files: Readonly<Record<string, string>>): Report =>
    gradeFiles(
      exercise,
      Object.entries(files).map(([name, text]) => ({ name, text })),
    );
  const failed = (report: Report): string[] => report.checks.filter(({ passed }) => !passed).map((check) => check.id);

  test('the start fails', () => {
    expect(grade(exercise.start).passed).toBe(false);
  });

  /** What still fails when somebody has typed `first`, and then carried out the reference solution. */
  const failedAfter = (first: string): readonly unknown[] => {
    const cluster = createCluster(learnersCluster(exercise));
    const { revision } = cluster;
    const { answer } = exercise;
    const type = (line: string) => cluster.run('workstation', ['bash', '-c', line], 120_000);
    type(first);
    cluster.submit({ kind: 'file.write', path: answer, text: solutions['reference']![answer]! });
    type(howToCarryOut(exercise, solutions['reference']![answer]!));
    const { checks } = gradeCluster(cluster, exercise, [], revision);
    return checks.filter(({ passed }) => !passed);
  };

  test.runIf(exercise.applied)('whoever mends what they find passes, too', () => {
    expect(failedAfter('true')).toEqual([]);
  });

  test('so does whoever tried the start first, looked at a machine and left a Pod of their own about', () => {
    const { answer } = exercise;
    const tried = answer.endsWith('.sh') ? 'true' : `kubectl apply -f ${answer}; sleep 20`;
    const looked =
      'kubectl debug node/control-plane --image=busybox:1.37 -- true; kubectl run looker --image=busybox:1.37 -- sleep infinity';
    expect(failedAfter(`${tried}; ${looked}; sleep 3`)).toEqual([]);
  });

  test.runIf(/\.ya?ml$/.test(exercise.answer))('so does whoever writes the same in another way', () => {
    const { [exercise.answer]: answer, ...others } = solutions['reference']!;
    const { checks } = grade({ ...others, [exercise.answer]: otherwise(answer!) });
    expect(checks.filter(({ passed }) => !passed)).toEqual([]);
  });

  test('there are at least two unlike solutions', () => {
    expect(Object.keys(solutions)).toContain('reference');
    expect(Object.keys(solutions).length).toBeGreaterThanOrEqual(2);
  });

  test.each(Object.keys(solutions))('solution %s passes', (name) => {
    const report = grade(solutions[name]!);
    expect(report.checks.filter(({ passed }) => !passed)).toEqual([]);
    expect(report.earned).toBe(report.points);
  });

  test.each(Object.keys(mistakes))('mistake %s fails exactly its checks', (name) => {
    const report = grade(mistakes[name]!.files);
    expect(failed(report).sort()).toEqual([...mistakes[name]!.fails].sort());
    for (const check of report.checks.filter(({ passed }) => !passed)) {
      expect(check.seen).not.toBe('');
      expect(check.ask).not.toBe('');
    }
  });

  test('every hint says something and belongs to a check', () => {
    expect(exercise.hints.map(({ check }) => check)).toEqual(exercise.checks.map((check) => check.id));
  });
}

/**
 * What a learner types to carry out an answer. What they have found applied they make anew; what they have tried themselves
 * they apply over, and anew where that is refused; what stands in the file no more they delete.
 */
function howToCarryOut({ answer, applied, start }: Exercise, text: string): string {
  if (answer.endsWith('.sh')) return `bash ${answer}`;
  const anew = `kubectl delete --now --ignore-not-found -f ${answer} && kubectl apply -f ${answer}`;
  if (applied) return anew;
  const kept = objectsIn(text);
  const gone = objectsIn(start[answer] ?? '').filter((object) => !kept.includes(object));
  return [
    ...gone.map((object) => `kubectl delete --now --ignore-not-found ${object}`),
    `kubectl apply -f ${answer} || { ${anew}; }`,
  ].join('\n');
}

/** The same objects as JSON, in another order, with images by their full names and a label that nobody asked for. */
function otherwise(manifest: string): string {
  // kubectl reads YAML 1.1: `yes` is true there, and 0400 octal.
  const objects = parseAllDocuments(manifest, { version: '1.1' }).map((document) => document.toJS() as KubeObject);
  const spelledOut = (field: string, value: unknown): unknown =>
    field === 'image' && typeof value === 'string' ? formatImageReference(parseImageReference(value)) : value;
  return objects
    .reverse()
    .map(({ metadata, ...rest }) => ({
      ...rest,
      metadata: { ...metadata, labels: { author: 'me', ...metadata.labels } },
    }))
    .map((object) => JSON.stringify(object, spelledOut))
    .join('\n---\n');
}

function objectsIn(manifest: string): readonly string[] {
  return parseAllDocuments(manifest).map((document) => {
    const { kind, metadata } = document.toJS() as KubeObject;
    return `${kind}/${metadata.name}`;
  });
}
