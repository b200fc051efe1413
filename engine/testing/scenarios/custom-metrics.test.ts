import { expect, test } from 'vitest';
import type { HorizontalPodAutoscaler } from '../../api/kinds.ts';
import { Testbed } from './testbed.ts';

// Autoscaling by what applications say of themselves, with an adapter that a learner installs.
// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale-walkthrough/#autoscaling-on-multiple-metrics-and-custom-metrics

const ADAPTER = 'https://github.com/drydock/custom-metrics-adapter/releases/latest/download/components.yaml';

/** Pods that show whatever the ConfigMap says at `/metrics`. */
function app(page: string): string {
  return `apiVersion: v1
kind: ConfigMap
metadata: {name: page}
data: {metrics: ${JSON.stringify(page)}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata:
      labels: {app: web}
      annotations: {prometheus.io/scrape: "true"}
    spec:
      containers:
      - name: nginx
        image: nginx:1.29
        ports: [{containerPort: 80}]
        volumeMounts: [{name: page, mountPath: /usr/share/nginx/html}]
      volumes: [{name: page, configMap: {name: page}}]
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80}]}
`;
}

function autoscaler(metrics: readonly object[], more: object = {}): string {
  return JSON.stringify({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      minReplicas: 1,
      maxReplicas: 10,
      metrics,
      ...more,
    },
  });
}

const JOBS = { type: 'Pods', pods: { metric: { name: 'jobs' }, target: { type: 'AverageValue', averageValue: '4' } } };
const QUEUE = {
  type: 'External',
  external: {
    metric: { name: 'queue_messages_ready', selector: { matchLabels: { queue: 'orders' } } },
    target: { type: 'AverageValue', averageValue: '10' },
  },
};
const hits = (value: string) => ({
  type: 'Object',
  object: {
    metric: { name: 'hits' },
    describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'main' },
    target: { type: 'Value', value },
  },
});

function install(bed: Testbed): void {
  bed.kubectl('apply', '-f', ADAPTER);
  bed.until('the adapter serves', () =>
    ['v1beta1.custom.metrics.k8s.io', 'v1beta2.custom.metrics.k8s.io', 'v1beta1.external.metrics.k8s.io'].every(
      (name) => bed.kubectl('get', 'apiservice', name).includes('True'),
    ),
  );
}

const raw = (bed: Testbed, path: string) => JSON.parse(bed.kubectl('get', '--raw', `/apis/${path}`));
const replicas = (bed: Testbed) => bed.kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.spec.replicas}');

function condition(bed: Testbed, type: string) {
  const { status } = bed.get<HorizontalPodAutoscaler>('hpa', 'web');
  const found = status?.conditions?.find((each) => each.type === type);
  return `${found?.status} ${found?.reason}: ${found?.message}`;
}

test('the adapter serves what annotated Pods show, in the namespace, for each Pod, and for what labels name', () => {
  const bed = new Testbed({ workers: [{}] });
  install(bed);
  bed.apply(app('jobs{kind="a"} 3\njobs{kind="b"} 5\nhits{ingress="main"} 20\n'));
  bed.kubectl('rollout', 'status', 'deployment/web');
  // A round of the adapter's, and one of the API server's.
  bed.pass(22);
  expect(raw(bed, 'custom.metrics.k8s.io/v1beta2').resources.map(({ name }: { name: string }) => name)).toEqual(
    expect.arrayContaining(['namespaces/jobs', 'pods/jobs', 'services/jobs', 'ingresses.networking.k8s.io/hits']),
  );
  expect(bed.kubectl('get', '--raw', '/apis')).toContain('custom.metrics.k8s.io/v1beta2');
  expect(bed.kubectl('api-resources')).not.toContain('custom.metrics.k8s.io');
  const base = 'custom.metrics.k8s.io/v1beta2/namespaces/default';
  const pods = raw(bed, `${base}/pods/*/jobs?labelSelector=app%3Dweb`);
  expect(pods).toMatchObject({ kind: 'MetricValueList', apiVersion: 'custom.metrics.k8s.io/v1beta2' });
  expect(pods.items).toHaveLength(2);
  expect(pods.items[0]).toMatchObject({
    describedObject: { kind: 'Pod', namespace: 'default', name: expect.stringMatching(/^web-/), apiVersion: '/v1' },
    metric: { name: 'jobs', selector: null },
    value: '8',
  });
  const value = (path: string) => raw(bed, path).items[0].value;
  expect(value(`${base}/pods/*/jobs?metricLabelSelector=kind%3Db`)).toBe('5');
  expect(value(`${base}/services/web/jobs`)).toBe('16');
  expect(value(`${base}/metrics/jobs`)).toBe('16');
  expect(value(`${base}/ingresses.networking.k8s.io/main/hits`)).toBe('40');
  expect(raw(bed, 'custom.metrics.k8s.io/v1beta1/namespaces/default/pods/*/jobs').items[0]).toMatchObject({
    metricName: 'jobs',
    value: '8',
  });
  expect(bed.kubectlAnyway('get', '--raw', `/apis/${base}/pods/*/none`).stderr).toBe(
    'Error from server (NotFound): the server could not find the metric none for pods\n',
  );
  expect(bed.kubectlAnyway('get', '--raw', `/apis/${base}/pods/*/jobs`, '--as=jane').stderr).toContain('Forbidden');
});

