import { expect, test } from 'vitest';
import type { Container, Pod, PodSpec } from '../kinds.ts';
import { defaultPullPolicy } from './container-defaults.ts';
import { defaultPod, defaultPodTemplate } from './pod-defaults.ts';

// Expected objects as stored by a real API server.

function pod(spec: object): Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec } as unknown as Pod;
}

function containerOf(container: object): Container {
  return defaultPod(pod({ containers: [container] })).spec.containers[0]!;
}

const STORED_CONTAINER = {
  name: 'c',
  image: 'nginx',
  resources: {},
  terminationMessagePath: '/dev/termination-log',
  terminationMessagePolicy: 'File',
  imagePullPolicy: 'Always',
};
const STORED_SPEC = {
  containers: [STORED_CONTAINER],
  restartPolicy: 'Always',
  terminationGracePeriodSeconds: 30,
  dnsPolicy: 'ClusterFirst',
  securityContext: {},
  schedulerName: 'default-scheduler',
};

test('the smallest Pod', () => {
  const given = pod({ containers: [{ name: 'c', image: 'nginx' }] });
  expect(defaultPod(given).spec).toEqual({ ...STORED_SPEC, enableServiceLinks: true });
});

test('a template does not show what only Pods get', () => {
  const spec = {
    hostNetwork: true,
    containers: [{ name: 'c', image: 'nginx', ports: [{ containerPort: 80 }], resources: { limits: { cpu: '1' } } }],
  } as PodSpec;
  expect(defaultPodTemplate({ spec }).spec).toEqual({
    ...STORED_SPEC,
    hostNetwork: true,
    containers: [
      { ...STORED_CONTAINER, ports: [{ containerPort: 80, protocol: 'TCP' }], resources: { limits: { cpu: '1' } } },
    ],
  });
});

test('a complete Pod is not copied', () => {
  const stored = defaultPod(
    pod({
      containers: [
        { name: 'c', image: 'nginx', livenessProbe: { tcpSocket: { port: 80 } }, ports: [{ containerPort: 1 }] },
      ],
      volumes: [{ name: 'v' }, { name: 'm', configMap: { name: 'm' } }],
    }),
  );
  expect(defaultPod(stored)).toBe(stored);
});

test.each([
  ['nginx', 'Always'],
  ['nginx:latest', 'Always'],
  ['nginx:1.25', 'IfNotPresent'],
  ['reg.example:5000/x', 'Always'],
  ['reg.example:5000/x:1', 'IfNotPresent'],
  ['nginx@sha256:aaaa', 'IfNotPresent'],
  ['nginx:latest@sha256:aaaa', 'IfNotPresent'],
])('image %s is pulled %s', (image, policy) => {
  expect(defaultPullPolicy(image)).toBe(policy);
});

test('amounts are stored in canonical form', () => {
  const resources = { requests: { cpu: 0.1, memory: '1e3' }, limits: { cpu: '1000m', memory: '0.5Gi' } };
  expect(containerOf({ resources }).resources).toEqual({
    requests: { cpu: '100m', memory: '1e3' },
    limits: { cpu: '1', memory: '512Mi' },
  });
});

test('what is limited and not requested is requested', () => {
  const limits = { cpu: '1.5', memory: '1024Mi' };
  expect(containerOf({ resources: { limits } }).resources).toEqual({
    limits: { cpu: '1500m', memory: '1Gi' },
    requests: { cpu: '1500m', memory: '1Gi' },
  });
  expect(containerOf({ resources: { limits, requests: { cpu: '1' } } }).resources?.requests).toEqual({
    cpu: '1',
    memory: '1Gi',
  });
});

test('a whole Pod requests what its containers do, else what limits it', () => {
  const container = { name: 'c', image: 'nginx', resources: { requests: { memory: '64Mi' } } };
  const limits = { cpu: '1', memory: '128Mi' };
  const complete = defaultPod(pod({ resources: { limits }, containers: [container] }));
  expect(complete.spec.resources).toEqual({ limits, requests: { cpu: '1', memory: '64Mi' } });
  expect(defaultPod(complete)).toBe(complete);
});

