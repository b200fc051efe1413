import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Three machines with a control plane, of which one, then two go away and come back.
// https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/

const PKI = '/etc/kubernetes/pki/etcd';
const ETCDCTL = `etcdctl --cacert=${PKI}/ca.crt --cert=${PKI}/server.crt --key=${PKI}/server.key`;

const bed = new Testbed({ controlPlanes: 3, workers: [{}] });
const etcdctl = (host: string, words: string) => bed.run(host, 'bash', '-c', `${ETCDCTL} ${words}`);
const power = (type: 'power-off' | 'power-on', host: string) =>
  bed.cluster.submit({ kind: 'fault', fault: { type, host } });
const leaders = (host: string) =>
  (JSON.parse(etcdctl(host, 'endpoint status --cluster -w json').stdout) as { Status: Status }[]).map(
    ({ Status }) => Status,
  );
const holder = (name: string) =>
  bed.kubectl('get', 'lease', '-n', 'kube-system', name, '-o', 'jsonpath={.spec.holderIdentity}').split('_')[0];
const readyNodes = () =>
  bed
    .kubectlAnyway('get', 'nodes', '--no-headers')
    .stdout.split('\n')
    .filter((line) => line.includes(' Ready ')).length;

interface Status {
  readonly leader: number;
  readonly raftTerm: number;
  readonly raftAppliedIndex: number;
}

test('all three are members, API servers, and behind one address', () => {
  expect(bed.kubectl('config', 'view')).toContain('server: https://10.0.0.5:6443');
  expect(bed.kubectl('get', 'endpointslice', 'kubernetes', '-o', 'jsonpath={.endpoints[*].addresses[0]}')).toBe(
    '10.0.0.10 10.0.0.11 10.0.0.12',
  );
  const { stdout } = etcdctl('control-plane-2', 'member list');
  expect(stdout).toMatch(/^[0-9a-f ]{16}, started, control-plane, https:\/\/10\.0\.0\.10:2380, .*, false$/m);
  expect(stdout).toMatch(/, control-plane-3, https:\/\/10\.0\.0\.12:2380, https:\/\/10\.0\.0\.12:2379, false$/m);
  expect(new Set(leaders('control-plane').map(({ leader }) => leader)).size).toBe(1);
  expect(bed.kubectl('get', 'cm', '-n', 'kube-system', 'kubeadm-config', '-o', 'yaml')).toContain(
    'controlPlaneEndpoint: 10.0.0.5:6443',
  );
  const local = (file: string) => bed.run('control-plane-2', 'grep', 'server:', `/etc/kubernetes/${file}`).stdout;
  expect(local('scheduler.conf')).toContain('https://10.0.0.11:6443');
  expect(local('admin.conf')).toContain('https://10.0.0.5:6443');
});

test('what is written through one API server is heard at the others', () => {
  const at = (address: string, ...words: string[]) =>
    bed.run('control-plane', 'kubectl', '-s', `https://${address}:6443`, ...words);
  expect(at('10.0.0.11', 'create', 'configmap', 'note').exitCode).toBe(0);
  expect(at('10.0.0.12', 'get', 'configmap', 'note', '-o', 'name').stdout).toBe('configmap/note\n');
  expect(
    etcdctl('control-plane-3', '--endpoints=10.0.0.10:2379 get /registry/configmaps/default/note').stdout,
  ).toContain('/registry/configmaps/default/note');
});

test('without the first machine others lead, and Pods are made', () => {
  const [before] = leaders('control-plane-2');
  expect(holder('kube-scheduler')).toBe('control-plane');
  power('power-off', 'control-plane');
  expect(bed.kubectlAnyway('get', 'pods').stderr).toContain('etcdserver: leader changed');
  bed.pass(3);
  bed.kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=2');
  bed.until('two Pods', () => bed.kubectl('get', 'deployment', 'web').includes('2/2'), 90);
  expect(holder('kube-scheduler')).toMatch(/^control-plane-[23]$/);
  expect(holder('kube-controller-manager')).toMatch(/^control-plane-[23]$/);
  const status = etcdctl('control-plane-2', 'endpoint status --cluster -w json');
  expect(status.stderr).toContain('Failed to get the status of endpoint https://10.0.0.10:2379');
  const [after] = leaders('control-plane-2');
  expect(after!.raftTerm).toBe(before!.raftTerm + 1);
  expect(after!.leader).not.toBe(before!.leader);
  expect(etcdctl('control-plane-2', 'endpoint health --cluster').stderr).toMatch(
    /https:\/\/10\.0\.0\.10:2379 is unhealthy: failed to commit proposal: context deadline exceeded\nError: unhealthy cluster\n$/,
  );
  bed.until('its endpoint is gone', () => !bed.kubectl('get', 'endpointslice', 'kubernetes').includes('10.0.0.10'), 60);
  bed.until('its node is not ready', () => readyNodes() === 3, 120);
});

test('a fork of it goes on as it does', () => {
  const fork = bed.cluster.fork();
  expect(fork.stored('/registry/')).toEqual(bed.cluster.stored('/registry/'));
  fork.sim.runFor(20_000);
  bed.pass(20);
  expect(fork.sim.steps).toBe(bed.sim.steps);
  expect(fork.view()).toEqual(bed.cluster.view());
});

