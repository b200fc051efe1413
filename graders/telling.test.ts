import { expect, test } from 'vitest';
import type { Check } from './exercise.ts';
import { gradeFiles } from './grade.ts';
import { parseExercise } from './parse-exercise.ts';

const PODS = `apiVersion: v1
kind: Pod
metadata: {name: clock}
spec:
  initContainers: [{name: spring, image: 'busybox:1.37', command: [sleep, '1']}]
  containers: [{name: clock, image: 'busybox:1.37', command: [sh, -c, 'sleep 40; exit 1']}]
  restartPolicy: Never
---
apiVersion: v1
kind: Pod
metadata: {name: page}
spec: {containers: [{name: page, image: 'nginx:1.29'}]}
---
apiVersion: v1
kind: Pod
metadata: {name: lost}
spec: {nodeSelector: {pier: none}, containers: [{name: lost, image: 'busybox:1.37'}]}
`;

/** What is seen of an observation that is not as it should be, once everything runs. */
function seen(observe: Check['observe'], that: NonNullable<Check['that']>[number], wait = '15s'): string {
  return graded({ observe, that: [that], within: '1s', after: [{ wait }] });
}

function graded(asked: Partial<Check>): string {
  const check = { id: 'a', title: 'a', points: 1, ask: 'Why?', ...asked };
  const yaml = { title: 'A', level: 'apply', rows: [1], minutes: 1, answer: 'a.yaml', brief: 'A', checks: [check] };
  const hints = [{ check: 'a', text: 'Look.' }];
  const exercise = parseExercise('a', { 'exercise.yaml': JSON.stringify({ ...yaml, hints }) });
  return gradeFiles(exercise, [{ name: 'a.yaml', text: PODS }]).checks[0]!.seen;
}

const inClock = (...command: readonly string[]) => ({ exec: { pod: 'clock', command } });

test('of a command it is told what it printed, where, and what it should have', () => {
  expect(seen(inClock('sh', '-c', 'echo tick; echo tock'), { path: 'stdout', matches: '^tock' })).toBe(
    'after 1s: "echo tick; echo tock" in the Pod "clock" printed "tick tock", and should print something that begins with "tock"',
  );
  expect(seen(inClock('cat', '/no'), { path: 'stdout', equals: 'one\n' })).toBe(
    'after 1s: "cat /no" in the Pod "clock" printed nothing, and should print "one"; ' +
      "it said: cat: can't open '/no': No such file or directory",
  );
  expect(seen(inClock('false'), { path: 'exitCode', equals: 0 })).toBe(
    'after 1s: "false" in the Pod "clock" ended with exit code 1, and should end with 0',
  );
  expect(seen({ run: { host: 'node-1', command: ['hostname'] } }, { path: 'stdout', not: 'node-1\n' })).toBe(
    'after 1s: "hostname" on node-1 printed "node-1", and should print something else',
  );
});

test('of a request it is told what was answered', () => {
  const page = { pod: 'page', port: 80 };
  expect(seen({ http: { ...page, path: '/no' } }, { path: 'status', equals: 200 })).toBe(
    'after 1s: "/no" at port 80 of the Pod "page" answered with status 404, and should answer with 200',
  );
  expect(seen({ http: page }, { path: 'body', contains: 'tide' })).toMatch(
    /^after 1s: port 80 of the Pod "page" answered ".*Welcome to nginx!.*…, and should answer something with "tide" in it$/,
  );
});

test('what changes or stays is told, too', () => {
  const clock = { run: { host: 'node-1', command: ['date', '+%S'] } };
  const check = { observe: clock, constant: { path: 'stdout', over: '3s' } };
  expect(graded(check)).toMatch(/^"date \+%S" on node-1 printed "\d\d", then "\d\d"$/);
  const still = { observe: { run: { host: 'node-1', command: ['hostname'] } } };
  expect(graded({ ...still, changes: { path: 'stdout', within: '2s' } })).toBe(
    '"hostname" on node-1 printed "node-1" for 2s',
  );
  const unset = { observe: { object: { kind: 'Pod', name: 'page' } } };
  expect(graded({ ...unset, changes: { path: 'spec.hostname', within: '2s' } })).toBe(
    'spec.hostname stayed unset for 2s',
  );
});

test('a curl that keeps to itself why it failed is translated from its exit code', () => {
  const curl = { run: { host: 'node-1', command: ['sh', '-c', 'curl -s -m 1 http://nowhere.example/'] } };
  expect(seen(curl, { path: 'stdout', contains: 'tide' })).toMatch(/; exit code 6: curl found no host of that name$/);
  expect(seen(curl, { path: 'exitCode', equals: 0 })).toBe(
    'after 1s: "curl -s -m 1 http://nowhere.example/" on node-1 ended with exit code 6, and should end with 0; ' +
      'exit code 6: curl found no host of that name',
  );
});

test('where nothing could be run it is told why', () => {
  const asked = { path: 'stdout', contains: 'tick' };
  expect(seen({ exec: { pod: 'lost', command: ['id'] } }, asked)).toBe('after 1s: the Pod "lost" has no node yet');
  expect(seen({ exec: { pod: 'clock', container: 'spring', command: ['id'] } }, asked)).toBe(
    'after 1s: the container "spring" of the Pod "clock" does not run',
  );
  expect(seen({ exec: { pod: 'clock', container: 'hand', command: ['id'] } }, asked)).toBe(
    'after 1s: the Pod "clock" has no container "hand"',
  );
  expect(seen(inClock('id'), asked, '60s')).toBe('after 1s: the Pod "clock" has ended');
});