test('probes and handlers', () => {
  const container = containerOf({
    livenessProbe: { httpGet: { port: 'http' } },
    readinessProbe: { grpc: { port: 1 }, periodSeconds: 5 },
    lifecycle: { postStart: { httpGet: { port: 1 } } },
  });
  const rest = { timeoutSeconds: 1, successThreshold: 1, failureThreshold: 3 };
  expect(container.livenessProbe).toEqual({
    httpGet: { path: '/', port: 'http', scheme: 'HTTP' },
    periodSeconds: 10,
    ...rest,
  });
  expect(container.readinessProbe).toEqual({ grpc: { port: 1, service: '' }, periodSeconds: 5, ...rest });
  expect(container.lifecycle?.postStart?.httpGet).toEqual({ path: '/', port: 1, scheme: 'HTTP' });
});

test('environment', () => {
  const env = [
    { name: 'A', value: '' },
    { name: 'B', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'C', valueFrom: { resourceFieldRef: { resource: 'requests.cpu' } } },
  ];
  expect(containerOf({ env }).env).toEqual([
    { name: 'A' },
    { name: 'B', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'status.podIP' } } },
    { name: 'C', valueFrom: { resourceFieldRef: { resource: 'requests.cpu', divisor: '0' } } },
  ]);
});

test('volumes', () => {
  const item = { path: 'l', fieldRef: { fieldPath: 'metadata.labels' } };
  const volumes = [
    { name: 'none' },
    { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '0.5Gi' } },
    { name: 'cm', configMap: { name: 'cm' } },
    { name: 's', secret: { secretName: 's', optional: true } },
    { name: 'h', hostPath: { path: '/srv' } },
    { name: 'd', downwardAPI: { items: [item] } },
    { name: 'p', projected: { sources: [{ serviceAccountToken: { path: 't' } }, { downwardAPI: { items: [item] } }] } },
    { name: 'i', image: { reference: 'x:1' } },
    { name: 'pvc', persistentVolumeClaim: { claimName: 'x' } },
  ];
  const stored = { path: 'l', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.labels' } };
  expect(defaultPod(pod({ containers: [], volumes })).spec.volumes).toEqual([
    { name: 'none', emptyDir: {} },
    { name: 'memory', emptyDir: { medium: 'Memory', sizeLimit: '512Mi' } },
    { name: 'cm', configMap: { name: 'cm', defaultMode: 420 } },
    { name: 's', secret: { secretName: 's', optional: true, defaultMode: 420 } },
    { name: 'h', hostPath: { path: '/srv', type: '' } },
    { name: 'd', downwardAPI: { items: [stored], defaultMode: 420 } },
    {
      name: 'p',
      projected: {
        sources: [
          { serviceAccountToken: { path: 't', expirationSeconds: 3600 } },
          { downwardAPI: { items: [stored] } },
        ],
        defaultMode: 420,
      },
    },
    { name: 'i', image: { reference: 'x:1', pullPolicy: 'IfNotPresent' } },
    { name: 'pvc', persistentVolumeClaim: { claimName: 'x' } },
  ]);
});

test('on the host network a container port is the host’s', () => {
  const given = pod({ hostNetwork: true, containers: [{ name: 'c', image: 'x', ports: [{ containerPort: 8081 }] }] });
  expect(defaultPod(given).spec.containers[0]?.ports).toEqual([
    { containerPort: 8081, hostPort: 8081, protocol: 'TCP' },
  ]);
});

test('the two names of the service account agree', () => {
  const { serviceAccount, serviceAccountName } = defaultPod(pod({ containers: [], serviceAccount: 'robot' })).spec;
  expect([serviceAccount, serviceAccountName]).toEqual(['robot', 'robot']);
});
