import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// A cluster is brought from one patch release to the next as its administrators do it: packages, kubeadm, kubelets.
// https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-upgrade/

const bed = new Testbed({ workers: [{}], kubernetesVersion: 'v1.36.1' });
const on = (host: string, line: string) => bed.run(host, 'bash', '-c', line);
const control = (line: string) => on('control-plane', line);
const imageOf = (component: string) =>
  bed
    .kubectl('-n', 'kube-system', 'get', 'pod', `${component}-control-plane`, '-o', 'jsonpath={..image}')
    .split(' ')[0];

test('apt knows a later release once it has loaded the lists, and lets held packages be', () => {
  const install = "apt-get install -y kubeadm='1.36.2-*'";
  expect(control('apt-cache madison kubeadm | head -1').stdout).toContain('1.36.1-1.1');
  expect(control(install)).toMatchObject({
    exitCode: 100,
    stderr: "E: Version '1.36.2-*' for 'kubeadm' was not found\n",
  });
  expect(control('apt-get update').stdout).toMatch(/Get:2 https:.*\/v1.36\/deb {2}InRelease\n/);
  expect(control('apt-cache madison kubeadm | head -1').stdout).toContain('1.36.2-1.1');
  expect(control('apt-mark showhold').stdout).toBe('kubeadm\nkubectl\nkubelet\n');
  expect(control(install).stderr).toBe(
    'E: Held packages were changed and -y was used without --allow-change-held-packages.\n',
  );
  expect(control('apt-get upgrade -y').stdout).toContain('kept back:\n  kubeadm kubectl kubelet\n');
  expect(control('su nobody -s /bin/sh -c "apt-get install kubeadm"').stderr).toContain('are you root?');
  expect(control('kubeadm version -o short').stdout).toBe('v1.36.1\n');
});

test('kubeadm goes no further than its own release', () => {
  expect(control('kubeadm upgrade plan').stdout).toContain('you have to update kubeadm to v1.36.2.');
  const { stderr, exitCode } = control('kubeadm upgrade apply v1.36.2 -y');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('"v1.36.2" is higher than the kubeadm version "v1.36.1"');
  expect(control('kubeadm upgrade apply v1.37.0 -y').stderr).toContain('one minor release higher');
  expect(control('kubeadm upgrade apply one -y').stderr).toContain(
    `couldn't parse version "vone"`.replace('vone', 'one'),
  );
  expect(imageOf('kube-apiserver')).toBe('registry.k8s.io/kube-apiserver:v1.36.1');
});

test('the control plane is upgraded: its manifests anew, what was written into them by hand gone', () => {
  const manifest = '/etc/kubernetes/manifests/kube-scheduler.yaml';
  control(`sed -i 's/cpu: 100m/cpu: 50m/' ${manifest}`);
  const before = bed.kubectl('get', '--raw', '/version');
  expect(before).toContain('v1.36.1');
  control("apt-mark unhold kubeadm && apt-get install -y kubeadm='1.36.2-*' && apt-mark hold kubeadm");
  expect(control('kubeadm version -o short').stdout).toBe('v1.36.2\n');
  expect(control('kubeadm upgrade plan').stdout).toMatch(/kubelet {5}node-1 {10}v1.36.1 {3}v1.36.2/);
  expect(control('echo n | kubeadm upgrade apply v1.36.2').stderr).toContain("won't proceed");
  const { stdout, exitCode } = control('echo y | kubeadm upgrade apply v1.36.2');
  expect(exitCode).toBe(0);
  expect(stdout).toContain('Current and new manifests of etcd are equal, skipping upgrade');
  expect(stdout).toContain('SUCCESS! A control plane node of your cluster was upgraded to "v1.36.2".');
  bed.pass(2);
  for (const component of ['kube-apiserver', 'kube-controller-manager', 'kube-scheduler']) {
    expect(imageOf(component)).toBe(`registry.k8s.io/${component}:v1.36.2`);
  }
  expect(bed.kubectl('get', '--raw', '/version')).toContain('v1.36.2');
  expect(control(`grep cpu: ${manifest}`).stdout).toContain('cpu: 100m');
  expect(control('grep cpu: /etc/kubernetes/tmp/kubeadm-backup-manifests-*/kube-scheduler.yaml').stdout).toContain(
    '50m',
  );
  expect(bed.kubectl('-n', 'kube-system', 'get', 'cm', 'kubeadm-config', '-o', 'yaml')).toContain('Version: v1.36.2');
  bed.kubectl('-n', 'kube-system', 'rollout', 'status', 'ds/kube-proxy');
  expect(bed.kubectl('-n', 'kube-system', 'get', 'ds', 'kube-proxy', '-o', 'jsonpath={..image}')).toContain('v1.36.2');
});

test('a kubelet is of the new release once it has been started anew', () => {
  const version = () => bed.kubectl('get', 'node', 'node-1', '-o', 'jsonpath={.status.nodeInfo.kubeletVersion}');
  on('node-1', "apt-get update; apt-mark unhold kubeadm kubelet; apt-get install -y kubeadm='1.36.2-*'");
  expect(on('node-1', 'kubeadm upgrade node').stdout).toContain(
    '[upgrade/control-plane] Skipping phase. Not a control plane node.',
  );
  expect(on('node-1', "apt-get install -y kubelet='1.36.2-*'").stdout).toContain(
    'Unpacking kubelet (1.36.2-1.1) over (1.36.1-1.1) ...',
  );
  expect(on('node-1', 'kubelet --version').stdout).toBe('Kubernetes v1.36.2\n');
  bed.pass(30);
  expect(version()).toBe('v1.36.1');
  on('node-1', 'systemctl daemon-reload; systemctl restart kubelet');
  bed.pass(5);
  expect(version()).toBe('v1.36.2');
});

test('what the ClusterConfiguration adds to a component’s flags outlives upgrades', () => {
  const edit = `kubectl -n kube-system get cm kubeadm-config -o yaml | sed 's/^    apiServer: {}/    apiServer:\\n      extraArgs:\\n      - name: profiling\\n        value: "false"/' | kubectl apply -f -`;
  expect(bed.sh(edit).exitCode).toBe(0);
  expect(control('kubeadm upgrade apply v1.36.2 -y').exitCode).toBe(0);
  expect(control('grep profiling /etc/kubernetes/manifests/kube-apiserver.yaml').stdout).toBe(
    '    - --profiling=false\n',
  );
});

test('a component that the kubelet does not start anew is put back as it was', () => {
  const edit = `kubectl -n kube-system get cm kubeadm-config -o yaml | sed 's/^    scheduler: {}/    scheduler:\\n      extraArgs:\\n      - name: v\\n        value: "4"/' | kubectl apply -f -`;
  expect(bed.sh(edit).exitCode).toBe(0);
  control('systemctl stop kubelet; (kubeadm upgrade apply v1.36.2 -y > /root/said 2>&1; echo $? >> /root/said) &');
  bed.pass(310);
  const said = control('cat /root/said').stdout;
  expect(said).toContain('Moving new manifest to "/etc/kubernetes/manifests/kube-scheduler.yaml"');
  expect(said).toContain('kubeadm has tried to recover everything into the earlier state');
  expect(said).toMatch(/\n1\n$/);
  expect(control('grep -c -e --v=4 /etc/kubernetes/manifests/kube-scheduler.yaml').stdout).toBe('0\n');
  expect(control('kubeadm upgrade plan').stderr).toContain(
    '[ERROR ControlPlaneNodesReady]: there are NotReady control-planes in the cluster: [control-plane]',
  );
});
