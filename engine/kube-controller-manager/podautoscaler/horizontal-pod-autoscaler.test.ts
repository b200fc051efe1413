import { expect, test } from 'vitest';
import type { Deployment, HorizontalPodAutoscaler } from '../../api/kinds.ts';
import { deployments, horizontalPodAutoscalers } from '../../api/resources.ts';
import type { Transport } from '../../client/transport.ts';
import { startScheduler } from '../../kube-scheduler/index.ts';
import { startControllerManager } from '../index.ts';
import { ControlPlane } from '../testing/control-plane.ts';

/** @param milliCpu what each Pod uses; undefined: nobody serves metrics. */
function setUp(milliCpu?: () => number): ControlPlane {
  const controlPlane = new ControlPlane('autoscaler');
  const { sim } = controlPlane;
  const transport: Transport = (request) => {
    if (milliCpu === undefined || !request.path.startsWith('/apis/metrics.k8s.io/'))
      return controlPlane.transport(request);
    const items = controlPlane.pods().map(({ metadata }) => ({
      metadata: { name: metadata.name },
      timestamp: new Date(sim.wallMs).toISOString(),
      window: '15s',
      containers: [{ name: 'c', usage: { cpu: `${milliCpu()}m`, memory: '10Mi' } }],
    }));
    return { status: 200, headers: {}, body: { kind: 'PodMetricsList', items } };
  };
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

function web(replicas: number): Deployment {
  const containers = [{ name: 'c', image: 'nginx', resources: { requests: { cpu: '100m' } } }];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'x' } },
      template: { metadata: { labels: { app: 'x' } }, spec: { containers } },
    },
  } as unknown as Deployment;
}

function autoscaler(spec: object = {}): HorizontalPodAutoscaler {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 8,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
      ],
      ...spec,
    },
  } as unknown as HorizontalPodAutoscaler;
}

function status({ client }: ControlPlane): NonNullable<HorizontalPodAutoscaler['status']> {
  return client.resource(horizontalPodAutoscalers).get('web', 'default').status!;
}

function conditions(controlPlane: ControlPlane): string[] {
  return (status(controlPlane).conditions ?? []).map(({ type, status: is, reason }) => `${type}=${is} ${reason}`);
}

function replicas({ client }: ControlPlane): number | undefined {
  return client.resource(deployments).get('web', 'default').spec.replicas;
}

test('under load it grows, and shrinks again five minutes after the load has gone', () => {
  let milli = 20;
  const controlPlane = setUp(() => milli);
  const { sim } = controlPlane;
  controlPlane.apply<Deployment>(web(2));
  controlPlane.apply<HorizontalPodAutoscaler>(autoscaler());
  sim.runFor(360_000);
  expect(replicas(controlPlane)).toBe(1);
  milli = 150;
  sim.runFor(20_000);
  expect(replicas(controlPlane)).toBe(3);
  expect(controlPlane.eventsOf('HorizontalPodAutoscaler')).toContain(
    'SuccessfulRescale: New size: 3; reason: cpu resource utilization (percentage of request) above target',
  );
  sim.runFor(400_000);
  expect(replicas(controlPlane)).toBe(8);
  expect(conditions(controlPlane)).toContain('ScalingLimited=True TooManyReplicas');
  expect(status(controlPlane)).toMatchObject({
    currentReplicas: 8,
    desiredReplicas: 8,
    currentMetrics: [
      { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 150, averageValue: '150m' } } },
    ],
  });
  milli = 10;
  sim.runFor(240_000);
  expect(replicas(controlPlane)).toBe(8);
  expect(conditions(controlPlane)).toContain('AbleToScale=True ScaleDownStabilized');
  sim.runFor(120_000);
  expect(replicas(controlPlane)).toBe(2);
  expect(controlPlane.eventsOf('HorizontalPodAutoscaler').at(-1)).toBe(
    'SuccessfulRescale: New size: 2; reason: All metrics below target',
  );
});

