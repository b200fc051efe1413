import type { KubeObject, Manifest } from '../../api/object.ts';
import type { ControlPlane } from './control-plane.ts';
import { app, type GoldenHistory, object } from './golden-histories.ts';

// More of what controllers said in a real cluster (Kubernetes 1.20.2): about quotas, nodes, volumes and budgets.

const NODES = ['node-1', 'node-2', 'node-3'];
const TAINT = { key: 'k', value: 'v', effect: 'NoSchedule' };
const QUOTA_SPENT = 'is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1';

const claim = (storageClassName: string) =>
  object('v1', 'PersistentVolumeClaim', 'c', {
    storageClassName,
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
  });

const storageClass = (name: string, fields: object): Manifest<KubeObject> => {
  return { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name }, ...fields };
};

/** One object after another, with time between them for all to hear. */
const inTurn =
  (...objects: readonly Manifest<KubeObject>[]) =>
  (controlPlane: ControlPlane): void => {
    for (const each of objects) {
      controlPlane.apply(each);
      controlPlane.sim.runFor(1_000);
    }
  };

/** On nodes that are all tainted. */
const daemonSet =
  (podSpec: object) =>
  (controlPlane: ControlPlane): void => {
    for (const name of NODES) controlPlane.patch('Node', name, { spec: { taints: [TAINT] } });
    controlPlane.sim.runFor(1_000);
    controlPlane.apply(app('DaemonSet', 'ds', {}, podSpec));
  };

export const GOLDEN_CLUSTER_HISTORIES: readonly GoldenHistory[] = [
  {
    name: 'a Deployment that a quota leaves one Pod',
    objects: [],
    steps: [
      [
        0,
        inTurn(object('v1', 'ResourceQuota', 'q', { hard: { pods: '1' } }), app('Deployment', 'web', { replicas: 3 })),
      ],
      [3],
    ],
    events: {
      'deployment-controller': ['Deployment web ScalingReplicaSet: Scaled up replica set web-<hash> from 0 to 3'],
      'replicaset-controller': [
        'ReplicaSet web-<hash> SuccessfulCreate: Created pod: web-<hash>-<rand>',
        `ReplicaSet web-<hash> FailedCreate: Error creating: pods "web-<hash>-<rand>" ${QUOTA_SPENT} × 9`,
        `ReplicaSet web-<hash> FailedCreate: (combined from similar events): Error creating: pods "web-<hash>-<rand>" ${QUOTA_SPENT}`,
      ],
    },
    conditions: {
      'Deployment web': [
        'Available=False MinimumReplicasUnavailable',
        'ReplicaFailure=True FailedCreate',
        'Progressing=True ReplicaSetUpdated',
      ],
    },
  },
  {
    name: 'a DaemonSet that tolerates what is on all nodes',
    objects: [],
    steps: [[0, daemonSet({ tolerations: [{ operator: 'Exists' }] })], [5]],
    events: { 'daemonset-controller': ['DaemonSet ds SuccessfulCreate: Created pod: ds-<rand> × 3'] },
  },
  {
    name: 'a DaemonSet that tolerates nothing',
    objects: [],
    steps: [[0, daemonSet({})], [5]],
    events: { 'daemonset-controller': [] },
  },
  {
    name: 'nodes that come',
    objects: [],
    steps: [[5]],
    events: {
      'node-controller': NODES.map(
        (name) => `Node ${name} RegisteredNode: Node ${name} event: Registered Node ${name} in Controller`,
      ),
    },
  },
  {
    name: 'a claim that waits for a Pod',
    objects: [],
    steps: [
      [
        0,
        inTurn(
          storageClass('late', {
            provisioner: 'kubernetes.io/no-provisioner',
            volumeBindingMode: 'WaitForFirstConsumer',
          }),
          claim('late'),
        ),
      ],
      [5],
    ],
    events: {
      'persistentvolume-controller': [
        'PersistentVolumeClaim c WaitForFirstConsumer: waiting for first consumer to be created before binding',
      ],
    },
  },
  {
    name: 'a claim that waits for its provisioner',
    objects: [],
    steps: [[0, inTurn(storageClass('outside', { provisioner: 'example.com/csi' }), claim('outside'))], [5]],
    // 1.28 worded it anew.
    events: {
      'persistentvolume-controller': [
        "PersistentVolumeClaim c ExternalProvisioning: Waiting for a volume to be created either by the external provisioner 'example.com/csi' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
      ],
    },
  },
  {
    name: 'a claim of a class that is not there',
    objects: [claim('nope')],
    steps: [[5]],
    events: {
      'persistentvolume-controller': [
        'PersistentVolumeClaim c ProvisioningFailed: storageclass.storage.k8s.io "nope" not found',
      ],
    },
  },
  {
    name: 'a budget of Pods that may be missing, for a Pod that nobody keeps',
    objects: [],
    steps: [
      [
        0,
        inTurn(
          {
            ...object('v1', 'Pod', 'p', { containers: [{ name: 'c', image: 'nginx' }] }),
            metadata: { name: 'p', labels: { a: 'b' } },
          },
          object('policy/v1', 'PodDisruptionBudget', 'b', {
            maxUnavailable: 1,
            selector: { matchLabels: { a: 'b' } },
          }),
        ),
      ],
      [3],
    ],
    // 1.20 failed for such a Pod ("found no controller ref"); since 1.22 it is left out of the sum, with a warning.
    events: {
      controllermanager: [
        'PodDisruptionBudget b UnmanagedPods: Pods selected by this PodDisruptionBudget (selector: &LabelSelector{MatchLabels:map[string]string{a: b,},MatchExpressions:[]LabelSelectorRequirement{},}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set ".spec.minAvailable" field of the PDB to an integer value.',
      ],
    },
  },
];
