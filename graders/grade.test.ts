import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import type { Check } from './exercise.ts';
import { gradeCluster, gradeFiles } from './grade.ts';
import { parseExercise } from './parse-exercise.ts';

/** An exercise about a Pod `clock` whose checks are given as YAML. */
function exercise(checks: string, ids: readonly string[]) {
  return parseExercise('clock', {
    'exercise.yaml': `title: A clock
level: apply
rows: [1]
minutes: 5
answer: clock.yaml
brief: Write a clock.
cluster: { workers: [{ name: node-1 }] }
checks:
${checks}
hints:
${ids.map((check) => `- { check: ${check}, text: Look. }`).join('\n')}
`,
  });
}

const clock = (command: string, restartPolicy = 'Always') => ({
  name: 'clock.yaml',
  text: `apiVersion: v1
kind: Pod
metadata:
  name: clock
spec:
  restartPolicy: ${restartPolicy}
  containers:
  - name: clock
    image: busybox:1.37
    command: ["sh", "-c", "${command}"]
`,
});

const RUNNING = `- id: stays
  title: It runs and stays running
  points: 1
  observe: { object: { kind: Pod, name: clock } }
  that: [{ path: status.phase, equals: Running }]
  always: 20s
  ask: Why?
`;

const NEVER_FAILED = `- id: never-failed
  title: It never failed
  points: 2
  observe: { object: { kind: Pod, name: clock } }
  that: [{ path: 'status.containerStatuses[*].state.terminated.exitCode', atLeast: 1 }]
  never: true
  ask: Why?
`;

const started = RUNNING.replace('id: stays', 'id: started').replace('always: 20s', 'within: 20s');

test('`always` holds over the whole span, `never` over the whole history', () => {
  const both = exercise(started + RUNNING + NEVER_FAILED, ['started', 'stays', 'never-failed']);
  const good = gradeFiles(both, [clock('sleep infinity')]);
  expect(good).toMatchObject({ passed: true, earned: 4, points: 4 });

  const bad = gradeFiles(both, [clock('sleep 5; exit 3')]);
  const [first, always, never] = bad.checks;
  expect(first).toMatchObject({ passed: true });
  expect(always).toMatchObject({ passed: true, id: 'stays' });
  expect(never).toMatchObject({ passed: false, earned: 0, points: 2 });
  expect(never?.seen).toMatch(
    /^at \d+ s, of the Pod "clock": status\.containerStatuses\[\*\]\.state\.terminated\.exitCode is \d+$/,
  );
});

test('`always` says when it stopped to hold', () => {
  const report = gradeFiles(exercise(started + RUNNING, ['started', 'stays']), [clock('sleep 5', 'Never')]);
  expect(report.checks[1]).toMatchObject({
    passed: false,
    where: { file: 'clock.yaml', line: 5 },
  });
  expect(report.checks[1]?.seen).toMatch(/^\d+ s in: status\.phase is "Succeeded", not "Running"$/);
});

test('a command in a container is an observation too', () => {
  const check = (path: string, test: string) => `- id: hostname
  title: It knows its name
  points: 1
  observe: { exec: { pod: clock, command: [hostname] } }
  that: [{ path: ${path}, ${test} }]
  within: 10s
  ask: Why?
`;
  const files = [clock('sleep infinity')];
  expect(gradeFiles(exercise(check('stdout', 'equals: "clock\\n"'), ['hostname']), files).passed).toBe(true);
  const failed = gradeFiles(exercise(check('exitCode', 'equals: 7'), ['hostname']), files);
  expect(failed.checks[0]?.seen).toBe(
    'after 10s: "hostname" in the Pod "clock" ended with exit code 0, and should end with 7',
  );
});

