import { expect, test } from 'vitest';
import type { CronJob } from '../kinds.ts';
import { cronJob } from './cron-job.ts';

const CONTEXT = { timestamp: '', status: false };
const template = {
  spec: { template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'c', image: 'nginx' }] } } },
};

function stored(spec: object = {}, name = 'cj'): CronJob {
  const given = {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: {
      name,
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: { schedule: '*/5 * * * *', jobTemplate: template, ...spec },
  } as unknown as CronJob;
  return cronJob.prepareForCreate!(cronJob.applyDefaults!(given), CONTEXT);
}

function refusals(spec: object, name?: string): string[] {
  return cronJob.validateCreate(stored(spec, name)).map(({ field, message }) => `${field}: ${message}`);
}

test('the smallest CronJob', () => {
  const { spec, status } = stored();
  expect({ ...spec, jobTemplate: undefined }).toEqual({
    schedule: '*/5 * * * *',
    concurrencyPolicy: 'Allow',
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  });
  // A Job gets its defaults when it is made, its Pods' template has them already.
  expect(Object.keys(spec.jobTemplate.spec!)).toEqual(['template']);
  expect(spec.jobTemplate.spec!.template.spec).toMatchObject({ dnsPolicy: 'ClusterFirst' });
  expect(status).toEqual({});
});

test.each([
  [{ schedule: '' }, 'spec.schedule: Required value'],
  [{ schedule: '60 * * * *' }, 'spec.schedule: Invalid value: "60 * * * *": end of range (60) above maximum (59): 60'],
  [
    { schedule: 'TZ=UTC 0 * * * *' },
    'spec.schedule: Invalid value: "TZ=UTC 0 * * * *": cannot use TZ or CRON_TZ in schedule, use timeZone field instead',
  ],
  [{ timeZone: 'Mars/Olympus' }, 'spec.timeZone: Invalid value: "Mars/Olympus": unknown time zone Mars/Olympus'],
  [
    { timeZone: 'Local' },
    'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
  ],
  [
    { concurrencyPolicy: 'Maybe' },
    'spec.concurrencyPolicy: Unsupported value: "Maybe": supported values: "Allow", "Forbid", "Replace"',
  ],
  [
    { startingDeadlineSeconds: -1 },
    'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
  ],
  [
    { successfulJobsHistoryLimit: -1 },
    'spec.successfulJobsHistoryLimit: Invalid value: -1: must be greater than or equal to 0',
  ],
])('%o is refused', (spec, refusal) => {
  expect(refusals(spec)).toEqual([refusal]);
});

test('restart policy Always, and a name too long for Jobs to bear, are refused', () => {
  const always = { spec: { template: { spec: { ...template.spec.template.spec, restartPolicy: 'Always' } } } };
  expect(refusals({ jobTemplate: always })).toEqual([
    'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ]);
  const name = 'a'.repeat(53);
  expect(refusals({}, name)).toEqual([`metadata.name: Invalid value: "${name}": must be no more than 52 characters`]);
});

test('the row of a CronJob', () => {
  const row = cronJob.columns.map(({ cell }) => cell(stored(), Date.parse('2026-01-01T00:00:07Z')));
  expect(row).toEqual(['cj', '*/5 * * * *', '<none>', 'False', 0, '<none>', '7s', 'c', 'nginx', '<none>']);
});
