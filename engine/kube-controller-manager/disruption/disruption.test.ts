import { expect, test } from 'vitest';
import type { Deployment, Job, Pod, PodDisruptionBudget } from '../../api/kinds.ts';
import { podDisruptionBudgets, pods } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { timestamp } from '../../api/timestamp.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';
import { readySince, storedPod } from '../testing/objects.ts';
import { budgetStatus, demandOf, evictionsOf } from './budget-status.ts';

const NOW = Date.parse('2026-01-12T09:10:00Z');
const READY = readySince('2026-01-12T09:00:00Z');

function budget(spec: PodDisruptionBudget['spec'], status?: PodDisruptionBudget['status']): PodDisruptionBudget {
  const metadata = { ...storedPod('b').metadata, name: 'b', generation: 2 };
  return { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec, status };
}

test.each([
  [{ minAvailable: 2 }, 5, { expectedPods: 3, desiredHealthy: 2 }],
  [{ minAvailable: '50%' }, 5, { expectedPods: 5, desiredHealthy: 3 }],
  [{ maxUnavailable: 1 }, 5, { expectedPods: 5, desiredHealthy: 4 }],
  [{ maxUnavailable: '30%' }, 5, { expectedPods: 5, desiredHealthy: 3 }],
  [{ maxUnavailable: 9 }, 5, { expectedPods: 5, desiredHealthy: 0 }],
  [{ maxUnavailable: '0%' }, 5, { expectedPods: 5, desiredHealthy: 5 }],
  [{}, 5, { expectedPods: 0, desiredHealthy: 0 }],
] as const)('%j of three Pods, %i wanted', (spec, scaled, expected) => {
  expect(demandOf(budget(spec), 3, () => scaled)).toEqual(expected);
});

test('an eviction under way counts as a Pod gone, and is forgotten after two minutes', () => {
  const three = ['a', 'b', 'c'].map((name) => storedPod(name, {}, READY));
  const disruptedPods = { a: '2026-01-12T09:09:00Z', b: '2026-01-12T09:05:00Z', gone: '2026-01-12T09:09:00Z' };
  const account = budget({ minAvailable: 1 }, { disruptedPods } as unknown as PodDisruptionBudget['status']);
  const evictions = evictionsOf(account, three, NOW);
  expect(evictions).toEqual({ underWay: { a: '2026-01-12T09:09:00Z' }, overdue: ['b'] });
  expect(budgetStatus(account, three, { expectedPods: 3, desiredHealthy: 1 }, evictions, NOW)).toMatchObject({
    currentHealthy: 2,
    disruptionsAllowed: 1,
    observedGeneration: 2,
    conditions: [{ type: 'DisruptionAllowed', status: 'True', reason: 'SufficientPods' }],
  });
});

function setUp(): ControlPlane {
  const controlPlane = new ControlPlane('disruption');
  const { sim, transport } = controlPlane;
  startControllerManager({ sim, transport, leaderElect: false });
  startScheduler({ sim, transport, leaderElect: false });
  for (const name of ['node-1', 'node-2']) {
    controlPlane.createNode(name);
    controlPlane.startHeartbeat(name);
  }
  controlPlane.startKubelets();
  sim.runFor(1_000);
  return controlPlane;
}

function apply(controlPlane: ControlPlane, spec: PodDisruptionBudget['spec']): void {
  const selector = { matchLabels: { app: 'x' } };
  controlPlane.apply<PodDisruptionBudget>({
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'b' },
    spec: { selector, ...spec },
  });
}

function web(replicas: number): Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx' }] } },
    },
  } as unknown as Deployment;
}

function status({ client }: ControlPlane): NonNullable<PodDisruptionBudget['status']> {
  return client.resource(podDisruptionBudgets).get('b', 'default').status!;
}

function evict({ client }: ControlPlane, name: string): unknown {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace: 'default' } };
  return client.resource(pods).createSubresource(name, 'default', 'eviction', eviction);
}

/** What the server says the cause of its refusal is. */
function causesOf(request: () => unknown): readonly (string | undefined)[] {
  try {
    request();
  } catch (error) {
    if (error instanceof StatusError) return (error.status.details?.causes ?? []).map(({ message }) => message);
    throw error;
  }
  return [];
}

