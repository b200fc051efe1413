import type { KubeObject, Manifest } from '../../api/object.ts';
import type { ControlPlane } from './control-plane.ts';

// What controllers said in a real cluster (Kubernetes 1.20.2), scenario by scenario: the events of each component in
// their order, and the conditions in the end. Where 1.36 says something else, its words stand here, with a note.

export interface GoldenHistory {
  readonly name: string;
  readonly objects: readonly Manifest<KubeObject>[];
  /** What is done next, and how long it is let run before, in seconds. */
  readonly steps: readonly (readonly [seconds: number, act?: (controlPlane: ControlPlane) => void])[];
  /** By component: `Kind name Reason: message`, `× n` for n in a row. */
  readonly events: Readonly<Record<string, readonly string[]>>;
  /** By object: `type=status reason`, in any order. */
  readonly conditions?: Readonly<Record<string, readonly string[]>>;
}

type Template = { readonly spec?: object; readonly annotations?: Readonly<Record<string, string>> };

function podTemplate(podSpec: object, labels: object | undefined, annotations: object = {}) {
  return { metadata: { labels, annotations }, spec: { containers: [{ name: 'c', image: 'nginx' }], ...podSpec } };
}

/** A manifest by its parts. */
export function object(apiVersion: string, kind: string, name: string, spec: object): Manifest<KubeObject> {
  return { apiVersion, kind, metadata: { name }, spec } as unknown as Manifest<KubeObject>;
}

/** A workload of one container whose Pods bear `app: x`. */
export function app(kind: string, name: string, spec: object = {}, podSpec: object = {}): Manifest<KubeObject> {
  const labels = { app: 'x' };
  return object('apps/v1', kind, name, {
    selector: { matchLabels: labels },
    template: podTemplate(podSpec, labels),
    ...spec,
  });
}

function jobSpec(spec: object = {}, { annotations = {} }: Template = {}): object {
  return { template: podTemplate({ restartPolicy: 'Never' }, undefined, annotations), ...spec };
}

function setImage(kind: string, name: string) {
  const change = { template: { spec: { containers: [{ name: 'c', image: 'nginx:2' }] } } };
  return (controlPlane: ControlPlane) => controlPlane.patch(kind, name, { spec: change });
}

function scale(kind: string, name: string, replicas: number) {
  return (controlPlane: ControlPlane) => controlPlane.patch(kind, name, { spec: { replicas } });
}

const CREATED = 'ReplicaSet web-<hash> SuccessfulCreate: Created pod: web-<hash>-<rand>';
const DELETED = 'ReplicaSet web-<hash> SuccessfulDelete: Deleted pod: web-<hash>-<rand>';
const scaled = (text: string) => `Deployment web ScalingReplicaSet: Scaled ${text}`;
const AVAILABLE = ['Available=True MinimumReplicasAvailable', 'Progressing=True NewReplicaSetAvailable'];
const DAEMON_CREATED = 'DaemonSet ds SuccessfulCreate: Created pod: ds-<rand>';
const DAEMON_DELETED = 'DaemonSet ds SuccessfulDelete: Deleted pod: ds-<rand>';
const NO_METRICS =
  'failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)';

/** The name is made up only after this check. */
const NO_ACCOUNT =
  'ReplicaSet web-<hash> FailedCreate: Error creating: pods "web-<hash>-" is forbidden: error looking up service account default/nope: serviceaccount "nope" not found';

const EVERY_MINUTE = { schedule: '*/1 * * * *' };
const cronJob = (name: string, spec: object, template: Template = {}) =>
  object('batch/v1', 'CronJob', name, { ...EVERY_MINUTE, ...spec, jobTemplate: { spec: jobSpec({}, template) } });
const NEVER_ENDS = { annotations: { 'oracle/exit': 'never' } };
const FAILS = { annotations: { 'oracle/exit': '1' } };