test('several metrics, and the one that asks for most wins; what the queue says comes from a ConfigMap', () => {
  const bed = new Testbed({ workers: [{}] });
  install(bed);
  bed.apply(app('jobs 8\nhits{ingress="main"} 10\n'));
  bed.kubectl(
    '-n',
    'custom-metrics',
    'patch',
    'configmap',
    'external-metrics',
    '-p',
    '{"data":{"metrics":"queue_messages_ready{queue=\\"orders\\"} 35\\nqueue_messages_ready{queue=\\"mail\\"} 900\\n"}}',
  );
  bed.kubectl('rollout', 'status', 'deployment/web');
  bed.pass(16);
  // Two Pods show 20 hits: on target; 35 messages: 4 Pods; 8 jobs in each: twice as many as wanted.
  bed.apply(autoscaler([hits('20'), QUEUE, JOBS]));
  bed.until('it has grown', () => replicas(bed) === '4', 60);
  expect(bed.eventsOf('web')).toContain(
    'SuccessfulRescale: New size: 4; reason: external metric queue_messages_ready(&LabelSelector{MatchLabels:map[string]string{queue: orders,},MatchExpressions:[]LabelSelectorRequirement{},}) above target',
  );
  expect(bed.kubectl('get', 'hpa', 'web')).toMatch(
    /Deployment\/web +20\/20, 17500m\/10 \(avg\) \+ 1 more\.\.\. +1 +10 +/,
  );
  expect(bed.kubectl('describe', 'hpa', 'web')).toMatch(
    /"hits" on Ingress\/main \(target value\): +20 \/ 20\n +"queue_messages_ready" \(target average value\): +17500m \/ 10\n +"jobs" on pods: +8 \/ 4\n/,
  );
});

test('Pods that count their requests are scaled by the rate of these', () => {
  const bed = new Testbed({ workers: [{}] });
  install(bed);
  bed.kubectl('create', 'deployment', 'web', '--image=luxas/autoscale-demo:v0.1.2', '--port=8080');
  bed.kubectl(
    'patch',
    'deployment',
    'web',
    '-p',
    '{"spec":{"template":{"metadata":{"annotations":{"prometheus.io/scrape":"true"}}}}}',
  );
  bed.kubectl('rollout', 'status', 'deployment/web');
  bed.kubectl('expose', 'deployment', 'web');
  const rate = {
    type: 'Pods',
    pods: { metric: { name: 'http_requests' }, target: { type: 'AverageValue', averageValue: '500m' } },
  };
  bed.apply(autoscaler([rate]));
  bed.kubectl(
    'run',
    'load',
    '--image=busybox:1.37',
    '--',
    'sh',
    '-c',
    'while true; do wget -qO- http://web:8080 > /dev/null; sleep 0.5; done',
  );
  bed.until('it has grown', () => Number(replicas(bed)) > 1, 120);
  expect(bed.eventsOf('web').join('\n')).toMatch(
    /SuccessfulRescale: New size: [234]; reason: pods metric http_requests above target/,
  );
});

test('while the adapter is away nothing shrinks, and events and conditions say why', () => {
  const bed = new Testbed({ workers: [{}] });
  bed.apply(app('jobs 1\n'));
  bed.apply(autoscaler([JOBS, QUEUE, hits('20')]));
  bed.pass(40);
  const missing =
    'unable to get metric jobs: unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered';
  expect(condition(bed, 'ScalingActive')).toBe(
    `False FailedGetPodsMetric: the HPA was unable to compute the replica count: ${missing}`,
  );
  const events = bed.eventsOf('web');
  expect(events).toContain(`FailedGetPodsMetric: ${missing}`);
  expect(events).toContain(
    `FailedComputeMetricsReplicas: invalid metrics (3 invalid out of 3), first error is: failed to get pods metric value: ${missing}`,
  );
  expect(events).toContain(
    'FailedGetExternalMetric: unable to get external metric default/queue_messages_ready/&LabelSelector{MatchLabels:map[string]string{queue: orders,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get queue_messages_ready.external.metrics.k8s.io)',
  );
  expect(bed.kubectl('get', 'hpa', 'web')).toMatch(/<unknown>\/4, <unknown>\/10 \(avg\) \+ 1 more\.\.\. +1 +10 +2 /);

  install(bed);
  // A queue that nobody knows, and an Ingress without figures: those two fail, and nothing may shrink.
  bed.until('one metric is known', () => bed.kubectl('get', 'hpa', 'web').includes('1/4'), 60);
  bed.pass(320);
  expect(replicas(bed)).toBe('2');
  expect(bed.eventsOf('web').join('\n')).toContain(
    'FailedGetObjectMetric: unable to get metric hits: Ingress on default main/unable to fetch metrics from custom metrics API: the server could not find the metric hits for ingresses.networking.k8s.io main',
  );

  bed.kubectl('-n', 'custom-metrics', 'scale', 'deployment', 'custom-metrics-adapter', '--replicas=0');
  bed.pass(60);
  expect(condition(bed, 'ScalingActive')).toContain(
    'the server is currently unable to handle the request (get pods.custom.metrics.k8s.io *)',
  );
  expect(bed.kubectlAnyway('get', '--raw', '/apis/custom.metrics.k8s.io/v1beta2').stderr).toBe(
    'Error from server (ServiceUnavailable): the server is currently unable to handle the request\n',
  );
});
