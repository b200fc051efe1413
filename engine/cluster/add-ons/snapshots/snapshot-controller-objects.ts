import { csiImage } from '../csi-hostpath.ts';
import { SNAPSHOT_GROUP } from './snapshot-definitions.ts';

const NAME = 'snapshot-controller';
const NAMESPACE = 'kube-system';
const RBAC = 'rbac.authorization.k8s.io';
const RUNNER = 'snapshot-controller-runner';
const ELECTION = 'snapshot-controller-leaderelection';

const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }];
const rule = (group: string, resources: string, verbs: string) => ({
  apiGroups: [group],
  resources: resources.split(' '),
  verbs: verbs.split(' '),
});

/** What `deploy/kubernetes/snapshot-controller/rbac-snapshot-controller.yaml` of the project has, with leave to look at nodes. */
export const SNAPSHOT_CONTROLLER_RBAC: readonly object[] = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: NAME, namespace: NAMESPACE } },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name: RUNNER },
    rules: [
      rule('', 'persistentvolumes', 'get list watch'),
      rule('', 'persistentvolumeclaims', 'get list watch update'),
      rule('', 'events', 'list watch create update patch'),
      rule('', 'nodes', 'get list watch'),
      rule('storage.k8s.io', 'storageclasses', 'get list watch'),
      rule(SNAPSHOT_GROUP, 'volumesnapshotclasses', 'get list watch'),
      rule(SNAPSHOT_GROUP, 'volumesnapshotcontents', 'create get list watch update delete patch'),
      rule(SNAPSHOT_GROUP, 'volumesnapshotcontents/status', 'patch'),
      rule(SNAPSHOT_GROUP, 'volumesnapshots', 'create get list watch update patch delete'),
      rule(SNAPSHOT_GROUP, 'volumesnapshots/status', 'update patch'),
    ],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'snapshot-controller-role' },
    subjects,
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: RUNNER },
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'Role',
    metadata: { name: ELECTION, namespace: NAMESPACE },
    rules: [rule('coordination.k8s.io', 'leases', 'get watch list delete update create')],
  },
  {
    apiVersion: `${RBAC}/v1`,
    kind: 'RoleBinding',
    metadata: { name: ELECTION, namespace: NAMESPACE },
    subjects,
    roleRef: { apiGroup: RBAC, kind: 'Role', name: ELECTION },
  },
];

/** The Deployment of `setup-snapshot-controller.yaml`. */
export function snapshotController(replicas: number, args: readonly string[]): object {
  const labels = { 'app.kubernetes.io/name': NAME };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: NAME, namespace: NAMESPACE },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      minReadySeconds: 35,
      strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 }, type: 'RollingUpdate' },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: NAME,
          containers: [{ name: NAME, image: csiImage(NAME), args: ['--v=5', ...args] }],
        },
      },
    },
  };
}
