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

test('rules on the failure of Pods are checked one by one', () => {
  const rules = [
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
    { action: 'FailIndex', onExitCodes: { operator: 'In', values: [0, 0], containerName: 'other' } },
    { action: 'Count' },
    { action: 'Explode', onExitCodes: { operator: 'NotIn', values: [2, 1] } },
  ];
  expect(refusals({ podFailurePolicy: { rules } as Job['spec']['podFailurePolicy'] })).toEqual([
    'spec.podFailurePolicy.rules[1].action: Invalid value: "FailIndex": requires the backoffLimitPerIndex to be set',
    'spec.podFailurePolicy.rules[1].onExitCodes.containerName: Invalid value: "other": must be one of the container or initContainer names in the pod template',
    'spec.podFailurePolicy.rules[1].onExitCodes.values[0]: Invalid value: 0: must not be 0 for the In operator',
    'spec.podFailurePolicy.rules[1].onExitCodes.values[1]: Invalid value: 0: must not be 0 for the In operator',
    'spec.podFailurePolicy.rules[1].onExitCodes.values[1]: Duplicate value: 0',
    'spec.podFailurePolicy.rules[2]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
    'spec.podFailurePolicy.rules[3].action: Unsupported value: "Explode": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
    'spec.podFailurePolicy.rules[3].onExitCodes.values: Invalid value: [2,1]: must be ordered',
  ]);
});

test('a condition that a rule looks for is a true one', () => {
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }];
  expect(refusals({ podFailurePolicy: { rules } as unknown as Job['spec']['podFailurePolicy'] })).toEqual([]);
});

test('limits by index and rules of success are for Indexed Jobs', () => {
  const rules = [{ succeededIndexes: '0,2-9' }, { succeededCount: 4, succeededIndexes: '1,2' }, {}];
  expect(refusals({ backoffLimitPerIndex: 1, maxFailedIndexes: 1, successPolicy: { rules } })).toEqual([
    'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode',
    `spec.successPolicy: Invalid value: ${JSON.stringify({ rules })}: requires indexed completion mode`,
  ]);
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 };
  expect(refusals({ ...indexed, maxFailedIndexes: 4, successPolicy: { rules } })).toEqual([
    'spec.backoffLimitPerIndex: Required value: when maxFailedIndexes is specified',
    'spec.maxFailedIndexes: Invalid value: 4: must be less than or equal to completions',
    'spec.successPolicy.rules[0].succeededIndexes: Invalid value: "0,2-9": error parsing succeededIndexes: too large index: "9"',
    'spec.successPolicy.rules[1].succeededCount: Invalid value: 4: must be less than or equal to 3 (the number of specified completions)',
    'spec.successPolicy.rules[1].succeededCount: Invalid value: 4: must be less than or equal to 2 (the number of indexes in the specified succeededIndexes field)',
    'spec.successPolicy.rules[2]: Required value: at least one of succeededCount or succeededIndexes must be specified',
  ]);
  expect(refusals({ managedBy: 'kueue' })).toEqual([
    'spec.managedBy: Invalid value: "kueue": must be a domain-prefixed path (such as "acme.io/foo")',
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

test('while a Job is suspended and none of its Pods is left, resources and directives may still be changed', () => {
  const suspended = (status: Job['status']) => ({ ...stored({ suspend: true }), status });
  const isSuspended = { type: 'Suspended', status: 'True' };
  const started = '2026-01-01T00:00:01Z';
  const attempts: [Job['status'], boolean][] = [
    [{}, true],
    [{ active: 1 }, false],
    [{ startTime: started }, false],
    [{ startTime: started, conditions: [isSuspended] } as Job['status'], true],
    [{ startTime: started, active: 1, conditions: [isSuspended] } as Job['status'], false],
  ];
  for (const [status, isAllowed] of attempts) {
    const previous = suspended(status);
    const { spec, metadata } = previous.spec.template;
    const containers = spec!.containers.map((each) => ({ ...each, resources: { requests: { cpu: '2' } } }));
    const heavier = { metadata, spec: { ...spec!, containers } };
    const elsewhere = { metadata, spec: { ...spec!, nodeSelector: { zone: 'a' } } };
    const other = { metadata, spec: { ...spec!, containers: containers.map((each) => ({ ...each, image: 'x' })) } };
    expect(updateRefusals(previous, { template: heavier })).toHaveLength(isAllowed ? 0 : 1);
    expect(updateRefusals(previous, { template: elsewhere })).toHaveLength(isAllowed ? 0 : 1);
    expect(updateRefusals(previous, { template: other })).toHaveLength(1);
  }
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
