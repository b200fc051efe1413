import { expect, test } from 'vitest';
import { DEPLOYMENTS, deploymentNamed, MERGE, PODS, podNamed, startTestServer } from '../../testing/test-server.ts';

const NAMESPACE = '/api/v1/namespaces/default';

function serverWith(labels: Record<string, string>) {
  const server = startTestServer();
  const named = Object.fromEntries(Object.entries(labels).map(([mode, value]) => [label(mode), value]));
  server.request('PATCH', NAMESPACE, { metadata: { labels: named } }, MERGE);
  return server;
}

function label(mode: string): string {
  return `pod-security.kubernetes.io/${mode}`;
}

function podWith(spec: object, container: object = {}) {
  return podNamed('p', { containers: [{ name: 'c', image: 'nginx', ...container }], ...spec });
}

const SAFE = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  runAsNonRoot: true,
  seccompProfile: { type: 'RuntimeDefault' },
};

test('restricted says everything that a plain Pod lacks', () => {
  const { request } = serverWith({ enforce: 'restricted' });
  expect(request('POST', PODS, podWith({}))).toMatchObject({
    status: 403,
    body: {
      message:
        'pods "p" is forbidden: violates PodSecurity "restricted:latest": ' +
        'allowPrivilegeEscalation != false (container "c" must set securityContext.allowPrivilegeEscalation=false), ' +
        'unrestricted capabilities (container "c" must set securityContext.capabilities.drop=["ALL"]), ' +
        'runAsNonRoot != true (pod or container "c" must set securityContext.runAsNonRoot=true), ' +
        'seccompProfile (pod or container "c" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")',
    },
  });
  expect(request('POST', PODS, podWith({}, { securityContext: SAFE })).status).toBe(201);
});

test.each([
  [{ hostNetwork: true, hostPID: true }, {}, 'host namespaces (hostNetwork=true, hostPID=true)'],
  [{ volumes: [{ name: 'v', hostPath: { path: '/' } }] }, {}, 'hostPath volumes (volume "v")'],
  [{}, { ports: [{ containerPort: 80, hostPort: 80 }] }, 'hostPort (container "c" uses hostPort 80)'],
  [
    {},
    { securityContext: { privileged: true } },
    'privileged (container "c" must not set securityContext.privileged=true)',
  ],
  [
    {},
    { securityContext: { capabilities: { add: ['NET_ADMIN', 'CHOWN'] } } },
    'non-default capabilities (container "c" must not include "NET_ADMIN" in securityContext.capabilities.add)',
  ],
  [
    { securityContext: { seccompProfile: { type: 'Unconfined' } } },
    {},
    'seccompProfile (pod must not set securityContext.seccompProfile.type to "Unconfined")',
  ],
  [{ securityContext: { sysctls: [{ name: 'kernel.msgmax', value: '1' }] } }, {}, 'forbidden sysctls (kernel.msgmax)'],
  [
    { securityContext: { seLinuxOptions: { type: 'spc_t', user: 'u' } } },
    {},
    'seLinuxOptions (pod set forbidden securityContext.seLinuxOptions: type "spc_t"; user may not be set)',
  ],
])('baseline refuses %j %j', (spec, container, why) => {
  const { request } = serverWith({ enforce: 'baseline' });
  expect(request('POST', PODS, podWith(spec, container)).body.message).toBe(
    `pods "p" is forbidden: violates PodSecurity "baseline:latest": ${why}`,
  );
  expect(request('POST', PODS, podWith({})).status).toBe(201);
});

test.each([
  [
    { volumes: [{ name: 'n', nfs: { server: 's', path: '/' } }] },
    {},
    'restricted volume types (volume "n" uses restricted volume type "nfs")',
  ],
  [{}, { runAsUser: 0 }, 'runAsUser=0 (container "c" must not set runAsUser=0)'],
  [{}, { runAsNonRoot: false }, 'runAsNonRoot != true (container "c" must not set securityContext.runAsNonRoot=false)'],
])('restricted also refuses %j %j', (spec, more, why) => {
  const { request } = serverWith({ enforce: 'restricted' });
  const { message } = request('POST', PODS, podWith(spec, { securityContext: { ...SAFE, ...more } })).body;
  expect(message).toBe(`pods "p" is forbidden: violates PodSecurity "restricted:latest": ${why}`);
});

test('an older version asks what it asked then', () => {
  const { request } = serverWith({ enforce: 'restricted', 'enforce-version': 'v1.20' });
  const { message } = request('POST', PODS, podWith({})).body;
  expect(message).toContain('violates PodSecurity "restricted:v1.20": allowPrivilegeEscalation');
  expect(message).not.toContain('capabilities');
});

test('what is only warned of comes in, from workloads as from Pods', () => {
  const { request } = serverWith({ warn: 'baseline' });
  const privileged = { securityContext: { privileged: true } };
  const warning =
    '299 - "would violate PodSecurity \\"baseline:latest\\": privileged (container \\"c\\" must not set securityContext.privileged=true)"';
  const pod = request('POST', PODS, podWith({}, privileged));
  expect([pod.status, pod.headers['warning']]).toEqual([201, warning]);
  const deployment = deploymentNamed('d');
  deployment.spec.template.spec.containers[0] = { name: 'c', image: 'nginx', ...privileged } as never;
  const made = request('POST', DEPLOYMENTS, deployment);
  expect([made.status, made.headers['warning']]).toEqual([201, warning]);
});

test('a Namespace that becomes stricter tells of the Pods it would no longer take', () => {
  const { request } = serverWith({});
  request('POST', PODS, podNamed('a', { hostNetwork: true }));
  request('POST', PODS, podNamed('b', { hostNetwork: true }));
  const { headers } = request('PATCH', NAMESPACE, { metadata: { labels: { [label('enforce')]: 'baseline' } } }, MERGE);
  expect(headers['warning']).toBe(
    '299 - "existing pods in namespace \\"default\\" violate the new PodSecurity enforce level \\"baseline:latest\\"", ' +
      '299 - "a (and 1 other pod): host namespaces"',
  );
});

test('labels that name no level are refused', () => {
  const { request } = startTestServer();
  const labels = { [label('enforce')]: 'strict', [label('warn-version')]: '1.2' };
  expect(request('POST', '/api/v1/namespaces', { metadata: { name: 'x', labels } }).body.message).toBe(
    'Namespace "x" is invalid: [metadata.labels[pod-security.kubernetes.io/enforce]: Invalid value: "strict": must be one of privileged, baseline, restricted, ' +
      'metadata.labels[pod-security.kubernetes.io/warn-version]: Invalid value: "1.2": must be "latest" or "v1.x"]',
  );
});

test('the mode audit says in the trace what it would have refused, of Pods and of what makes them', () => {
  const { request, sim } = serverWith({ audit: 'baseline' });
  expect(request('POST', PODS, podWith({ hostNetwork: true })).status).toBe(201);
  expect(request('POST', DEPLOYMENTS, deploymentNamed('fine', 1)).status).toBe(201);
  const entries = sim.trace.entries.filter(({ kind }) => kind === 'request.audit');
  expect(entries.map(({ subject, detail }) => `${subject}=${detail}`)).toEqual([
    'pod-security.kubernetes.io/audit-violations=would violate PodSecurity "baseline:latest": host namespaces (hostNetwork=true)',
  ]);
});
