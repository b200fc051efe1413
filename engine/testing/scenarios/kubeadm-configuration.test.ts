import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// kubeadm's configuration files, single phases of init, and what is only tried (--dry-run).
// https://kubernetes.io/docs/reference/config-api/kubeadm-config.v1beta4/

const bed = new Testbed();
const on = (host: string, line: string) => bed.run(host, 'bash', '-c', line);
const control = (line: string) => on('control-plane', line);
const write = (path: string, text: string) => control(`cat > ${path} <<'END'\n${text}\nEND`);

test('the defaults are valid, and the components’ can be added', () => {
  for (const name of ['init', 'join', 'reset', 'upgrade']) {
    control(`kubeadm config print ${name}-defaults > /root/${name}.yaml`);
    expect(control(`kubeadm config validate --config /root/${name}.yaml`)).toMatchObject({
      stdout: 'ok\n',
      exitCode: 0,
    });
  }
  const all = control('kubeadm config print init-defaults --component-configs KubeletConfiguration').stdout;
  expect(all).toContain('kind: ClusterConfiguration\n');
  expect(all).toContain('kind: KubeletConfiguration\n');
  expect(control('kubeadm config print init-defaults --component-configs Kube').stderr).toContain(
    '--component-configs needs to contain some of [KubeProxyConfiguration KubeletConfiguration]',
  );
});

test.each([
  ['kind: ClusterConfiguration', 'kind and apiVersion is mandatory information that must be specified'],
  ['apiVersion: kubeadm.k8s.io/v1beta2\nkind: InitConfiguration', 'uses an old API spec: "kubeadm.k8s.io/v1beta2"'],
  ['apiVersion: kubeadm.k8s.io/v1beta4\nkind: Cluster', 'no kind "Cluster" is registered for version'],
  [
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nnetworking:\n  podSubnett: 10.0.0.0/8',
    'Kind:"ClusterConfiguration"}: strict decoding error: unknown field "networking.podSubnett"',
  ],
  [
    'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nclusterName: 7',
    'json: cannot unmarshal number into Go struct field ClusterConfiguration.clusterName of type string',
  ],
  ['a: [b', 'error converting YAML to JSON: yaml: '],
  ['apiVersion: v1\nkind: Pod', 'did not recognize GroupVersionKinds: []'],
])('%j is no configuration', (text, problem) => {
  write('/root/bad.yaml', text);
  const { stderr, exitCode } = control('kubeadm config validate --config /root/bad.yaml');
  expect(stderr).toContain(problem);
  expect(exitCode).toBe(1);
});

test('an older version is read with a warning, and written anew', () => {
  write(
    '/root/old.yaml',
    'apiVersion: kubeadm.k8s.io/v1beta3\nkind: ClusterConfiguration\napiServer:\n  extraArgs:\n    profiling: "false"',
  );
  expect(control('kubeadm config images list --config /root/old.yaml').stderr).toContain('uses a deprecated API spec');
  expect(control('kubeadm config migrate --old-config /root/old.yaml').stdout).toBe(
    'apiServer:\n  extraArgs:\n  - name: profiling\n    value: "false"\napiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\n',
  );
  expect(control('kubeadm config migrate').stderr).toContain('the --old-config flag is mandatory');
});

