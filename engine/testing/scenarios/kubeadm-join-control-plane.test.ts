import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// A worker becomes a second machine of the control plane, and stops being one.
// https://kubernetes.io/docs/setup/production-environment/tools/kubeadm/high-availability/#steps-for-the-rest-of-the-control-plane-nodes

const PKI = '/etc/kubernetes/pki/etcd';
const ETCDCTL = `etcdctl --cacert=${PKI}/ca.crt --cert=${PKI}/server.crt --key=${PKI}/server.key`;

const bed = new Testbed({ controlPlaneEndpoint: true });
const on = (host: string, line: string) => bed.run(host, 'bash', '-c', line);
const control = (line: string) => on('control-plane', line);
const members = () => control(`${ETCDCTL} member list`).stdout.trim().split('\n');
const roles = (node: string) => bed.kubectl('get', 'node', node, '--no-headers').trim().split(/ +/)[2];

const uploadCertificates = () =>
  /key:\n([0-9a-f]{64})\n$/.exec(control('kubeadm init phase upload-certs --upload-certs').stdout)?.[1] ?? '';
const joinCommand = (key: string) =>
  control(`kubeadm token create --print-join-command --certificate-key ${key}`).stdout.trim();

function leave(node: string): void {
  bed.kubectl('drain', node, '--ignore-daemonsets', '--delete-emptydir-data');
  expect(on(node, 'kubeadm reset -f').exitCode).toBe(0);
  bed.kubectl('delete', 'node', node);
}

test('certificates that nobody has uploaded, or another key, keep a machine out', () => {
  leave('node-1');
  const missing = on('node-1', joinCommand('ab'.repeat(32)));
  expect(missing.stderr).toContain(
    'Secret "kubeadm-certs" was not found in the "kube-system" Namespace. This Secret might have expired.',
  );
  expect(missing.exitCode).toBe(1);
  uploadCertificates();
  expect(on('node-1', joinCommand('ab'.repeat(32))).stderr).toContain(
    'error downloading certs: error decrypting secret data with provided key: cipher: message authentication failed',
  );
  expect(members()).toHaveLength(1);
  expect(on('node-1', 'kubeadm reset -f').exitCode).toBe(0);
});

