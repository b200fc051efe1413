import { expect, test } from 'vitest';
import { IMAGE, output, podOf, sh, startNode } from '../testing/pod-runner.ts';

test('Containers, with command', () => {
  expect(output(startNode(), podOf({ command: ['echo', 'override', 'command'] }))).toBe('override command\n');
});

test('Containers, with arguments', () => {
  // The image has no entrypoint, only a command, which arguments take the place of.
  expect(output(startNode(), podOf({ args: ['echo', 'override', 'arguments'] }))).toBe('override arguments\n');
});

test('Containers, with command and arguments', () => {
  expect(output(startNode(), podOf({ command: ['echo'], args: ['both', 'given'] }))).toBe('both given\n');
});

test('Containers, without command and arguments', () => {
  const node = startNode();
  // The image's own command is a shell, which ends at once without input.
  expect(output(node, podOf({}))).toBe('');
  expect(node.pod('pod').status?.phase).toBe('Succeeded');
});

test('Environment variables, expansion', () => {
  const env = [
    { name: 'FOO', value: 'foo-value' },
    { name: 'BAR', value: 'bar-value' },
    { name: 'FOOBAR', value: '$(FOO);;$(BAR)' },
  ];
  expect(output(startNode(), podOf({ ...sh('env'), env }))).toContain('FOOBAR=foo-value;;bar-value\n');
});

test('Environment variables, command expansion', () => {
  const env = [{ name: 'TEST_VAR', value: 'test-value' }];
  const command = ['sh', '-c', 'TEST_VAR=wrong; echo "$(TEST_VAR)"'];
  expect(output(startNode(), podOf({ command, env }))).toBe('test-value\n');
});

test('Environment variables, command argument expansion', () => {
  const env = [{ name: 'TEST_VAR', value: 'test-value' }];
  expect(output(startNode(), podOf({ command: ['sh', '-c'], args: ['echo "$(TEST_VAR)"'], env }))).toBe('test-value\n');
});

test('ConfigMap, from environment field', () => {
  const node = startNode();
  node.configMap('settings', { 'data-1': 'value-1' });
  const env = [{ name: 'CONFIG_DATA_1', valueFrom: { configMapKeyRef: { name: 'settings', key: 'data-1' } } }];
  expect(output(node, podOf({ ...sh('env'), env }))).toContain('CONFIG_DATA_1=value-1\n');
});

test('ConfigMap, from environment variables', () => {
  const node = startNode();
  node.configMap('settings', { data_1: 'value-1', data_2: 'value-2' });
  const ref = { configMapRef: { name: 'settings' } };
  const text = output(node, podOf({ ...sh('env'), envFrom: [ref, { ...ref, prefix: 'p_' }] }));
  for (const line of ['data_1=value-1', 'data_2=value-2', 'p_data_1=value-1']) expect(text).toContain(`${line}\n`);
});

test('Secrets, pod environment field', () => {
  const node = startNode();
  node.secret('keys', { 'data-1': btoa('value-1') });
  const env = [{ name: 'SECRET_DATA', valueFrom: { secretKeyRef: { name: 'keys', key: 'data-1' } } }];
  expect(output(node, podOf({ ...sh('env'), env }))).toContain('SECRET_DATA=value-1\n');
});

test('Secrets, pod environment from source', () => {
  const node = startNode();
  node.secret('keys', { data_1: btoa('value-1') });
  const ref = { secretRef: { name: 'keys' } };
  const text = output(node, podOf({ ...sh('env'), envFrom: [ref, { ...ref, prefix: 'p_' }] }));
  for (const line of ['data_1=value-1', 'p_data_1=value-1']) expect(text).toContain(`${line}\n`);
});

const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });

test('DownwardAPI, environment for name, namespace and ip', () => {
  const env = [
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('POD_IP', 'status.podIP'),
  ];
  const text = output(startNode(), podOf({ ...sh('env'), env }));
  for (const line of ['POD_NAME=pod', 'POD_NAMESPACE=default', 'POD_IP=10.244.1.2']) {
    expect(text).toContain(`${line}\n`);
  }
});

test('DownwardAPI, environment for host ip', () => {
  const env = [field('HOST_IP', 'status.hostIP')];
  expect(output(startNode(), podOf({ ...sh('env'), env }))).toContain('HOST_IP=172.18.0.2\n');
});

test('DownwardAPI, environment for Pod UID', () => {
  const node = startNode();
  const text = output(node, podOf({ ...sh('env'), env: [field('POD_UID', 'metadata.uid')] }));
  expect(text).toContain(`POD_UID=${node.pod('pod').metadata.uid}\n`);
});

const resourceFields = ['limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory'].map((resource) => ({
  name: resource.replace('.', '_').toUpperCase(),
  valueFrom: { resourceFieldRef: { resource } },
}));

