import { createCluster } from '@drydock/engine';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CheckResult } from './grade.ts';
import { gradeRun } from './grade-journal.ts';
import { parseExercise } from './parse-exercise.ts';
import type { Recall } from './recall.ts';

/** An exercise about a Pod `clock` with a check that looks, one that waits for what comes later, and two that break it. */
function exercise(change: (yaml: string) => string = (yaml) => yaml) {
  const yaml = `title: A clock
level: apply
rows: [1]
minutes: 5
answer: clock.yaml
brief: Write a clock.
cluster: { workers: [{ name: node-1 }] }
checks:
- id: runs
  title: It runs
  points: 1
  observe: { object: { kind: Pod, name: clock } }
  that: [{ path: status.phase, equals: Running }]
  within: 20s
  ask: Why?
- id: tells
  title: It tells the time
  points: 1
  observe: { exec: { pod: clock, command: [date] } }
  that: [{ path: exitCode, equals: 0 }]
  within: 20s
  ask: Why?
- id: comes-back
  title: It comes back
  points: 2
  after: [{ fault: { type: kill-container, namespace: default, pod: clock, container: clock } }, { wait: 2s }]
  observe: { object: { kind: Pod, name: clock } }
  that: [{ path: 'status.containerStatuses[*].restartCount', equals: 1 }]
  within: 30s
  ask: Why?
- id: is-gone
  title: Nothing brings it back
  points: 1
  after: [{ delete: { kind: Pod, name: clock } }]
  observe: { run: { host: workstation, command: [kubectl, get, pod, clock] } }
  that: [{ path: exitCode, equals: 1 }]
  within: 60s
  ask: Why?
hints: [{ check: runs, text: Look. }]
`;
  return parseExercise('clock', { 'exercise.yaml': change(yaml) });
}

const CLOCK = `apiVersion: v1
kind: Pod
metadata: { name: clock }
spec:
  containers:
  - name: clock
    image: busybox:1.37
    command: [sh, -c, 'trap exit TERM; while true; do sleep 1; done']
`;

/** The same run graded again and again; each time anew is what nobody remembers. */
let remembered: Map<string, CheckResult>;
let anew: string[];
beforeEach(() => {
  remembered = new Map();
});

const run = (() => {
  const cluster = createCluster(exercise().cluster);
  cluster.submit({ kind: 'file.write', path: 'clock.yaml', text: CLOCK });
  cluster.submit({ kind: 'run', run: '1', host: 'workstation', argv: ['kubectl', 'apply', '-f', 'clock.yaml'] });
  cluster.sim.runFor(30_000);
  return { entries: cluster.journal, end: { timeMs: cluster.sim.nowMs, step: cluster.sim.steps } };
})();

function grade(graded = exercise()) {
  anew = [];
  const bases = new Map<string, string>();
  const recall: Recall = ({ id }, basis) => {
    bases.set(id, basis);
    const known = remembered.get(basis + id);
    if (known === undefined) anew.push(id);
    return known;
  };
  const { checks } = gradeRun(graded, graded.cluster, run.entries, run.end, recall);
  for (const check of checks) remembered.set(`${bases.get(check.id)}${check.id}`, check);
  return Object.fromEntries(checks.map(({ id, earned }) => [id, earned]));
}

const ALL = { runs: 1, tells: 1, 'comes-back': 2, 'is-gone': 1 };

test('only checks that break something are remembered, and none of them is done again where nothing has changed', () => {
  expect(grade()).toEqual(ALL);
  expect(anew).toEqual(['comes-back', 'is-gone']);
  expect(grade()).toEqual(ALL);
  expect(anew).toEqual([]);
});

test('other words are no other check, and the result has the new ones', () => {
  grade();
  const renamed = exercise((yaml) => yaml.replace('It comes back', 'It returns').replaceAll('Why?', 'How?'));
  grade(renamed);
  expect(anew).toEqual([]);
});

describe('done again is what follows from what was mended:', () => {
  const REDONE: readonly [string, string, string, readonly string[], object][] = [
    ['the assertion of a check that looks', 'equals: Running', "matches: 'Run|Fail'", [], ALL],
    [
      'one that now fails, and so looks longer',
      'equals: Running',
      'equals: Done',
      ['comes-back', 'is-gone'],
      { ...ALL, runs: 0 },
    ],
    ['what is looked at', 'command: [date]', 'command: [uptime]', ['comes-back', 'is-gone'], ALL],
    [
      'the assertion of one that breaks',
      "restartCount', equals: 1",
      "restartCount', atLeast: 7",
      ['comes-back'],
      { ...ALL, 'comes-back': 0 },
    ],
    ['what is broken', 'wait: 2s', 'wait: 3s', ['comes-back'], ALL],
    ['what it is worth', 'points: 2', 'points: 4', ['comes-back'], { ...ALL, 'comes-back': 4 }],
  ];
  test.each(REDONE)('%s', (_what, from, to, redone, earned) => {
    grade();
    const mended = exercise((yaml) => yaml.replace(from, to));
    expect(mended).not.toEqual(exercise());
    expect(grade(mended)).toEqual(earned);
    expect(anew).toEqual(redone);
    // Whatever was taken over is what grading without a memory says.
    remembered.clear();
    expect(grade(mended)).toEqual(earned);
  });
});