test('a machine joins the control plane by the command that kubeadm prints', () => {
  const join = joinCommand(uploadCertificates());
  expect(join).toMatch(/^kubeadm join 10\.0\.0\.5:6443 --token .* --control-plane --certificate-key [0-9a-f]{64}$/);
  const { stdout, stderr, exitCode } = on('node-1', join);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('[download-certs] Saving the certificates to the folder: "/etc/kubernetes/pki"\n');
  expect(stdout).toMatch(
    /apiserver serving cert is signed for DNS names \[node-1 .* IPs \[10\.96\.0\.1 10\.0\.0\.11 10\.0\.0\.5\]/,
  );
  expect(stdout).toContain('[etcd] Announced new etcd member joining to the existing etcd cluster\n');
  expect(stdout).toMatch(/^\[control-plane-check\] kube-apiserver is healthy after /m);
  expect(stdout).toContain('* A new etcd member was added to the local/stacked etcd cluster.\n');
  expect(members().join('\n')).toMatch(
    /started, node-1, https:\/\/10\.0\.0\.11:2380, https:\/\/10\.0\.0\.11:2379, false/,
  );
  bed.until('its node is ready', () => bed.kubectl('get', 'node', 'node-1').includes(' Ready '), 60);
  expect(roles('node-1')).toBe('control-plane');
  bed.until(
    'its Pods run',
    () =>
      bed.kubectlAnyway('get', 'pod', '-n', 'kube-system', 'kube-apiserver-node-1', 'etcd-node-1').stdout.split('1/1')
        .length === 3,
    120,
  );
  expect(
    on('node-1', 'kubectl --kubeconfig /etc/kubernetes/admin.conf -s https://10.0.0.11:6443 get nodes -o name').stdout,
  ).toContain('node/node-2\n');
  expect(on('node-1', 'cat /etc/kubernetes/kubelet.conf').stdout).toContain('server: https://10.0.0.11:6443');
});

test('with two members neither may go', () => {
  bed.cluster.submit({ kind: 'fault', fault: { type: 'power-off', host: 'node-1' } });
  expect(bed.kubectlAnyway('get', 'nodes').stderr).toBe('Error from server: etcdserver: request timed out\n');
  bed.cluster.submit({ kind: 'fault', fault: { type: 'power-on', host: 'node-1' } });
  bed.until('the API answers', () => bed.kubectlAnyway('get', 'nodes').exitCode === 0, 300);
  bed.until(
    'its API server is back',
    () => bed.kubectl('get', 'endpointslice', 'kubernetes').includes('10.0.0.11'),
    120,
  );
});

test('kubeadm reset takes its etcd out of the cluster first', () => {
  leave('node-1');
  expect(members()).toHaveLength(1);
  expect(bed.kubectl('get', 'nodes', '-o', 'name')).not.toContain('node-1');
  bed.until('its endpoint is gone', () => !bed.kubectl('get', 'endpointslice', 'kubernetes').includes('10.0.0.11'), 60);
  expect(control('kubeadm reset -f').stderr).toContain('resetting the one control plane');
});

test('it can join anew, also with certificates that somebody has copied', () => {
  const [join = ''] = joinCommand(uploadCertificates()).split(' --certificate-key');
  expect(on('node-1', join).stderr).toContain("couldn't load the certificate file /etc/kubernetes/pki/ca.crt");
  control(
    'cd /etc/kubernetes/pki && tar czf /tmp/pki.tgz ca.* sa.* front-proxy-ca.* etcd/ca.* && scp /tmp/pki.tgz node-1:/tmp/',
  );
  on('node-1', 'mkdir -p /etc/kubernetes/pki && tar xzf /tmp/pki.tgz -C /etc/kubernetes/pki');
  const { stderr, exitCode } = on('node-1', join);
  expect(stderr).toBe('');
  expect(exitCode).toBe(0);
  expect(members()).toHaveLength(2);
});

test('etcdctl changes who is a member by hand', () => {
  const add = control(`${ETCDCTL} member add node-2 --peer-urls=https://10.0.0.12:2380 --learner`);
  expect(add.stdout).toMatch(
    /^Member ([0-9a-f ]{16}) added to cluster [0-9a-f ]{16}\n\nETCD_NAME="node-2"\nETCD_INITIAL_CLUSTER="control-plane=https:\/\/10\.0\.0\.10:2380,node-1=.*,node-2=https:\/\/10\.0\.0\.12:2380"\n/,
  );
  expect(members().join('\n')).toContain(', unstarted, , https://10.0.0.12:2380, , true');
  const id = /Member +([0-9a-f]+)/.exec(add.stdout)![1]!;
  expect(control(`${ETCDCTL} member promote ${id}`).stderr).toBe(
    'Error: etcdserver: can only promote a learner member which is in sync with leader\n',
  );
  expect(control(`${ETCDCTL} member remove ${id}`).stdout).toMatch(
    /^Member [0-9a-f ]{16} removed from cluster [0-9a-f ]{16}\n$/,
  );
  expect(control(`${ETCDCTL} member remove ${id}`).stderr).toContain('member has already been permanently removed');
  expect(control(`${ETCDCTL} member remove beef`).stderr).toBe('Error: etcdserver: member not found\n');
  expect(control(`${ETCDCTL} member remove leader`).stderr).toContain(
    'bad member ID arg (strconv.ParseUint: parsing "leader"',
  );
  const [second = ''] = members().filter((line) => line.includes('node-1'));
  const other = second.split(',')[0]!.trim();
  expect(control(`${ETCDCTL} move-leader ${other}`).stdout).toContain(`to ${other}\n`);
  expect(control(`${ETCDCTL} endpoint status`).stdout).toContain(', false, false, ');
});
