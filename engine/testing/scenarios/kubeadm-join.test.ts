import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// A machine joins as a file says, only tries to, or wants to be a second control plane.
// https://kubernetes.io/docs/reference/setup-tools/kubeadm/kubeadm-join/

const bed = new Testbed();
const on = (host: string, line: string) => bed.run(host, 'bash', '-c', line);
const control = (line: string) => on('control-plane', line);
const joinCommand = () => control('kubeadm token create --print-join-command').stdout.trim();
const isReady = () =>
  bed.kubectlAnyway('get', 'node', 'node-1', '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}')
    .stdout === 'True';

test('a second control plane needs an endpoint that the cluster was not begun with', () => {
  bed.kubectl('drain', 'node-1', '--ignore-daemonsets');
  on('node-1', 'kubeadm reset -f');
  bed.kubectl('delete', 'node', 'node-1');
  const join = `${joinCommand()} --control-plane --certificate-key ${'ab'.repeat(32)}`;
  const { stderr, exitCode } = on('node-1', join);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(
    "unable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address\n",
  );
  expect(stderr).toContain('* The certificates that must be shared among control plane instances are provided.\n');
  const edit = `kubectl -n kube-system get cm kubeadm-config -o yaml | sed 's/^    clusterName: /    controlPlaneEndpoint: api:6443\\n&/' | kubectl apply -f -`;
  expect(bed.sh(edit).exitCode).toBe(0);
  expect(on('node-1', join.replace(/ --certificate-key.*/, '')).stderr).toContain(
    "couldn't load the certificate file /etc/kubernetes/pki/ca.crt: open /etc/kubernetes/pki/ca.crt: no such file or directory",
  );
  expect(on('node-1', join).stderr).toContain(
    'a second control plane of a cluster that was begun without a controlPlaneEndpoint is not simulated here',
  );
});

test('what would be written is shown', () => {
  const { stdout, exitCode } = on('node-1', `${joinCommand()} --dry-run`);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Would write file "/var/lib/kubelet/config.yaml" with content:\n\tapiVersion: kubelet');
  expect(on('node-1', 'ls /etc/kubernetes/pki /var/lib/kubelet').stdout).not.toMatch(/ca.crt|config.yaml/);
});

test('a file says all of it, and flags nothing besides', () => {
  const [, endpoint, token, pin] = /join (\S+) --token (\S+) .*-hash (\S+)/.exec(joinCommand()) ?? [];
  const file = `apiVersion: kubeadm.k8s.io/v1beta4
kind: JoinConfiguration
discovery:
  bootstrapToken:
    apiServerEndpoint: ${endpoint}
    token: ${token}
    caCertHashes: [${pin}]
nodeRegistration:
  kubeletExtraArgs:
  - {name: v, value: "4"}
  colour: red
`;
  const write = (path: string, text: string) => on('node-1', `cat > ${path} <<'END'\n${text}END`);
  write('/root/join.yaml', file);
  write('/root/empty.yaml', 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: JoinConfiguration\n');
  expect(on('node-1', 'kubeadm join --config /root/empty.yaml').stderr).toContain('bootstrapToken or file must be set');
  expect(on('node-1', 'kubeadm join --config /nope').stderr).toContain('open /nope: no such file or directory');
  expect(on('node-1', `kubeadm join --config /root/join.yaml --token ${token}`).stderr).toContain(
    "can not mix '--config' with arguments [token]",
  );
  const { stdout, stderr } = on('node-1', 'kubeadm join --config /root/join.yaml');
  expect(stderr).toContain('strict decoding error: unknown field "nodeRegistration.colour"');
  expect(stdout).toContain('This node has joined the cluster:\n');
  expect(on('node-1', 'cat /var/lib/kubelet/kubeadm-flags.env').stdout).toBe('KUBELET_KUBEADM_ARGS="--v=4"\n');
  bed.until('the node is Ready', isReady);
  expect(on('node-1', 'ps aux').stdout).toContain('--config=/var/lib/kubelet/config.yaml --v=4');
});

test('a kubeconfig tells of the cluster in place of a token', () => {
  on('node-1', 'kubeadm reset -f');
  bed.kubectl('delete', 'node', 'node-1');
  const info = bed.kubectl('-n', 'kube-public', 'get', 'cm', 'cluster-info', '-o', 'jsonpath={.data.kubeconfig}');
  on('node-1', `cat > /root/info.conf <<'END'\n${info}END`);
  const token = control('kubeadm token create').stdout.trim();
  expect(on('node-1', 'kubeadm join --discovery-file /root/info.conf').stderr).toContain('discovery.tlsBootstrapToken');
  expect(on('node-1', `kubeadm join --discovery-file /root/info.conf --tls-bootstrap-token ${token}`).stdout).toContain(
    'This node has joined the cluster:\n',
  );
  bed.until('the node is Ready', isReady);
});
