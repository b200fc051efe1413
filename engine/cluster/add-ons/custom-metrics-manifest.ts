import { stringify } from 'yaml';
import { CUSTOM_METRICS_ADAPTER_IMAGE } from '../images/custom-metrics-adapter.ts';

const NAME = 'custom-metrics-adapter';
const NAMESPACE = 'custom-metrics';
const PORT = 6443;
const RBAC = 'rbac.authorization.k8s.io';
const labels = { app: NAME };
const metadata = { name: NAME, namespace: NAMESPACE, labels };
const read = ['get', 'list', 'watch'];

/** The adapter, and who may do what for it to work. */
function objects(): readonly object[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    ...access(),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'external-metrics', namespace: NAMESPACE },
      data: { metrics: '# queue_messages_ready{queue="orders"} 30\n' },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: { selector: labels, ports: [{ name: 'https', port: 443, targetPort: PORT }] },
    },
    deployment(),
    apiService('custom.metrics.k8s.io', 'v1beta1', 100),
    apiService('custom.metrics.k8s.io', 'v1beta2', 200),
    apiService('external.metrics.k8s.io', 'v1beta1', 100),
  ];
}

function access(): readonly object[] {
  const role = (name: string, rules: readonly object[]) => ({
    apiVersion: `${RBAC}/v1`,
    kind: 'ClusterRole',
    metadata: { name, labels },
    rules,
  });
  return [
    role(NAME, [{ apiGroups: [''], resources: ['pods', 'services', 'configmaps'], verbs: read }]),
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME, labels },
      roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: NAME },
      subjects: [{ kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE }],
    },
  ];
}

function deployment(): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: NAME,
          containers: [
            {
              name: 'adapter',
              image: CUSTOM_METRICS_ADAPTER_IMAGE,
              args: [
                `--secure-port=${PORT}`,
                `--external-metrics=${NAMESPACE}/external-metrics`,
                '--scrape-interval=15',
              ],
              ports: [{ name: 'https', containerPort: PORT }],
              readinessProbe: { httpGet: { path: '/readyz', port: 'https', scheme: 'HTTPS' } },
              resources: { requests: { cpu: '50m', memory: '64Mi' } },
            },
          ],
        },
      },
    },
  };
}

function apiService(group: string, version: string, versionPriority: number): object {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels },
    spec: {
      group,
      version,
      service: { name: NAME, namespace: NAMESPACE },
      insecureSkipTLSVerify: true,
      groupPriorityMinimum: 100,
      versionPriority,
    },
  };
}

/** What `kubectl apply -f` finds at the adapter's address. */
export function customMetricsManifest(url: string): string | undefined {
  if (!CUSTOM_METRICS_URL.test(url)) return undefined;
  return objects()
    .map((object) => stringify(object))
    .join('---\n');
}

const CUSTOM_METRICS_URL =
  /^https:\/\/github\.com\/drydock\/custom-metrics-adapter\/releases\/(?:download\/v1\.0|latest\/download)\/components\.yaml$/;
