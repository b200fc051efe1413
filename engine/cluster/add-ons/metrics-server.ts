import type { Image } from '../../containerd/image.ts';
import type { AggregatedServer } from '../../kube-apiserver/index.ts';
import type { Program } from '../../linux/syscalls.ts';
import type { AddOnObject } from '../bootstrap/kubeadm.ts';
import { defineImage } from '../images/definition.ts';

const NAME = 'metrics-server';
const NAMESPACE = 'kube-system';
const IMAGE = 'registry.k8s.io/metrics-server/metrics-server:v0.8.1';
const PORT = 10250;

/** Which of the add-on's processes answers behind its Service now. */
export class MetricsServers {
  readonly #servers = new Set<AggregatedServer>();

  readonly serve = (server: AggregatedServer): (() => void) => {
    this.#servers.add(server);
    return () => this.#servers.delete(server);
  };

  /** What answers behind a Service, if it is this add-on's. */
  dial(namespace: string, name: string): AggregatedServer | undefined {
    if (namespace !== NAMESPACE || name !== NAME) return undefined;
    const [first] = this.#servers;
    return first;
  }
}

/** The add-on that serves metrics.k8s.io, around the program in `metrics-server-program.ts`. */
export function metricsServerImage(program: Program): Image {
  return defineImage({
    reference: IMAGE,
    aliases: ['registry.k8s.io/metrics-server/metrics-server:v0.8.0'],
    sizeBytes: 22_541_000,
    trees: () => [{ '/metrics-server': { program, size: 68_000_000 } }],
    entrypoint: ['/metrics-server'],
    user: '1000',
  });
}

const labels = { 'k8s-app': NAME };
const metadata = { name: NAME, namespace: NAMESPACE, labels };
const account = { kind: 'ServiceAccount', name: NAME, namespace: NAMESPACE };
const RBAC = 'rbac.authorization.k8s.io';

function rbac(collection: string, object: object): AddOnObject {
  return { path: `/apis/${RBAC}/v1/${collection}`, object: { apiVersion: `${RBAC}/v1`, ...object } };
}

function binding(name: string, role: string): AddOnObject {
  return rbac('clusterrolebindings', {
    kind: 'ClusterRoleBinding',
    metadata: { name, labels },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [account],
  });
}

/**
 * The add-on as whoever makes a cluster to learn on installs it: kubelets sign their certificates themselves there, so that it is
 * told to take any. https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/#kubelet-serving-certs
 */
export const METRICS_SERVER_OBJECTS: readonly AddOnObject[] = metricsServerObjects(['--kubelet-insecure-tls']);

/** The objects of the project's `components.yaml`. @param args what its command line has besides */
export function metricsServerObjects(args: readonly string[] = []): readonly AddOnObject[] {
  return [
    {
      path: `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`,
      object: { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    },
    rbac('clusterroles', {
      kind: 'ClusterRole',
      metadata: {
        name: 'system:aggregated-metrics-reader',
        labels: {
          ...labels,
          'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
          'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
          'rbac.authorization.k8s.io/aggregate-to-view': 'true',
        },
      },
      rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
    }),
    rbac('clusterroles', {
      kind: 'ClusterRole',
      metadata: { name: `system:${NAME}`, labels },
      rules: [
        { apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] },
        { apiGroups: [''], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
      ],
    }),
    rbac(`namespaces/${NAMESPACE}/rolebindings`, {
      kind: 'RoleBinding',
      metadata: { name: `${NAME}-auth-reader`, namespace: NAMESPACE, labels },
      roleRef: { apiGroup: RBAC, kind: 'Role', name: 'extension-apiserver-authentication-reader' },
      subjects: [account],
    }),
    binding(`${NAME}:system:auth-delegator`, 'system:auth-delegator'),
    binding(`system:${NAME}`, `system:${NAME}`),
    {
      path: `/api/v1/namespaces/${NAMESPACE}/services`,
      object: {
        apiVersion: 'v1',
        kind: 'Service',
        metadata,
        spec: { selector: labels, ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' }] },
      },
    },
    { path: `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`, object: deployment(args) },
    {
      path: '/apis/apiregistration.k8s.io/v1/apiservices',
      object: {
        apiVersion: 'apiregistration.k8s.io/v1',
        kind: 'APIService',
        metadata: { name: 'v1beta1.metrics.k8s.io', labels },
        spec: {
          group: 'metrics.k8s.io',
          version: 'v1beta1',
          service: { name: NAME, namespace: NAMESPACE },
          insecureSkipTLSVerify: true,
          groupPriorityMinimum: 100,
          versionPriority: 100,
        },
      },
    },
  ];
}

function deployment(args: readonly string[]): object {
  const probe = (path: string) => ({ httpGet: { path, port: 'https', scheme: 'HTTPS' }, periodSeconds: 10 });
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      strategy: { rollingUpdate: { maxUnavailable: 0 } },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: NAME,
          priorityClassName: 'system-cluster-critical',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          containers: [
            {
              name: NAME,
              image: IMAGE,
              imagePullPolicy: 'IfNotPresent',
              args: [
                '--cert-dir=/tmp',
                `--secure-port=${PORT}`,
                '--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname',
                '--kubelet-use-node-status-port',
                '--metric-resolution=15s',
                ...args,
              ],
              ports: [{ name: 'https', containerPort: PORT, protocol: 'TCP' }],
              livenessProbe: probe('/livez'),
              readinessProbe: { ...probe('/readyz'), initialDelaySeconds: 20 },
              resources: { requests: { cpu: '100m', memory: '200Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { drop: ['ALL'] },
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                runAsUser: 1000,
                seccompProfile: { type: 'RuntimeDefault' },
              },
              volumeMounts: [{ name: 'tmp-dir', mountPath: '/tmp' }],
            },
          ],
          volumes: [{ name: 'tmp-dir', emptyDir: {} }],
        },
      },
    },
  };
}
