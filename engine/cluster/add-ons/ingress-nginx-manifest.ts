import { stringify } from 'yaml';

const NAME = 'ingress-nginx';
const CONTROLLER = 'ingress-nginx-controller';
const VERSION = '1.14.1';
const RBAC = 'rbac.authorization.k8s.io';

const labels = {
  'app.kubernetes.io/instance': NAME,
  'app.kubernetes.io/name': NAME,
  'app.kubernetes.io/part-of': NAME,
  'app.kubernetes.io/version': VERSION,
};
const component = { ...labels, 'app.kubernetes.io/component': 'controller' };
const selector = {
  'app.kubernetes.io/component': 'controller',
  'app.kubernetes.io/instance': NAME,
  'app.kubernetes.io/name': NAME,
};
const subjects = [{ kind: 'ServiceAccount', name: NAME, namespace: NAME }];
const roleRef = (kind: string) => ({ apiGroup: RBAC, kind, name: NAME });
const read = ['get', 'list', 'watch'];

/**
 * The manifest that https://kubernetes.github.io/ingress-nginx/deploy/ has applied, without the admission webhook: its Service,
 * Jobs and configuration are left out, since this API server calls no webhooks.
 */
function ingressNginxObjects(serviceType: 'LoadBalancer' | 'NodePort'): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: NAME, labels: { 'app.kubernetes.io/instance': NAME, 'app.kubernetes.io/name': NAME } },
    },
    {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: NAME, namespace: NAME, labels: component },
      automountServiceAccountToken: true,
    },
    ...roles(),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: CONTROLLER, namespace: NAME, labels: component },
      data: null,
    },
    service(serviceType),
    deployment(),
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'nginx', labels: component },
      spec: { controller: 'k8s.io/ingress-nginx' },
    },
  ];
}

function roles(): readonly object[] {
  const metadata = { name: NAME, namespace: NAME, labels: component };
  return [
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'Role',
      metadata,
      rules: [
        { apiGroups: [''], resources: ['namespaces'], verbs: ['get'] },
        { apiGroups: [''], resources: ['configmaps', 'pods', 'secrets', 'endpoints'], verbs: read },
        { apiGroups: [''], resources: ['services'], verbs: read },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
        { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: read },
        {
          apiGroups: ['coordination.k8s.io'],
          resourceNames: ['ingress-nginx-leader'],
          resources: ['leases'],
          verbs: ['get', 'update'],
        },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create'] },
        { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch', 'get'] },
      ],
    },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRole',
      metadata: { name: NAME, labels },
      rules: [
        {
          apiGroups: [''],
          resources: ['configmaps', 'endpoints', 'nodes', 'pods', 'secrets', 'namespaces'],
          verbs: ['list', 'watch'],
        },
        { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['list', 'watch'] },
        { apiGroups: [''], resources: ['nodes'], verbs: ['get'] },
        { apiGroups: [''], resources: ['services'], verbs: read },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses'], verbs: read },
        { apiGroups: [''], resources: ['events'], verbs: ['create', 'patch'] },
        { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
        { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses'], verbs: read },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch', 'get'] },
      ],
    },
    { apiVersion: `${RBAC}/v1`, kind: 'RoleBinding', metadata, roleRef: roleRef('Role'), subjects },
    {
      apiVersion: `${RBAC}/v1`,
      kind: 'ClusterRoleBinding',
      metadata: { name: NAME, labels },
      roleRef: roleRef('ClusterRole'),
      subjects,
    },
  ];
}

function service(type: 'LoadBalancer' | 'NodePort'): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: CONTROLLER, namespace: NAME, labels: component },
    spec: {
      ...(type === 'LoadBalancer' ? { externalTrafficPolicy: 'Local' } : {}),
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [
        { appProtocol: 'http', name: 'http', port: 80, protocol: 'TCP', targetPort: 'http' },
        { appProtocol: 'https', name: 'https', port: 443, protocol: 'TCP', targetPort: 'https' },
      ],
      selector,
      type,
    },
  };
}

function deployment(): object {
  const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  const probe = {
    httpGet: { path: '/healthz', port: 10254, scheme: 'HTTP' },
    initialDelaySeconds: 10,
    periodSeconds: 10,
    successThreshold: 1,
    timeoutSeconds: 1,
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: CONTROLLER, namespace: NAME, labels: component },
    spec: {
      minReadySeconds: 0,
      revisionHistoryLimit: 10,
      selector: { matchLabels: selector },
      strategy: { rollingUpdate: { maxUnavailable: 1 }, type: 'RollingUpdate' },
      template: {
        metadata: { labels: component },
        spec: {
          containers: [
            {
              args: [
                '/nginx-ingress-controller',
                '--publish-service=$(POD_NAMESPACE)/ingress-nginx-controller',
                '--election-id=ingress-nginx-leader',
                '--controller-class=k8s.io/ingress-nginx',
                '--ingress-class=nginx',
                '--configmap=$(POD_NAMESPACE)/ingress-nginx-controller',
              ],
              env: [field('POD_NAME', 'metadata.name'), field('POD_NAMESPACE', 'metadata.namespace')],
              image: `registry.k8s.io/ingress-nginx/controller:v${VERSION}`,
              imagePullPolicy: 'IfNotPresent',
              lifecycle: { preStop: { exec: { command: ['/wait-shutdown'] } } },
              livenessProbe: { ...probe, failureThreshold: 5 },
              name: 'controller',
              ports: [
                { containerPort: 80, name: 'http', protocol: 'TCP' },
                { containerPort: 443, name: 'https', protocol: 'TCP' },
              ],
              readinessProbe: { ...probe, failureThreshold: 3 },
              resources: { requests: { cpu: '100m', memory: '90Mi' } },
              securityContext: {
                allowPrivilegeEscalation: false,
                capabilities: { add: ['NET_BIND_SERVICE'], drop: ['ALL'] },
                readOnlyRootFilesystem: false,
                runAsGroup: 82,
                runAsNonRoot: true,
                runAsUser: 101,
                seccompProfile: { type: 'RuntimeDefault' },
              },
            },
          ],
          dnsPolicy: 'ClusterFirst',
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          serviceAccountName: NAME,
          terminationGracePeriodSeconds: 300,
        },
      },
    },
  };
}

const PROVIDERS: Readonly<Record<string, 'LoadBalancer' | 'NodePort'>> = {
  cloud: 'LoadBalancer',
  baremetal: 'NodePort',
};

/** What the project's documentation has `kubectl apply -f` fetch. */
export function ingressNginxManifest(url: string): string | undefined {
  const match =
    /^https:\/\/raw\.githubusercontent\.com\/kubernetes\/ingress-nginx\/(?:controller-v[\d.]+|main)\/deploy\/static\/provider\/(\w+)\/deploy\.yaml$/.exec(
      url,
    );
  const type = match === null ? undefined : PROVIDERS[match[1]!];
  return type === undefined
    ? undefined
    : ingressNginxObjects(type)
        .map((object) => stringify(object))
        .join('---\n');
}