test('images are those of a release and of a registry', () => {
  expect(control('kubeadm config images list').stdout).toContain('registry.k8s.io/kube-apiserver:v1.36.2\n');
  expect(control('kubeadm config images list --kubernetes-version 1.36.0').stdout).toContain('kube-proxy:v1.36.0\n');
  expect(control('kubeadm config images list --image-repository example.com -o json').stdout).toMatch(
    /"images": \[\n {8}"example.com\/kube-apiserver:v1.36.2",/,
  );
  expect(control('kubeadm config images list --kubernetes-version latest-fly').stderr).toContain(
    "doesn't match patterns for neither semantic version nor labels",
  );
});

test('the certificates for a control plane are stored, sealed, for two hours', () => {
  expect(control('kubeadm init phase upload-certs').stdout).toContain('Skipping phase. Please see --upload-certs');
  const { stdout } = control('kubeadm init phase upload-certs --upload-certs');
  const [, key = ''] = /Using certificate key:\n([0-9a-f]{64})\n$/.exec(stdout) ?? [];
  expect(key).toHaveLength(64);
  const data = bed.kubectl('-n', 'kube-system', 'get', 'secret', 'kubeadm-certs', '-o', 'jsonpath={.data}');
  expect(Object.keys(JSON.parse(data)).sort()).toEqual(
    'ca.crt ca.key etcd-ca.crt etcd-ca.key front-proxy-ca.crt front-proxy-ca.key sa.key sa.pub'.split(' '),
  );
  expect(control('kubeadm token list').stdout).toMatch(
    /\n\S+ +1h +\S+ +<none> +Proxy for managing TTL for the kubeadm-certs secret +<none>\n/,
  );
  const join = control(`kubeadm token create --print-join-command --certificate-key ${key}`).stdout;
  expect(join).toMatch(/ --control-plane --certificate-key [0-9a-f]{64}\n$/);
  // The Secret goes with its token, whose time is two hours.
  control("kubeadm token list | awk '/Proxy/ { print $1 }' | xargs kubeadm token delete");
  bed.pass(5);
  expect(bed.kubectlAnyway('-n', 'kube-system', 'get', 'secret', 'kubeadm-certs').stderr).toContain('not found');
});

test('a lost certificate, kubeconfig or mark is made anew by its phase', () => {
  const phase = (name: string) => control(`kubeadm init phase ${name}`);
  expect(phase('certs all').stdout).toContain('[certs] Using existing apiserver certificate and key on disk\n');
  control('rm /etc/kubernetes/pki/apiserver.* /etc/kubernetes/scheduler.conf');
  expect(phase('certs apiserver --apiserver-cert-extra-sans api.example.com,10.1.2.3').stdout).toBe(
    '[certs] Generating "apiserver" certificate and key\n' +
      '[certs] apiserver serving cert is signed for DNS names [control-plane kubernetes kubernetes.default kubernetes.default.svc kubernetes.default.svc.cluster.local api.example.com] and IPs [10.96.0.1 10.0.0.10 10.1.2.3]\n',
  );
  expect(control('openssl x509 -noout -text -in /etc/kubernetes/pki/apiserver.crt').stdout).toContain(
    'DNS:api.example.com',
  );
  expect(phase('kubeconfig all').stdout).toContain('[kubeconfig] Writing "scheduler.conf" kubeconfig file\n');
  const who = 'auth whoami -o jsonpath={.status.userInfo.username}';
  expect(control(`kubectl --kubeconfig /etc/kubernetes/scheduler.conf ${who}`).stdout).toBe('system:kube-scheduler');
  bed.kubectl('taint', 'node', 'control-plane', 'node-role.kubernetes.io/control-plane-');
  expect(phase('mark-control-plane').stdout).toContain('taints [node-role.kubernetes.io/control-plane:NoSchedule]\n');
  expect(bed.kubectl('describe', 'node', 'control-plane')).toContain(
    'node-role.kubernetes.io/control-plane:NoSchedule',
  );
  control(
    'mv /etc/kubernetes/pki/ca.key /root; rm /etc/kubernetes/pki/front-proxy-client.crt /etc/kubernetes/admin.conf',
  );
  expect(phase('kubeconfig admin').stderr).toContain('open /etc/kubernetes/pki/ca.key: no such file or directory');
  control('mv /root/ca.key /etc/kubernetes/pki; kubeadm init phase kubeconfig admin');
  expect(control(`kubectl --kubeconfig /etc/kubernetes/admin.conf ${who}`).stdout).toBe('kubernetes-admin');
});

test('a user gets a kubeconfig of his own', () => {
  expect(control('kubeadm kubeconfig user').stderr).toContain('required flag(s) "client-name" not set');
  control('kubeadm kubeconfig user --client-name jane --org dev,ops --validity-period 24h > /root/jane.conf');
  expect(control('kubectl --kubeconfig /root/jane.conf auth whoami -o jsonpath={.status.userInfo}').stdout).toContain(
    '"groups":["dev","ops","system:authenticated"],"username":"jane"',
  );
  expect(control('kubeadm kubeconfig user --client-name bot --token abc').stdout).toContain('    token: abc\n');
});

test('what is only tried is told, and changes nothing', () => {
  expect(control('kubeadm upgrade diff v1.36.1').stdout).toContain(
    '-    image: registry.k8s.io/kube-apiserver:v1.36.2\n+    image: registry.k8s.io/kube-apiserver:v1.36.1\n',
  );
  expect(control('kubeadm upgrade diff').stdout).toBe('');
  const tried = control('kubeadm upgrade apply v1.36.1 --dry-run');
  expect(tried.stdout).toContain('Current and new manifests of etcd are equal, skipping upgrade\n');
  expect(tried.stdout).toContain(
    'Would write file "/etc/kubernetes/manifests/kube-apiserver.yaml" with content:\n\tapiVersion',
  );
  expect(tried.exitCode).toBe(0);
  expect(control('grep -h image: /etc/kubernetes/manifests/*').stdout).not.toContain('v1.36.1');
  expect(on('node-1', 'kubeadm upgrade node --dry-run').stdout).toContain('Would write the kubelet configuration');
  expect(on('node-1', 'kubeadm reset --dry-run').stdout).toContain('[dryrun] Would stop the kubelet service\n');
  expect(on('node-1', 'systemctl is-active kubelet').stdout).toBe('active\n');
});
