import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/concepts/workloads/controllers/job/#handling-pod-and-container-failures, on real nodes:
// what a task's failures are to its Job depends on who tries again.

function job(name: string, restartPolicy: string, script: string): string {
  return `apiVersion: batch/v1
kind: Job
metadata: {name: ${name}}
spec:
  backoffLimit: 2
  template:
    spec:
      restartPolicy: ${restartPolicy}
      containers: [{name: task, image: 'busybox:1.37', command: [sh, -c, '${script}']}]
`;
}

function start(restartPolicy: string, script: string): Testbed {
  const bed = new Testbed();
  bed.apply(job('task', restartPolicy, script));
  return bed;
}

const status = (bed: Testbed, field: string) => bed.kubectl('get', 'job', 'task', '-o', `jsonpath={.status.${field}}`);
const ended = (bed: Testbed, type: string) => () =>
  bed.kubectl('get', 'job', 'task', '-o', 'jsonpath={.status.conditions[*].type}').split(' ').includes(type);
const podsOf = (bed: Testbed, columns: string) =>
  bed
    .kubectl('get', 'pods', '-l', 'job-name=task', '--no-headers', '-o', `custom-columns=${columns}`)
    .trim()
    .split('\n');

test('Never: each failure is a Pod that stays, for its log to be read, and counts', () => {
  const bed = start('Never', 'echo no use; exit 3');
  bed.until('the Job gives up', ended(bed, 'Failed'), 180);
  expect(status(bed, 'failed')).toBe('3');
  expect(podsOf(bed, 'PHASE:.status.phase,CODE:.status.containerStatuses[0].state.terminated.exitCode')).toEqual(
    Array(3).fill('Failed   3'),
  );
  expect(bed.kubectl('logs', 'job/task')).toBe('no use\n');
  expect(bed.kubectl('describe', 'job', 'task')).toMatch(
    /BackoffLimitExceeded .* Job has reached the specified backoff/,
  );
});

test('OnFailure: one Pod starts its container again, until that has been too often', () => {
  const bed = start('OnFailure', 'exit 3');
  bed.until('it was started again', () => podsOf(bed, 'N:.status.containerStatuses[0].restartCount')[0] === '1', 60);
  expect(podsOf(bed, 'NAME:.metadata.name')).toHaveLength(1);
  expect(status(bed, 'failed')).toBe('');
  bed.until('the Job gives up', ended(bed, 'Failed'), 180);
  bed.until('the Pod is gone', () => podsOf(bed, 'NAME:.metadata.name')[0] === '', 60);
  expect(status(bed, 'failed')).toBe('1');
});

test('OnFailure: a task that succeeds at the second try has not failed at all', () => {
  const bed = new Testbed();
  const volume = `      volumes: [{name: tried, emptyDir: {}}]\n`;
  const mounted = job('task', 'OnFailure', '[ -e /tried/it ] || { touch /tried/it; exit 1; }').replace(
    'command: ',
    'volumeMounts: [{name: tried, mountPath: /tried}], command: ',
  );
  bed.apply(`${mounted}${volume}`);
  bed.until('the Job is complete', ended(bed, 'Complete'), 120);
  expect([status(bed, 'succeeded'), status(bed, 'failed')]).toEqual(['1', '']);
  expect(podsOf(bed, 'N:.status.containerStatuses[0].restartCount')).toEqual(['1']);
});

test('Always is refused', () => {
  const { exitCode, stderr } = new Testbed().applyAnyway(job('task', 'Always', 'true'));
  expect(exitCode).toBe(1);
  expect(stderr).toContain('spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"');
});
