import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Flags that a learner adds to the API server's manifest.

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';

function withFlags(...flags: readonly string[]): Testbed {
  const bed = new Testbed();
  bed.run('control-plane', 'sh', '-c', `echo 'opensesame,ali,7,"dev,ops"' > /etc/kubernetes/pki/tokens.csv`);
  const lines = flags.map((flag) => `    - ${flag}`).join('\\n');
  bed.run('control-plane', 'sed', '-i', `/- kube-apiserver$/a\\${lines}`, MANIFEST);
  bed.pass(30);
  return bed;
}

const serverLog = (bed: Testbed) =>
  bed.run('control-plane', 'sh', '-c', 'cat /var/log/pods/kube-system_kube-apiserver-*/*/*.log').stdout;

const curl = (bed: Testbed, ...args: readonly string[]) =>
  bed.run('node-1', 'curl', '-sk', ...args, 'https://10.0.0.10:6443/api/v1/namespaces/default/pods').stdout;

test('node ports, tolerations and static tokens are as the flags say', () => {
  const bed = withFlags(
    '--service-node-port-range=80-90',
    '--default-not-ready-toleration-seconds=20',
    '--default-unreachable-toleration-seconds=30',
    '--token-auth-file=/etc/kubernetes/pki/tokens.csv',
  );
  bed.until('the API server serves', () => bed.cluster.ready(), 60);
  expect(bed.kubectlAnyway('create', 'service', 'nodeport', 'a', '--tcp=80', '--node-port=30080').stderr).toContain(
    'provided port is not in the valid range. The range of valid ports is 80-90',
  );
  bed.kubectl('create', 'service', 'nodeport', 'a', '--tcp=80', '--node-port=80');
  bed.kubectl('create', 'service', 'nodeport', 'b', '--tcp=80');
  const port = Number(bed.kubectl('get', 'service', 'b', '-o', 'jsonpath={.spec.ports[0].nodePort}'));
  expect(port).toBeGreaterThan(80);
  expect(port).toBeLessThanOrEqual(90);

  bed.kubectl('run', 'web', '--image=nginx:1.29');
  expect(bed.pod('web').spec.tolerations?.map(({ tolerationSeconds }) => tolerationSeconds)).toEqual([20, 30]);

  expect(curl(bed, '-H', 'Authorization: Bearer opensesame')).toContain('User \\"ali\\" cannot list resource');
  bed.kubectl('create', 'rolebinding', 'ops', '--clusterrole=view', '--group=ops');
  expect(curl(bed, '-H', 'Authorization: Bearer opensesame')).toContain('PodList');
  expect(curl(bed, '-H', 'Authorization: Bearer sesame')).toContain('Unauthorized');
});

test('without anonymous requests nobody in particular is served, and the probes of kubeadm fail', () => {
  const bed = withFlags('--anonymous-auth=false');
  expect(curl(bed)).toContain('"reason": "Unauthorized"');
  expect(bed.kubectl('get', 'nodes')).toContain('control-plane');
  bed.pass(300);
  expect(bed.run('control-plane', 'crictl', 'ps', '-a', '--name', 'kube-apiserver').stdout).toContain('Exited');
});

test('an API group of which nobody knows ends the API server with a word', () => {
  const bed = withFlags('--runtime-config=nonsense/v1=true');
  expect(serverLog(bed)).toContain('Error: unknown api groups nonsense');
});

test('a range that is none ends the API server with a word', () => {
  const bed = withFlags('--service-node-port-range=90-80');
  expect(serverLog(bed)).toContain(
    'Error: invalid argument "90-80" for "--service-node-port-range" flag: end port cannot be less than start port: 90-80',
  );
});