test('DownwardAPI, environment for CPU and memory limits and requests', () => {
  const resources = { requests: { cpu: '250m', memory: '32Mi' }, limits: { cpu: '1250m', memory: '64Mi' } };
  const text = output(startNode(), podOf({ ...sh('env'), env: resourceFields, resources }));
  for (const line of ['LIMITS_CPU=2', 'LIMITS_MEMORY=67108864', 'REQUESTS_CPU=1', 'REQUESTS_MEMORY=33554432']) {
    expect(text).toContain(`${line}\n`);
  }
});

test('DownwardAPI, environment for default CPU and memory limits and requests', () => {
  const text = output(startNode(), podOf({ ...sh('env'), env: resourceFields.slice(0, 2) }));
  expect(text).toContain('LIMITS_CPU=2\n');
  expect(text).toContain(`LIMITS_MEMORY=${(2048 - 100) * 1024 * 1024}\n`);
});

test('Pods, service environment variables', () => {
  const node = startNode();
  const server = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'fooservice', namespace: 'default' } };
  const spec = { ports: [{ port: 8765, targetPort: 8080 }] };
  node.client.request({ method: 'POST', path: '/api/v1/namespaces/default/services', body: { ...server, spec } });
  node.sim.runFor(100);
  const text = output(node, podOf(sh('env')));
  for (const name of ['SERVICE_HOST=', 'SERVICE_PORT=8765', 'PORT=tcp://', 'PORT_8765_TCP_PROTO=tcp']) {
    expect(text).toContain(`FOOSERVICE_${name}`);
  }
});

const user = (securityContext: object, spec: object = {}) =>
  output(startNode(), podOf({ ...sh('id'), securityContext }, spec));

test('Security Context, runAsUser=65534', () => {
  expect(user({ runAsUser: 65534 })).toMatch(/^uid=65534/);
});

test('Security Context, test RunAsGroup at container level', () => {
  expect(user({ runAsUser: 1001, runAsGroup: 2002 })).toMatch(/^uid=1001 gid=2002/);
});

test('Security Context, test RunAsGroup at pod level', () => {
  expect(user({}, { securityContext: { runAsUser: 1001, runAsGroup: 2002 } })).toMatch(/^uid=1001 gid=2002/);
});

test('Security Context, readOnlyRootFilesystem=false.', () => {
  const node = startNode();
  output(node, podOf({ ...sh('touch /checkfile'), securityContext: { readOnlyRootFilesystem: false } }));
  expect(node.pod('pod').status?.phase).toBe('Succeeded');
});

test('Kubelet, pod with read only root file system', () => {
  const securityContext = { readOnlyRootFilesystem: true };
  expect(output(startNode(), podOf({ ...sh('echo test > /file'), securityContext }))).toContain(
    'Read-only file system',
  );
});

test('Security Context, privileged=false.', () => {
  const script = 'mount -t tmpfs none /tmp || echo refused';
  expect(output(startNode(), podOf({ ...sh(script), securityContext: { privileged: false } }))).toContain('refused');
});

test('Security Context, allowPrivilegeEscalation=false.', () => {
  const securityContext = { allowPrivilegeEscalation: false, runAsUser: 1000 };
  expect(output(startNode(), podOf({ ...sh('grep NoNewPrivs /proc/self/status'), securityContext }))).toBe(
    'NoNewPrivs:\t1\n',
  );
});

test('Sysctl, test sysctls', () => {
  const securityContext = { sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] };
  const spec = podOf(sh('cat /proc/sys/kernel/shm_rmid_forced'), { securityContext });
  expect(output(startNode(), spec)).toBe('1\n');
});

test('Kubelet, log output, default', () => {
  expect(output(startNode(), podOf(sh("echo 'Hello World'")))).toBe('Hello World\n');
});

test('Kubelet, hostAliases', () => {
  const hostAliases = [{ ip: '123.45.67.89', hostnames: ['foo', 'bar'] }];
  expect(output(startNode(), podOf(sh('cat /etc/hosts'), { hostAliases }))).toContain('123.45.67.89\tfoo\tbar\n');
});

test('Kubelet, managed etc hosts', () => {
  const node = startNode();
  node.host.root.writeFile('/own-hosts', 'mine\n');
  const containers = [
    { name: 'managed', image: IMAGE, ...sh('cat /etc/hosts') },
    { name: 'own', image: IMAGE, ...sh('cat /etc/hosts'), volumeMounts: [{ name: 'own', mountPath: '/etc/hosts' }] },
  ];
  const volumes = [{ name: 'own', hostPath: { path: '/own-hosts', type: 'File' as const } }];
  node.run('pod', { restartPolicy: 'Never', volumes, containers });
  node.untilPhase('pod', 'Succeeded');
  expect(node.logs('pod', 'managed')).toContain('# Kubernetes-managed hosts file.\n');
  expect(node.logs('pod', 'own')).toBe('mine\n');
  node.run('host', { restartPolicy: 'Never', hostNetwork: true, containers: [containers[0]!] });
  node.untilPhase('host', 'Succeeded');
  expect(node.logs('host', 'managed')).toMatch(/^# Kubernetes-managed hosts file \(host network\)\.\n/);
});