test('a failure that comes from another object is looked for there, and a Service says whom it misses', () => {
  const check = `- id: rings
  title: The bell answers
  points: 1
  observe: { exec: { pod: clock, command: [wget, -q, -O, '-', -T, '1', 'http://bell/'] } }
  that: [{ path: exitCode, equals: 0 }]
  within: 1s
  about: { kind: Service, name: bell }
  blame: spec.selector
  ask: Why?
`;
  const bell = `---
apiVersion: v1
kind: Service
metadata: {name: bell}
spec:
  selector: {app: bell, tone: deep}
  ports: [{port: 80}]
`;
  const { name, text } = clock('sleep infinity');
  const { checks } = gradeFiles(exercise(check, ['rings']), [{ name, text: text + bell }]);
  expect(checks[0]).toMatchObject({
    passed: false,
    where: { text: '  selector: {app: bell, tone: deep}' },
    why: ['the Service "bell" looks for Pods with app=bell,tone=deep, and there is none'],
  });
  const alone = gradeFiles(exercise(check, ['rings']), [{ name, text }]).checks[0];
  expect(alone?.why).toEqual(['there is no Service named "bell" in the namespace "default"']);
  expect(alone).not.toHaveProperty('where.line');
});

test('what a condition and an event both say is said once', () => {
  const { name, text } = clock('sleep infinity');
  const nowhere = text.replace('spec:', 'spec:\n  nodeSelector: {pier: none}');
  const { checks } = gradeFiles(exercise(started, ['started']), [{ name, text: nowhere }]);
  expect(checks[0]!.why).toEqual([
    expect.stringMatching(/^condition PodScheduled is False: Unschedulable: 0\/2 nodes are available: /),
  ]);
});

test('what kubectl refuses is reported as it said it', () => {
  const text = 'apiVersion: v1\nkind: Pod\nmetadata: {name: clock}\nspec: {containers: []}\n';
  const report = gradeFiles(exercise(started, ['started']), [{ name: 'clock.yaml', text }]);
  expect(report.refused).toEqual(['The Pod "clock" is invalid: spec.containers: Required value']);
  expect(report.checks[0]).toMatchObject({
    passed: false,
    seen: 'after 20s: there is no Pod named "clock" in the namespace "default"',
    where: { line: 4 },
  });
});

