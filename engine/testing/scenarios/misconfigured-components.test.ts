import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// What a component says of a command line or a file that is no good, and that mending it is enough.

const MANIFESTS = '/etc/kubernetes/manifests';

function edit(bed: Testbed, component: string, expression: string): void {
  bed.run('control-plane', 'cp', `${MANIFESTS}/${component}.yaml`, '/root/backup.yaml');
  bed.run('control-plane', 'sed', '-i', expression, `${MANIFESTS}/${component}.yaml`);
}

function mend(bed: Testbed, component: string): void {
  bed.run('control-plane', 'cp', '/root/backup.yaml', `${MANIFESTS}/${component}.yaml`);
  bed.until('the API server serves', () => bed.cluster.ready(), 120);
}

/** What the container's lives said, each thing once. */
function log(bed: Testbed, component: string): string {
  const path = `/var/log/pods/kube-system_${component}-control-plane_*/${component}/*.log`;
  const { stdout } = bed.run('control-plane', 'sh', '-c', `cat ${path} | cut -d' ' -f4-`);
  const lines = stdout.replaceAll(/^([WEF])\d{4} [\d:.]+ +\d+ /gm, '$1 ').split('\n');
  return [...new Set(lines)].join('\n');
}

test.each([
  ['kube-apiserver', 's/--secure-port=/--secure-porty=/', 'Error: unknown flag: --secure-porty\n'],
  ['kube-apiserver', 's/--secure-port=6443/--secure-port 6443/', 'Error: unknown flag: --secure-port 6443\n'],
  [
    'kube-apiserver',
    's/--allow-privileged=true/--allow-privileged=yes/',
    'Error: invalid argument "yes" for "--allow-privileged" flag: strconv.ParseBool: parsing "yes": invalid syntax\n',
  ],
  [
    'kube-apiserver',
    's/127.0.0.1:2379/127.0.0.1:2378/',
    'W logging.go:55] [core] grpc: addrConn.createTransport failed to connect to {Addr: "127.0.0.1:2378"}. Err: connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:2378: connect: connection refused"\n' +
      'F instance.go:232] Error creating leases: error creating storage factory: context deadline exceeded\n',
  ],
  ['kube-controller-manager', 's/--root-ca-file/--root-ca/', 'Error: unknown flag: --root-ca\n'],
  [
    'kube-controller-manager',
    's/controller-manager.conf$/nosuch.conf/',
    'E run.go:72] "command failed" err="stat /etc/kubernetes/nosuch.conf: no such file or directory"\n',
  ],
  [
    'kube-scheduler',
    's/--leader-elect=true/scheduling/',
    'Error: "kube-scheduler" does not take any arguments, got ["scheduling"]\n',
  ],
])('%s with %s says what is wrong with that, until it is mended', (component, expression, said) => {
  const bed = new Testbed();
  // Only the command's line: the volumes stay.
  edit(bed, component, `/^    - -/${expression}`);
  bed.pass(30);
  expect(log(bed, component)).toBe(said);
  mend(bed, component);
  const pod = `${component}-control-plane`;
  bed.until('it runs again', () => bed.podView(pod, 'kube-system')?.ready === true, 120);
});

test('a flag that the release has is taken', () => {
  const bed = new Testbed();
  edit(bed, 'kube-apiserver', '/- kube-apiserver$/a\\    - --profiling=false\\n    - --event-ttl=2h\\n    - --v=2');
  bed.pass(30);
  bed.until('the API server serves', () => bed.cluster.ready(), 60);
});

test('a scheduler whose kubeconfig leads nowhere schedules nothing', () => {
  const bed = new Testbed();
  bed.run('control-plane', 'sed', '-i', 's/6443/6444/', '/etc/kubernetes/scheduler.conf');
  bed.killProcess('control-plane', 'kube-scheduler');
  bed.pass(60);
  bed.kubectl('run', 'web', '--image=nginx:1.29');
  bed.pass(30);
  expect(bed.pod('web').status?.phase).toBe('Pending');
});

