import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { readySince, storedPod } from '../testing/objects.ts';
import { proposeReplicas, type Question } from './replica-calculator.ts';
import { limited, type Past, rulesOf, stabilized } from './scaling-limits.ts';

const NOW = Date.parse('2026-01-12T10:00:00Z');

function pod(name: string, status: Pod['status'] = readySince('2026-01-12T09:00:00Z')): Pod {
  const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }];
  return storedPod(name, { containers }, { startTime: '2026-01-12T09:00:00Z', ...status });
}

const metric = (milli: number) => ({ milli, atMs: NOW, windowMs: 30_000 });
const names = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`);

function propose(
  usage: readonly (number | undefined)[],
  extra: Partial<Question> = {},
  pods = names(usage.length).map((name) => pod(name)),
) {
  const question: Question = {
    resource: 'cpu',
    container: undefined,
    target: { utilization: 50 },
    currentReplicas: usage.length,
    tolerance: { up: 0.1, down: 0.1 },
    wallMs: NOW,
    ...extra,
  };
  const known = usage.flatMap((milli, i) => (milli === undefined ? [] : [[`p${i}`, metric(milli)] as const]));
  return proposeReplicas(question, pods, new Map(known));
}

test.each([
  ['twice the target', [100, 100], 4],
  ['on target', [50, 50], 2],
  ['within the tolerance', [54, 54], 2],
  ['just beyond', [56, 56], 3],
  ['half of it', [25, 25], 1],
  ['idle', [0, 0, 0], 0],
  ['one unknown, the rest busy: it counts as idle', [100, undefined], 2],
  ['one unknown, the rest idle: it counts as fully used', [10, undefined], 2],
  ['two unknown, the rest exactly on target: nothing is made of them', [50, undefined, undefined], 3],
] as const)('%s', (_, usage, replicas) => {
  expect(propose(usage).replicas).toBe(replicas);
});

test('what is used is told in percent of the requests and on the average', () => {
  expect(propose([60, 61])).toMatchObject({ utilization: 60, averageMilli: 60 });
  expect(propose([60, 61], { target: { averageMilli: 30 } })).toEqual({
    replicas: 4,
    averageMilli: 60,
    utilization: undefined,
  });
});

test("what a Pod requests as a whole goes before its containers' requests", () => {
  const whole = (container?: string) => {
    const one = pod('p0');
    const resources = { requests: { cpu: '400m' } };
    return propose([200], { container }, [{ ...one, spec: { ...one.spec, resources } }]);
  };
  expect(whole()).toMatchObject({ replicas: 1, utilization: 50 });
  expect(whole('c')).toMatchObject({ replicas: 4, utilization: 200 });
});

test('a Pod that is just starting is left out of the CPU figures, and holds back growth', () => {
  const young = pod('p1', { ...readySince('2026-01-12T09:59:50Z'), startTime: '2026-01-12T09:59:40Z' });
  expect(propose([100, 400], {}, [pod('p0'), young]).replicas).toBe(2);
});

test.each([
  ['no Pods', [], [], 'no pods returned by selector while calculating replica count'],
  [
    'only Pods on their way',
    [pod('p0', { phase: 'Pending' })],
    [10],
    'did not receive metrics for targeted pods (pods might be unready)',
  ],
  [
    'no request',
    [storedPod('p0', {}, { ...readySince('2026-01-12T09:00:00Z'), startTime: '2026-01-12T09:00:00Z' })],
    [10],
    'missing request for cpu in container c of Pod p0',
  ],
] as const)('%s', (_, pods, usage, message) => {
  expect(() => propose(usage, {}, [...pods])).toThrow(message);
});

const RULES = { ...rulesOf(undefined), isRuled: false };

test.each<[string, number, number, Past[], number, string]>([
  ['growth comes at once', 6, 4, [{ atMs: NOW - 60_000, replicas: 4 }], 6, 'ReadyForNewScale'],
  ['shrinking waits five minutes', 2, 4, [{ atMs: NOW - 60_000, replicas: 4 }], 4, 'ScaleDownStabilized'],
  ['and then comes', 2, 4, [{ atMs: NOW - 301_000, replicas: 4 }], 2, 'ReadyForNewScale'],
])('%s', (_, desired, current, earlier, replicas, reason) => {
  expect(stabilized(desired, current, earlier, RULES, NOW)).toMatchObject({ replicas, note: { reason } });
});

test('without a behaviour the highest recommendation counts even when somebody has made it smaller meanwhile', () => {
  const earlier = [{ atMs: NOW - 60_000, replicas: 6 }];
  expect(stabilized(2, 2, earlier, RULES, NOW).replicas).toBe(6);
  expect(stabilized(2, 2, earlier, { ...rulesOf({}), isRuled: true }, NOW).replicas).toBe(2);
});

const POLICY = { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] };

test.each<[string, number, number, Past[], object | undefined, number, string]>([
  ['at most the maximum', 50, 8, [], undefined, 10, 'TooManyReplicas'],
  ['at most the maximum, which is double', 50, 5, [], undefined, 10, 'TooManyReplicas'],
  ['at least the minimum, which is all that may go', 0, 2, [], { scaleDown: POLICY }, 1, 'TooFewReplicas'],
  [
    'at most double in fifteen seconds',
    9,
    3,
    [],
    { scaleUp: { policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] } },
    6,
    'ScaleUpLimit',
  ],
  ['or four more', 9, 1, [], { scaleUp: {} }, 5, 'ScaleUpLimit'],
  [
    'what was added a moment ago counts',
    9,
    5,
    [{ atMs: NOW - 5_000, replicas: 4 }],
    { scaleUp: {} },
    5,
    'ScaleUpLimit',
  ],
  ['without a behaviour up to four', 9, 1, [], undefined, 4, 'ScaleUpLimit'],
  ['without a behaviour at most double', 9, 3, [{ atMs: NOW - 5_000, replicas: 2 }], undefined, 6, 'ScaleUpLimit'],
  [
    'without a behaviour down to the minimum',
    1,
    9,
    [{ atMs: NOW - 5_000, replicas: -4 }],
    undefined,
    1,
    'DesiredWithinRange',
  ],
  ['at least the minimum', 0, 4, [], undefined, 1, 'TooFewReplicas'],
  [
    'one a minute down',
    1,
    4,
    [],
    { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } },
    3,
    'ScaleDownLimit',
  ],
  ['down is switched off', 1, 4, [], { scaleDown: { selectPolicy: 'Disabled' } }, 4, 'ScaleDownLimit'],
  ['within all bounds', 5, 4, [], undefined, 5, 'DesiredWithinRange'],
])('%s', (_, desired, current, changes, behavior, replicas, reason) => {
  const isRuled = behavior !== undefined;
  const bounds = { current, min: 1, max: 10, ...rulesOf(behavior), changes, nowMs: NOW, isRuled };
  expect(limited(desired, bounds)).toMatchObject({ replicas, note: { reason } });
});