test('without two of three nothing is written', () => {
  power('power-off', 'control-plane-2');
  expect(bed.kubectlAnyway('run', 'lost', '--image=nginx').stderr).toBe(
    'Error from server: etcdserver: request timed out\n',
  );
  const { stderr } = bed.kubectlAnyway('get', '--raw', '/readyz');
  expect(stderr).toContain('[+]ping ok\\n[-]etcd failed: reason withheld\\n');
  expect(stderr).toContain('readyz check failed');
  const put = etcdctl('control-plane-3', 'put a b');
  expect(put.stderr).toContain('rpc error: code = DeadlineExceeded desc = context deadline exceeded');
  expect(put.stderr).toMatch(/\nError: context deadline exceeded\n$/);
  const read = 'get /registry/namespaces/default --keys-only --command-timeout=1s';
  expect(etcdctl('control-plane-3', read).exitCode).toBe(1);
  expect(etcdctl('control-plane-3', `${read} --consistency=s`).stdout).toBe('/registry/namespaces/default\n\n');
  expect(etcdctl('control-plane-3', 'endpoint status').stdout).toContain('etcdserver: no leader');
  bed.pass(120);
  // By now its kubelet has ended the API server, whose liveness probe failed.
  expect(bed.kubectlAnyway('get', 'pods').exitCode).toBe(1);
  expect(bed.run('node-1', 'crictl', 'ps', '-q', '--name', 'nginx').stdout.trim().split('\n')).toHaveLength(2);
});

test('with two of three all goes on, and who comes back gets to know what it has missed', () => {
  power('power-on', 'control-plane');
  bed.until('the API answers', () => bed.kubectlAnyway('get', 'deployment', 'web').stdout.includes('2/2'), 400);
  expect(bed.kubectlAnyway('get', 'pod', 'lost').stderr).toContain('NotFound');
  bed.kubectl('scale', 'deployment', 'web', '--replicas=3');
  bed.until('a third Pod', () => bed.kubectl('get', 'deployment', 'web').includes('3/3'), 120);
  power('power-on', 'control-plane-2');
  bed.until('all nodes are ready', () => readyNodes() === 4, 300);
  bed.until('three members answer', () => leaders('control-plane').length === 3, 120);
  const statuses = leaders('control-plane');
  expect(statuses).toHaveLength(3);
  expect(new Set(statuses.map(({ raftAppliedIndex }) => raftAppliedIndex)).size).toBe(1);
  bed.until(
    'all endpoints are back',
    () => bed.kubectl('get', 'endpointslice', 'kubernetes').includes('10.0.0.10,10.0.0.11,10.0.0.12'),
    60,
  );
});

test('who is cut off from the others serves nobody, and learns what it has missed', () => {
  for (const other of ['control-plane-2', 'control-plane-3'])
    bed.cluster.submit({ kind: 'fault', fault: { type: 'partition', hosts: ['control-plane', other] } });
  bed.pass(5);
  bed.kubectl('create', 'configmap', 'meanwhile');
  const local = (...words: string[]) => bed.run('control-plane', 'kubectl', '-s', 'https://10.0.0.10:6443', ...words);
  expect(local('get', 'configmap', 'meanwhile').stderr).toContain('etcdserver: request timed out');
  expect(etcdctl('control-plane', 'get /registry/configmaps/default/meanwhile --consistency=s').stdout).toBe('');
  for (const other of ['control-plane-2', 'control-plane-3'])
    bed.cluster.submit({ kind: 'fault', fault: { type: 'heal', hosts: ['control-plane', other] } });
  bed.pass(3);
  expect(local('get', 'configmap', 'meanwhile', '-o', 'name').stdout).toBe('configmap/meanwhile\n');
});

test('a machine that has been set up anew is a member until somebody takes it out, and cannot join before', () => {
  bed.run('control-plane-3', 'bash', '-c', 'systemctl stop kubelet; rm -f /etc/kubernetes/*.conf; kubeadm reset -f');
  bed.pass(5);
  const key = bed.run('control-plane', 'bash', '-c', 'kubeadm init phase upload-certs --upload-certs | tail -1').stdout;
  const join = bed.run(
    'control-plane',
    'bash',
    '-c',
    `kubeadm token create --print-join-command --certificate-key ${key}`,
  );
  const early = bed.cluster.run('control-plane-3', ['bash', '-c', join.stdout], 200_000)!;
  expect(early.stderr).toContain(
    'error execution phase check-etcd: etcd cluster is not healthy: failed to dial endpoint https://10.0.0.12:2379 with maintenance client: context deadline exceeded\n',
  );
  const { stdout } = etcdctl('control-plane', 'member list');
  const [id = ''] = stdout
    .split('\n')
    .filter((line) => line.includes('control-plane-3'))[0]!
    .split(',');
  expect(etcdctl('control-plane', `member remove ${id}`).exitCode).toBe(0);
  bed.run('control-plane-3', 'kubeadm', 'reset', '-f');
  const late = bed.run('control-plane-3', 'bash', '-c', join.stdout);
  expect(late.stderr).toBe('');
  expect(late.stdout).toContain('This node has joined the cluster');
  expect(new Set(leaders('control-plane').map(({ leader }) => leader)).size).toBe(1);
  expect(leaders('control-plane')).toHaveLength(3);
});
