import { expect, test } from 'vitest';
import type { Job } from '../kinds.ts';
import { job } from './job.ts';

const CONTEXT = { timestamp: '', status: false };
const NOW = Date.parse('2026-01-01T00:00:07Z');
const GENERATED = {
  'batch.kubernetes.io/controller-uid': 'u',
  'batch.kubernetes.io/job-name': 'j',
  'controller-uid': 'u',
  'job-name': 'j',
};

function stored(spec: object = {}, podSpec: object = {}): Job {
  const given = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: 'j',
      namespace: 'default',
      uid: 'u',
      resourceVersion: '1',
      creationTimestamp: '2026-01-01T00:00:00Z',
    },
    spec: {
      template: { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }], ...podSpec } },
      ...spec,
    },
  } as unknown as Job;
  return job.prepareForCreate!(job.applyDefaults!(given), CONTEXT);
}

function refusals(spec: object, podSpec: object = {}): string[] {
  return job.validateCreate(stored(spec, podSpec)).map(({ field, message }) => `${field}: ${message}`);
}

function updateRefusals(previous: Job, spec: object): string[] {
  const next = job.prepareForUpdate!({ ...previous, spec: { ...previous.spec, ...spec } }, previous, CONTEXT);
  return job.validateUpdate(next, previous, CONTEXT).map(({ field, message }) => `${field}: ${message}`);
}

test('the smallest Job', () => {
  const { spec, status, metadata } = stored();
  expect({ ...spec, template: undefined }).toEqual({
    parallelism: 1,
    completions: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    podReplacementPolicy: 'TerminatingOrFailed',
    selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': 'u' } },
  });
  expect(spec.template.metadata?.labels).toEqual(GENERATED);
  expect(metadata).toMatchObject({ labels: GENERATED, generation: 1 });
  expect(status).toEqual({});
});

test('told only its parallelism it has no completions', () => {
  expect(stored({ parallelism: 3 }).spec.completions).toBeUndefined();
});

test.each([
  ['Always', { restartPolicy: 'Always' }],
  ['no policy', { restartPolicy: undefined }],
])('restart policy: %s is refused', (_, podSpec) => {
  expect(refusals({}, podSpec)).toEqual([
    'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
  ]);
});

test.each(['parallelism', 'completions', 'backoffLimit', 'activeDeadlineSeconds', 'ttlSecondsAfterFinished'])(
  '%s must not be negative',
  (field) => {
    expect(refusals({ [field]: -1 })).toEqual([`spec.${field}: Invalid value: -1: must be greater than or equal to 0`]);
  },
);

test('a selector that nobody asked for is refused', () => {
  expect(refusals({ selector: { matchLabels: { a: 'b' } } })).toEqual([
    'spec.selector: Invalid value: {"matchLabels":{"batch.kubernetes.io/controller-uid":"u","a":"b"}}: `selector` not auto-generated',
    `spec.template.metadata.labels: Invalid value: ${JSON.stringify(GENERATED)}: \`selector\` does not match template \`labels\``,
  ]);
});

test('Indexed needs completions', () => {
  expect(refusals({ completionMode: 'Indexed', parallelism: 2 })).toEqual([
    'spec.completions: Required value: when completion mode is Indexed',
  ]);
});

test('what no controller acts on is refused', () => {
  expect(refusals({ podFailurePolicy: { rules: [] } })).toEqual([
    'spec.podFailurePolicy: Forbidden: not supported by this cluster yet',
  ]);
});

test('completions and template are immutable; an Indexed Job grows with its parallelism', () => {
  const plain = stored();
  expect(updateRefusals(plain, { completions: 7 })).toEqual(['spec.completions: Invalid value: 7: field is immutable']);
  const template = { ...plain.spec.template, spec: { ...plain.spec.template.spec!, hostname: 'x' } };
  expect(updateRefusals(plain, { template })[0]).toMatch(/^spec\.template: Invalid value: .*: field is immutable$/);
  expect(updateRefusals(plain, { parallelism: 0, suspend: true })).toEqual([]);
  const indexed = stored({ completionMode: 'Indexed', completions: 2, parallelism: 2 });
  expect(updateRefusals(indexed, { completions: 3 })).toEqual([
    'spec.completions: Invalid value: 3: can only be modified in tandem with spec.parallelism',
  ]);
  expect(updateRefusals(indexed, { completions: 3, parallelism: 3 })).toEqual([]);
});

test('the row of a Job', () => {
  const running = { ...stored({ completions: 5 }), status: { startTime: '2026-01-01T00:00:01Z', succeeded: 2 } };
  expect(job.columns.map(({ cell }) => cell(running, NOW))).toEqual([
    'j',
    'Running',
    '2/5',
    '6s',
    '7s',
    'c',
    'nginx',
    'batch.kubernetes.io/controller-uid=u',
  ]);
});