export const GOLDEN_HISTORIES: readonly GoldenHistory[] = [
  {
    name: 'a rollout, then a larger and a smaller size',
    objects: [app('Deployment', 'web', { replicas: 3 })],
    steps: [
      [5, setImage('Deployment', 'web')],
      [15, scale('Deployment', 'web', 5)],
      [5, scale('Deployment', 'web', 1)],
      [5],
    ],
    events: {
      // Since 1.26 the message says from which size, too.
      'deployment-controller': [
        scaled('up replica set web-<hash> from 0 to 3'),
        scaled('up replica set web-<hash> from 0 to 1'),
        scaled('down replica set web-<hash> from 3 to 2'),
        scaled('up replica set web-<hash> from 1 to 2'),
        scaled('down replica set web-<hash> from 2 to 1'),
        scaled('up replica set web-<hash> from 2 to 3'),
        scaled('down replica set web-<hash> from 1 to 0'),
        scaled('up replica set web-<hash> from 3 to 5'),
        scaled('down replica set web-<hash> from 5 to 1'),
      ],
      'replicaset-controller': [
        `${CREATED} × 4`,
        DELETED,
        CREATED,
        DELETED,
        CREATED,
        DELETED,
        `${CREATED} × 2`,
        `${DELETED} × 4`,
      ],
    },
    conditions: { 'Deployment web': AVAILABLE },
  },
  {
    name: 'Recreate ends all before it begins anew',
    objects: [app('Deployment', 'web', { replicas: 3, strategy: { type: 'Recreate' } })],
    steps: [[5, setImage('Deployment', 'web')], [10]],
    events: {
      'deployment-controller': [
        scaled('up replica set web-<hash> from 0 to 3'),
        scaled('down replica set web-<hash> from 3 to 0'),
        scaled('up replica set web-<hash> from 0 to 3'),
      ],
      'replicaset-controller': [`${CREATED} × 3`, `${DELETED} × 3`, `${CREATED} × 3`],
    },
    conditions: { 'Deployment web': AVAILABLE },
  },
  {
    name: 'a Deployment that is paused from the start, then resumed',
    objects: [app('Deployment', 'web', { replicas: 1, paused: true })],
    steps: [[5, (controlPlane) => controlPlane.patch('Deployment', 'web', { spec: { paused: false } })], [5]],
    events: {
      'deployment-controller': [scaled('up replica set web-<hash> from 0 to 1')],
      'replicaset-controller': [CREATED],
    },
    conditions: { 'Deployment web': AVAILABLE },
  },
  {
    name: 'a rollout that never gets anywhere',
    objects: [app('Deployment', 'web', { replicas: 1, progressDeadlineSeconds: 3 }, { nodeSelector: { no: 'where' } })],
    steps: [[8]],
    events: {
      'deployment-controller': [scaled('up replica set web-<hash> from 0 to 1')],
      'replicaset-controller': [CREATED],
    },
    conditions: {
      'Deployment web': ['Available=False MinimumReplicasUnavailable', 'Progressing=False ProgressDeadlineExceeded'],
    },
  },
  {
    name: 'a ServiceAccount that does not exist',
    objects: [app('Deployment', 'web', { replicas: 1 }, { serviceAccountName: 'nope' })],
    steps: [[4]],
    events: {
      'deployment-controller': [scaled('up replica set web-<hash> from 0 to 1')],
      'replicaset-controller': [NO_ACCOUNT],
    },
    conditions: {
      'Deployment web': [
        'Progressing=True NewReplicaSetCreated',
        'Available=False MinimumReplicasUnavailable',
        'ReplicaFailure=True FailedCreate',
      ],
    },
  },
  {
    name: 'a ReplicaSet by itself, made smaller',
    objects: [app('ReplicaSet', 'rs', { replicas: 2 })],
    steps: [[5, scale('ReplicaSet', 'rs', 1)], [5]],
    events: {
      'replicaset-controller': [
        'ReplicaSet rs SuccessfulCreate: Created pod: rs-<rand> × 2',
        'ReplicaSet rs SuccessfulDelete: Deleted pod: rs-<rand>',
      ],
    },
  },
  {
    name: 'a StatefulSet comes up in order, and goes in reverse order',
    objects: [app('StatefulSet', 'sts', { replicas: 2, serviceName: 's' })],
    steps: [[8, scale('StatefulSet', 'sts', 0)], [8]],
    events: {
      'statefulset-controller': [
        'StatefulSet sts SuccessfulCreate: create Pod sts-0 in StatefulSet sts successful',
        'StatefulSet sts SuccessfulCreate: create Pod sts-1 in StatefulSet sts successful',
        'StatefulSet sts SuccessfulDelete: delete Pod sts-1 in StatefulSet sts successful',
        'StatefulSet sts SuccessfulDelete: delete Pod sts-0 in StatefulSet sts successful',
      ],
    },
  },
  {
    name: 'a StatefulSet that waits for its claim',
    objects: [
      app('StatefulSet', 'sts', {
        replicas: 2,
        serviceName: 's',
        volumeClaimTemplates: [
          {
            metadata: { name: 'data' },
            spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
          },
        ],
      }),
    ],
    steps: [[5]],
    events: {
      'statefulset-controller': [
        'StatefulSet sts SuccessfulCreate: create Claim data-sts-0 Pod sts-0 in StatefulSet sts success',
        'StatefulSet sts SuccessfulCreate: create Pod sts-0 in StatefulSet sts successful',
      ],
    },
  },
  {
    name: 'a DaemonSet on three nodes, updated one by one',
    objects: [app('DaemonSet', 'ds')],
    steps: [[5, setImage('DaemonSet', 'ds')], [20]],
    events: {
      'daemonset-controller': [
        `${DAEMON_CREATED} × 3`,
        DAEMON_DELETED,
        DAEMON_CREATED,
        DAEMON_DELETED,
        DAEMON_CREATED,
        DAEMON_DELETED,
        DAEMON_CREATED,
      ],
    },
  },
  {
    name: 'a Job that completes',
    objects: [object('batch/v1', 'Job', 'job', jobSpec({ completions: 3, parallelism: 2 }))],
    steps: [[20]],
    events: {
      'job-controller': ['Job job SuccessfulCreate: Created pod: job-<rand> × 3', 'Job job Completed: Job completed'],
    },
    // 1.31 added the criteria that were met, and 1.30 a reason.
    conditions: { 'Job job': ['SuccessCriteriaMet=True CompletionsReached', 'Complete=True CompletionsReached'] },
  },
  {
    name: 'a Job without parallelism',
    objects: [object('batch/v1', 'Job', 'jn', jobSpec({ parallelism: 0 }))],
    steps: [[10]],
    events: {},
  },
  {
    name: 'a Job that takes too long',
    objects: [object('batch/v1', 'Job', 'jd', jobSpec({ activeDeadlineSeconds: 3 }, NEVER_ENDS))],
    steps: [[15]],
    events: {
      'job-controller': [
        'Job jd SuccessfulCreate: Created pod: jd-<rand>',
        'Job jd SuccessfulDelete: Deleted pod: jd-<rand>',
        'Job jd DeadlineExceeded: Job was active longer than specified deadline',
      ],
    },
    conditions: { 'Job jd': ['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded'] },
  },
  {
    name: 'a Job that fails too often',
    objects: [object('batch/v1', 'Job', 'jf', jobSpec({ backoffLimit: 1 }, FAILS))],
    steps: [[40]],
    events: {
      'job-controller': [
        'Job jf SuccessfulCreate: Created pod: jf-<rand> × 2',
        'Job jf BackoffLimitExceeded: Job has reached the specified backoff limit',
      ],
    },
    conditions: { 'Job jf': ['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded'] },
  },
  {
    name: 'a CronJob that runs twice',
    objects: [cronJob('cj', {})],
    steps: [[125]],
    events: {
      // The word before the condition changed with 1.31.
      'cronjob-controller': [
        'CronJob cj SuccessfulCreate: Created job cj-<unix>',
        'CronJob cj SawCompletedJob: Saw completed job: cj-<unix>, condition: Complete',
        'CronJob cj SuccessfulCreate: Created job cj-<unix>',
        'CronJob cj SawCompletedJob: Saw completed job: cj-<unix>, condition: Complete',
      ],
    },
  },
  {
    name: 'a CronJob that forbids two at a time',
    // 1.20 said nothing of the one it left out; since 1.21 JobAlreadyActive tells of it.
    objects: [cronJob('cjf', { concurrencyPolicy: 'Forbid' }, NEVER_ENDS)],
    steps: [[125]],
    events: {
      'cronjob-controller': [
        'CronJob cjf SuccessfulCreate: Created job cjf-<unix>',
        'CronJob cjf JobAlreadyActive: Not starting job because prior execution is running and concurrency policy is Forbid',
      ],
    },
  },
  {
    name: 'a CronJob that replaces',
    objects: [cronJob('cjr', { concurrencyPolicy: 'Replace' }, NEVER_ENDS)],
    steps: [[125]],
    events: {
      'cronjob-controller': [
        'CronJob cjr SuccessfulCreate: Created job cjr-<unix>',
        'CronJob cjr SuccessfulDelete: Deleted job cjr-<unix>',
        'CronJob cjr SuccessfulCreate: Created job cjr-<unix>',
      ],
    },
  },
  {
    name: 'an autoscaler without a target',
    objects: [autoscaler()],
    steps: [[35]],
    // 1.20 named the subresource: deployments/scale.apps "web" not found.
    events: {
      'horizontal-pod-autoscaler': ['HorizontalPodAutoscaler hpa FailedGetScale: deployments.apps "web" not found'],
    },
  },
  {
    name: 'an autoscaler without metrics',
    // 1.20 did not say in the summary which metric it was.
    objects: [app('Deployment', 'web', { replicas: 1 }), autoscaler()],
    steps: [[35]],
    events: {
      'horizontal-pod-autoscaler': [
        `HorizontalPodAutoscaler hpa FailedGetResourceMetric: ${NO_METRICS}`,
        `HorizontalPodAutoscaler hpa FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: ${NO_METRICS}`,
      ],
    },
  },
  {
    name: 'a disruption budget before its Pods',
    objects: [
      object('policy/v1', 'PodDisruptionBudget', 'b', {
        minAvailable: 1,
        selector: { matchLabels: { app: 'x' } },
      }),
    ],
    steps: [[1]],
    events: { controllermanager: ['PodDisruptionBudget b NoPods: No matching pods found'] },
  },
  {
    name: 'a Pod on a node that is tainted NoExecute',
    objects: [object('v1', 'Pod', 'p', { nodeName: 'node-1', containers: [{ name: 'c', image: 'nginx' }] })],
    steps: [
      [
        3,
        (controlPlane) =>
          controlPlane.patch('Node', 'node-1', { spec: { taints: [{ key: 'k', effect: 'NoExecute' }] } }),
      ],
      [3],
    ],
    // The part of the node controller that evicts is a controller of its own since 1.29, and bears its name.
    events: { 'taint-eviction-controller': ['Pod p TaintManagerEviction: Marking for deletion Pod default/p'] },
  },
];

function autoscaler(): Manifest<KubeObject> {
  const resource = { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } };
  return object('autoscaling/v2', 'HorizontalPodAutoscaler', 'hpa', {
    minReplicas: 1,
    maxReplicas: 3,
    metrics: [{ type: 'Resource', resource }],
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
  });
}