test('a failed check tells in kubectl’s own words which of its steps kubectl refused, cut to a sensible length', () => {
  const check = RUNNING.replace('always: 20s', 'within: 5s').replace(
    'observe:',
    `after:
  - kubectl: [label, pod, clock, seen=yes]
  - kubectl: [delete, pod, clock, '--as=system:serviceaccount:default:boy']
  - kubectl: [delete, pod, ${'x'.repeat(700)}]
  observe:`,
  );
  const report = gradeFiles(exercise(check.replace('Running', 'Succeeded'), ['stays']), [clock('sleep infinity')]);
  const [refused, long] = report.checks[0]!.why;
  expect(refused).toBe(
    '"kubectl delete pod clock --as=system:serviceaccount:default:boy" failed: Error from server (Forbidden): ' +
      'pods "clock" is forbidden: User "system:serviceaccount:default:boy" cannot delete resource "pods" in API group "" ' +
      'in the namespace "default"',
  );
  expect(long).toMatch(/^"kubectl delete pod x+…" failed: Error from server \(.*x+…$/);
  expect(long!.length).toBeLessThan(450);
  const passing = gradeFiles(exercise(check, ['stays']), [clock('sleep infinity')]);
  expect(passing.checks[0]).toMatchObject({ passed: true, why: [] });
});

test('a command on a machine is done first, and what it complains of is told', () => {
  const check = RUNNING.replace('always: 20s', 'within: 5s').replace(
    'observe:',
    `after:
  - run: { host: node-1, command: [touch, /root/seen] }
  - run: { host: node-1, command: [bash, -c, 'ls /root /nowhere >&2'] }
  observe:`,
  );
  const report = gradeFiles(exercise(check.replace('Running', 'Succeeded'), ['stays']), [clock('sleep infinity')]);
  expect(report.checks[0]!.why).toEqual([
    expect.stringMatching(/^"ls \/root \/nowhere >&2" on node-1 failed: ls: .*\/nowhere.* No such file .*seen$/),
  ]);
});

test('of a step that should be refused it is told that it was not', () => {
  const check = RUNNING.replace('always: 20s', 'within: 5s').replace(
    'observe:',
    `after:
  - { kubectl: [label, pod, clock, seen=yes], refused: true }
  - { kubectl: [delete, pod, clock, '--as=system:serviceaccount:default:boy'], refused: true }
  observe:`,
  );
  const report = gradeFiles(exercise(check.replace('Running', 'Succeeded'), ['stays']), [clock('sleep infinity')]);
  expect(report.checks[0]!.why).toEqual(['"kubectl label pod clock seen=yes" was not refused']);
});

test('grading a learner’s cluster leaves it as it was', () => {
  const broken: Check = {
    id: 'heals',
    title: 'It heals',
    points: 1,
    observe: { object: { kind: 'Pod', name: 'clock' } },
    after: [
      { fault: { type: 'kill-container', namespace: 'default', pod: 'clock', container: 'clock' } },
      { wait: '1s' },
    ],
    that: [{ path: 'status.containerStatuses[0].restartCount', atLeast: 1 }],
    within: '30s',
    ask: 'Why?',
  };
  const cluster = createCluster({ workers: [{ name: 'node-1' }] });
  const base = cluster.revision;
  const { name, text } = clock('sleep infinity');
  cluster.submit({ kind: 'file.write', path: name, text });
  cluster.run('workstation', ['kubectl', 'apply', '-f', name], 10_000);
  cluster.sim.runFor(10_000);
  const before = { hash: cluster.sim.trace.hash, nowMs: cluster.sim.nowMs, inputs: cluster.journal.length };

  const report = gradeCluster(cluster, { ...exercise(started, ['started']), checks: [broken] }, [], base);
  expect(report.checks[0]).toMatchObject({ passed: true });
  expect({ hash: cluster.sim.trace.hash, nowMs: cluster.sim.nowMs, inputs: cluster.journal.length }).toEqual(before);
});

const AFTER = 'after: [{ kubectl: [delete, pod, clock, --now] }]';

test('checks that break the same share a copy, and each sees it from the same moment on', () => {
  const gone = `- id: gone
  title: It is gone
  points: 1
  ${AFTER}
  observe: { object: { kind: Pod } }
  that: [{ path: items, length: 0 }]
  within: 2s
  ask: Why?
`;
  const both = exercise(gone + gone.replace('id: gone', 'id: stays-gone').replace('within', 'always'), [
    'gone',
    'stays-gone',
  ]);
  expect(gradeFiles(both, [clock('sleep infinity')])).toMatchObject({ passed: true, virtualMs: expect.any(Number) });
  const alone = exercise(started + gone, ['started', 'gone']);
  const { checks } = gradeFiles(alone, [clock('sleep infinity')]);
  expect(checks.map(({ passed }) => passed)).toEqual([true, true]);
});

test('an answer may be a script; what it says when it fails is reported', () => {
  const text = 'kubectl run clock --image=busybox:1.37 -- sleep infinity\nkubectl label pod nobody a=b\n';
  const report = gradeFiles(exercise(started, ['started']), [{ name: 'clock.sh', text }]);
  expect(report).toMatchObject({ passed: true });
  expect(report.refused).toEqual(['Error from server (NotFound): pods "nobody" not found']);
});

test('of a list in which one is missing by name, it is told which', () => {
  const pods = exercise(
    `- id: named
  title: There is a tower
  points: 1
  observe: { object: { kind: Pod } }
  that: [{ path: 'items[*].metadata.name', equals: tower }]
  within: 1s
  ask: Who is missing?`,
    ['named'],
  );
  const { checks } = gradeFiles(pods, [clock('sleep infinity')]);
  expect(checks[0]?.seen).toBe('after 1s: there is no Pod named "tower" in the namespace "default"');
});
