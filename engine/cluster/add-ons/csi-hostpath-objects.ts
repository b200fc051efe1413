import type { CsiProgramName } from '../../csi-hostpath/index.ts';
import type { AddOnObject } from '../bootstrap/kubeadm.ts';
import { csiImage } from './csi-hostpath.ts';

const DRIVER = 'hostpath.csi.k8s.io';
const NAME = 'csi-hostpathplugin';
const CSI_HOSTPATH_ACCOUNT = `${NAME}-sa`;
const NAMESPACE = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';

/** As its project labels what it deploys. */
function labelsOf(name: string, component: string): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/instance': DRIVER,
    'app.kubernetes.io/part-of': 'csi-driver-host-path',
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/component': component,
  };
}

/**
 * The CSI hostpath driver on every worker, as its project deploys it for several nodes (`deploy/kubernetes-distributed`), and
 * a default class like those of minikube and kind. A volume stays on the node on which it was made.
 */
export const CSI_HOSTPATH_OBJECTS: readonly AddOnObject[] = [
  {
    path: '/apis/storage.k8s.io/v1/csidrivers',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: DRIVER, labels: labelsOf(DRIVER, 'csi-driver') },
      spec: {
        attachRequired: false,
        podInfoOnMount: true,
        fsGroupPolicy: 'File',
        storageCapacity: true,
        volumeLifecycleModes: ['Persistent', 'Ephemeral'],
      },
    },
  },
  {
    path: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`,
    object: {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: CSI_HOSTPATH_ACCOUNT, namespace: NAMESPACE },
    },
  },
  {
    path: `/apis/${RBAC}/v1/clusterroles`,
    object: { apiVersion: `${RBAC}/v1`, kind: 'ClusterRole', metadata: { name: NAME }, rules: rules() },
  },
  {
    path: `/apis/${RBAC}/v1/clusterrolebindings`,
    object: {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: CSI_HOSTPATH_ACCOUNT, namespace: NAMESPACE }],
    },
  },
  {
    path: '/apis/storage.k8s.io/v1/storageclasses',
    object: {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: DRIVER,
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    },
  },
  { path: `/apis/apps/v1/namespaces/${NAMESPACE}/daemonsets`, object: daemonSet() },
];

/** The class of snapshots of the driver's volumes, as its project calls it; the default one. */
export const CSI_HOSTPATH_SNAPSHOT_CLASS: AddOnObject = {
  path: '/apis/snapshot.storage.k8s.io/v1/volumesnapshotclasses',
  object: {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: {
      name: 'csi-hostpath-snapclass',
      labels: labelsOf('csi-hostpath-snapclass', 'volumesnapshotclass'),
      annotations: { 'snapshot.storage.kubernetes.io/is-default-class': 'true' },
    },
    driver: DRIVER,
    deletionPolicy: 'Delete',
  },
};

function rules(): readonly object[] {
  const rule = (group: string, resources: string, verbs: string) => ({
    apiGroups: [group],
    resources: resources.split(' '),
    verbs: verbs.split(' '),
  });
  return [
    rule('', 'persistentvolumes', 'get list watch create patch update delete'),
    rule('', 'persistentvolumeclaims', 'get list watch update patch'),
    rule('', 'persistentvolumeclaims/status', 'patch'),
    rule('', 'events', 'list watch create update patch'),
    rule('', 'nodes pods', 'get list watch'),
    rule('snapshot.storage.k8s.io', 'volumesnapshotclasses volumesnapshots', 'get list watch'),
    rule('snapshot.storage.k8s.io', 'volumesnapshotcontents', 'get list watch update patch'),
    rule('snapshot.storage.k8s.io', 'volumesnapshotcontents/status', 'update patch'),
    rule('storage.k8s.io', 'storageclasses csinodes csidrivers volumeattributesclasses', 'get list watch'),
    rule('storage.k8s.io', 'volumeattachments', 'get list watch patch'),
    rule('storage.k8s.io', 'volumeattachments/status', 'patch'),
    rule('storage.k8s.io', 'csistoragecapacities', 'get list watch create update patch delete'),
  ];
}

function daemonSet(): object {
  const labels = labelsOf(NAME, 'plugin');
  const socket = { name: 'socket-dir', mountPath: '/csi' };
  const kubelet = '/var/lib/kubelet';
  const shared = (name: string, mountPath: string) => ({ name, mountPath, mountPropagation: 'Bidirectional' });
  const sidecar = (name: CsiProgramName, args: readonly string[]) => ({
    name: name.replace('csi-node-', 'node-'),
    image: csiImage(name),
    args: ['--csi-address=/csi/csi.sock', ...args],
    volumeMounts: [socket],
  });
  const hostPath = (name: string, path: string) => ({ name, hostPath: { path, type: 'DirectoryOrCreate' } });
  const node = { name: 'KUBE_NODE_NAME', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'spec.nodeName' } } };
  const registrar = sidecar('csi-node-driver-registrar', [
    `--kubelet-registration-path=${kubelet}/plugins/csi-hostpath/csi.sock`,
  ]);
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: NAME, namespace: NAMESPACE, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: CSI_HOSTPATH_ACCOUNT,
          priorityClassName: 'system-node-critical',
          containers: [
            {
              name: 'hostpath',
              image: csiImage('hostpathplugin'),
              args: [
                `--drivername=${DRIVER}`,
                '--endpoint=unix:///csi/csi.sock',
                '--nodeid=$(KUBE_NODE_NAME)',
                '--statedir=/csi-data-dir',
                '--enable-topology=true',
                '--enable-controller-modify-volume=true',
                '--accepted-mutable-parameter-names=provisioned-iops,provisioned-throughput',
              ],
              env: [node],
              securityContext: { privileged: true },
              volumeMounts: [
                socket,
                shared('mountpoint-dir', `${kubelet}/pods`),
                shared('plugins-dir', `${kubelet}/plugins`),
                { name: 'csi-data-dir', mountPath: '/csi-data-dir' },
                { name: 'dev-dir', mountPath: '/dev' },
              ],
            },
            { ...registrar, volumeMounts: [socket, { name: 'registration-dir', mountPath: '/registration' }] },
            sidecar('csi-provisioner', ['--node-deployment=true', '--enable-capacity=true', '--strict-topology=true']),
            sidecar('csi-resizer', []),
            sidecar('csi-snapshotter', ['--node-deployment=true']),
          ],
          volumes: [
            hostPath('socket-dir', `${kubelet}/plugins/csi-hostpath`),
            hostPath('mountpoint-dir', `${kubelet}/pods`),
            hostPath('registration-dir', `${kubelet}/plugins_registry`),
            hostPath('plugins-dir', `${kubelet}/plugins`),
            hostPath('csi-data-dir', '/var/lib/csi-hostpath-data'),
            { name: 'dev-dir', hostPath: { path: '/dev', type: 'Directory' } },
          ],
        },
      },
    },
  };
}