test('evictions are granted one by one as far as the budget goes, and again when replacements are ready', () => {
  const controlPlane = setUp();
  const { sim } = controlPlane;
  apply(controlPlane, { maxUnavailable: 1 });
  sim.runFor(1_000);
  expect(controlPlane.eventsOf('PodDisruptionBudget')).toEqual(['NoPods: No matching pods found']);
  controlPlane.apply<Deployment>(web(3));
  sim.runFor(10_000);
  expect(status(controlPlane)).toMatchObject({
    expectedPods: 3,
    desiredHealthy: 2,
    currentHealthy: 3,
    disruptionsAllowed: 1,
  });
  const [first, second] = controlPlane.pods().map(({ metadata }) => metadata.name);
  evict(controlPlane, first!);
  const going = controlPlane.client.resource(pods).get(first!, 'default');
  expect(going.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'EvictionByEvictionAPI',
  });
  expect(() => evict(controlPlane, second!)).toThrow(
    "Cannot evict pod as it would violate the pod's disruption budget.",
  );
  sim.runFor(10_000);
  expect(status(controlPlane).disruptedPods).toBeUndefined();
  expect(status(controlPlane).disruptionsAllowed).toBe(1);
  evict(controlPlane, second!);
});

test('Pods that nobody controls are told of; with a fixed number they are no trouble', () => {
  const controlPlane = setUp();
  controlPlane.apply<Pod>({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', labels: { app: 'x' } },
    spec: { containers: [{ name: 'c', image: 'nginx' }] },
  });
  controlPlane.sim.runFor(5_000);
  apply(controlPlane, { maxUnavailable: 1 });
  controlPlane.sim.runFor(5_000);
  // 1.20 refused to reckon (NoControllerRef); since 1.22 the Pods without a controller are left out and told of.
  expect(status(controlPlane)).toMatchObject({ expectedPods: 0, disruptionsAllowed: 0, currentHealthy: 1 });
  expect(controlPlane.eventsOf('PodDisruptionBudget')[0]).toMatch(
    /^UnmanagedPods: .*\(selector: &LabelSelector\{MatchLabels:map\[string\]string\{app: x,\},MatchExpressions/,
  );
});

test('controllers that have no scale make the budget refuse everything', () => {
  const controlPlane = setUp();
  const template = {
    metadata: { labels: { app: 'x' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
  };
  controlPlane.apply<Job>({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { template },
  } as unknown as Job);
  apply(controlPlane, { maxUnavailable: 1 });
  controlPlane.sim.runFor(5_000);
  const message = 'jobs.batch does not implement the scale subresource';
  expect(status(controlPlane)).toMatchObject({
    disruptionsAllowed: 0,
    conditions: [{ type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message }],
  });
  expect(controlPlane.eventsOf('PodDisruptionBudget')).toContain(
    `CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: ${message}`,
  );
});

test('an announced disruption that never comes is taken back after two minutes, unless a kubelet has announced it', () => {
  const controlPlane = setUp();
  const { sim, client } = controlPlane;
  const announce = (name: string, reason: string): void => {
    const containers = [{ name: 'c', image: 'nginx' }];
    controlPlane.apply<Pod>({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers } });
    sim.runFor(5_000);
    const condition = { type: 'DisruptionTarget', status: 'True', reason, lastTransitionTime: timestamp(sim.wallMs) };
    const status = { conditions: [condition] };
    client.resource(pods).patch(name, 'default', 'strategic-merge', { status }, { subresource: 'status' });
  };
  const told = (name: string) =>
    client
      .resource(pods)
      .get(name, 'default')
      .status?.conditions?.find(({ type }) => type === 'DisruptionTarget');
  announce('spared', 'PreemptionByScheduler');
  announce('pressed', 'TerminationByKubelet');
  sim.runFor(110_000);
  expect(told('spared')?.status).toBe('True');
  sim.runFor(10_000);
  expect(told('spared')).toMatchObject({ status: 'False' });
  expect(told('spared')).not.toHaveProperty('reason');
  expect(told('pressed')?.status).toBe('True');
});

test('a budget that cannot be reckoned keeps the counts and the generation that were last right', () => {
  const controlPlane = setUp();
  const { sim } = controlPlane;
  apply(controlPlane, { maxUnavailable: 1 });
  controlPlane.apply<Deployment>(web(2));
  sim.runFor(10_000);
  expect(status(controlPlane)).toMatchObject({ observedGeneration: 1, disruptionsAllowed: 1 });
  const template = {
    metadata: { labels: { app: 'x' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'nginx' }] },
  };
  controlPlane.apply<Job>({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { template },
  } as unknown as Job);
  sim.runFor(5_000);
  const why = 'jobs.batch does not implement the scale subresource';
  const cause = `The disruption budget b does not allow evicting pods currently because it failed sync: ${why}`;
  expect(causesOf(() => evict(controlPlane, controlPlane.pods()[0]!.metadata.name))).toEqual([cause]);
  controlPlane.patch('PodDisruptionBudget', 'b', { spec: { maxUnavailable: 2 } });
  sim.runFor(5_000);
  expect(status(controlPlane)).toMatchObject({
    observedGeneration: 1,
    expectedPods: 2,
    disruptionsAllowed: 0,
    conditions: [{ reason: 'SyncFailed', observedGeneration: 1 }],
  });
});