test('two autoscalers of the same Pods hold still and say why', () => {
  const controlPlane = setUp(() => 150);
  controlPlane.apply<Deployment>(web(2));
  controlPlane.apply<HorizontalPodAutoscaler>(autoscaler());
  const other = autoscaler({ maxReplicas: 4 });
  controlPlane.apply<HorizontalPodAutoscaler>({ ...other, metadata: { ...other.metadata, name: 'rival' } });
  controlPlane.sim.runFor(60_000);
  const before = replicas(controlPlane);
  controlPlane.sim.runFor(600_000);
  expect(replicas(controlPlane)).toBe(before);
  const message = 'pods by selector app=x are controlled by multiple HPAs: [default/rival default/web]';
  expect(status(controlPlane).conditions).toContainEqual(
    expect.objectContaining({ type: 'ScalingActive', status: 'False', reason: 'AmbiguousSelector', message }),
  );
  const events = controlPlane.eventsOf('HorizontalPodAutoscaler');
  expect(events).toContain(`AmbiguousSelector: ${message}`);
  expect(events).toContain(`FailedComputeMetricsReplicas: ${message}`);
  controlPlane.client.resource(horizontalPodAutoscalers).delete('rival', 'default');
  controlPlane.sim.runFor(60_000);
  expect(conditions(controlPlane)).toContain('ScalingActive=True ValidMetricFound');
});

test('with several metrics the one that asks for most wins', () => {
  const controlPlane = setUp(() => 50);
  controlPlane.apply<Deployment>(web(2));
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } };
  const memory = {
    type: 'Resource',
    resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '5Mi' } },
  };
  controlPlane.apply<HorizontalPodAutoscaler>(autoscaler({ metrics: [cpu, memory] }));
  controlPlane.sim.runFor(320_000);
  expect(replicas(controlPlane)).toBe(8);
  // At first the CPU figures are those of starting Pods, and memory decides alone.
  const rescales = controlPlane.eventsOf('HorizontalPodAutoscaler').filter((event) => event.startsWith('Successful'));
  expect(rescales[0]).toMatch(/reason: memory resource above target$/);
});

test('without a metrics API it says so in events and conditions, and does nothing', () => {
  const controlPlane = setUp();
  controlPlane.apply<Deployment>(web(1));
  controlPlane.apply<HorizontalPodAutoscaler>(autoscaler());
  controlPlane.sim.runFor(40_000);
  const why =
    'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';
  expect(controlPlane.eventsOf('HorizontalPodAutoscaler')).toEqual([
    `FailedGetResourceMetric: ${why}`,
    `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${why}`,
  ]);
  expect(conditions(controlPlane)).toEqual([
    'AbleToScale=True SucceededGetScale',
    'ScalingActive=False FailedGetResourceMetric',
  ]);
  expect(replicas(controlPlane)).toBe(1);
});

test('a target that does not exist is told of at every turn', () => {
  const controlPlane = setUp();
  controlPlane.apply<HorizontalPodAutoscaler>(autoscaler());
  controlPlane.sim.runFor(40_000);
  expect(controlPlane.eventsOf('HorizontalPodAutoscaler')).toEqual([
    'FailedGetScale: deployments.apps "web" not found',
  ]);
  expect(conditions(controlPlane)).toEqual(['AbleToScale=False FailedGetScale']);
});

test('a target scaled to zero by hand is left there; bounds hold without any metric', () => {
  const controlPlane = setUp(() => 50);
  const { client, sim } = controlPlane;
  controlPlane.apply<Deployment>(web(12));
  controlPlane.apply<HorizontalPodAutoscaler>(autoscaler());
  sim.runFor(16_000);
  expect(replicas(controlPlane)).toBe(8);
  expect(controlPlane.eventsOf('HorizontalPodAutoscaler')[0]).toBe(
    'SuccessfulRescale: New size: 8; reason: Current number of replicas above Spec.MaxReplicas',
  );
  client.resource(deployments).patch('web', 'default', 'merge', { spec: { replicas: 0 } });
  sim.runFor(60_000);
  expect(replicas(controlPlane)).toBe(0);
  expect(conditions(controlPlane)).toContain('ScalingActive=False ScalingDisabled');
  // `json:"currentMetrics"` without `omitempty`: none are null.
  expect(client.resource(horizontalPodAutoscalers).get('web', 'default').status?.currentMetrics).toBeNull();
});