test.each(['contexts: 5', 'contexts: [null]', '- 1', 'hello'])('a kubeconfig that says %s is none', (text) => {
  const bed = new Testbed();
  bed.run('control-plane', 'sh', '-c', `echo '${text}' > /etc/kubernetes/controller-manager.conf`);
  bed.killProcess('control-plane', 'kube-controller-manager');
  bed.pass(30);
  const logs = bed.run('control-plane', 'sh', '-c', 'cat /var/log/pods/*controller-manager*/*/*.log').stdout;
  expect(logs).toContain('invalid configuration: no configuration has been provided');
});

test('a kubelet whose kubeconfig names a wrong port is NotReady, and its journal says why', () => {
  const bed = new Testbed();
  bed.run('node-1', 'sed', '-i', 's/6443/6553/', '/etc/kubernetes/kubelet.conf');
  bed.run('node-1', 'systemctl', 'restart', 'kubelet');
  bed.pass(60);
  expect(bed.kubectl('get', 'node', 'node-1')).toMatch(/node-1 +NotReady /);
  const journal = bed.run('node-1', 'journalctl', '-u', 'kubelet').stdout;
  expect(journal).toContain(
    '"Unable to register node with API server" err="Post \\"https://10.0.0.10:6553/api/v1/nodes\\": dial tcp 10.0.0.10:6553: connect: connection refused" node="node-1"\n',
  );
  expect(journal).toContain(
    '"Failed to ensure lease exists, will retry" err="Get \\"https://10.0.0.10:6553/apis/coord',
  );
  bed.run('node-1', 'sed', '-i', 's/6553/6443/', '/etc/kubernetes/kubelet.conf');
  bed.run('node-1', 'systemctl', 'restart', 'kubelet');
  bed.until('it is Ready', () => / Ready /.test(bed.kubectl('get', 'node', 'node-1')), 60);
});

test('a static Pod whose image is not there, or whose container falls over, is told of in the journal', () => {
  const bed = new Testbed();
  const journal = () => bed.run('control-plane', 'sh', '-c', 'journalctl -u kubelet | grep "Error syncing pod"').stdout;
  edit(bed, 'etcd', 's/etcd:3.6.*/etcd:9.9/');
  bed.pass(30);
  expect(journal()).toMatch(
    /\] "Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"etcd\\" with ImagePullBackOff: .*" pod="kube-system\/etcd-control-plane" podUID="\w+"\n/,
  );
  mend(bed, 'etcd');
  edit(bed, 'kube-apiserver', 's/--secure-port=/--secure-porty=/');
  bed.pass(30);
  expect(journal()).toContain(
    'err="failed to \\"StartContainer\\" for \\"kube-apiserver\\" with CrashLoopBackOff: \\"back-off 10s restarting failed container=kube-apiserver pod=kube-apiserver-control-plane_kube-system(',
  );
});

test('a manifest that is no YAML, or no Pod, is told of in the journal', () => {
  const bed = new Testbed();
  const write = (text: string) =>
    bed.run('node-1', 'sh', '-c', `printf '%b' ${JSON.stringify(text)} > ${MANIFESTS}/web.yaml`);
  const last = () => bed.run('node-1', 'sh', '-c', 'journalctl -u kubelet | tail -n 1').stdout;
  write('kind: Pod\napiVersion: v1\nspec: [a\n');
  bed.pass(1);
  expect(last()).toMatch(
    /file.go:187\] "Could not process manifest file" err="\/etc\/kubernetes\/manifests\/web.yaml: couldn't parse as pod\(yaml: .*\), please check config file" path="\/etc\/kubernetes\/manifests\/web.yaml"\n$/,
  );
  write('apiVersion: v1\nmetadata: {name: web}\n');
  bed.pass(1);
  expect(last()).toContain("web.yaml: couldn't parse as pod(Object 'Kind' is missing), please check config file\"");
});
