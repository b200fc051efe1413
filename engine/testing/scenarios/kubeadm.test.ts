import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// kubeadm as administrators use it on a cluster that is there: tokens, a node that leaves and joins again, certificates.
// https://kubernetes.io/docs/reference/setup-tools/kubeadm/

const bed = new Testbed({ workers: [{}, {}] });

/** A line for a shell on a machine, whatever comes of it. */
const on = (host: string, line: string) => bed.run(host, 'bash', '-c', line);
const control = (line: string) => on('control-plane', line);
const joinCommand = () => control('kubeadm token create --print-join-command').stdout.trim();
const conditionOf = (node: string) =>
  bed.kubectlAnyway('get', 'node', node, '-o', 'jsonpath={.status.conditions[?(@.type=="Ready")].status}').stdout;

test('it is on nodes, and in no container or workstation', () => {
  expect(control('kubeadm version -o short').stdout).toBe('v1.36.2\n');
  expect(on('node-1', 'kubeadm version').stdout).toContain('Major:"1", Minor:"36"');
  expect(bed.sh('kubeadm version').stderr).toContain('kubeadm: command not found');
});

test('help leads down the tree, and what is no command is told', () => {
  expect(control('kubeadm').stdout).toMatch(/Available Commands:\n {2}certs .*\n {2}config .*\n {2}init /);
  expect(control('kubeadm token create --help').stdout).toContain('  kubeadm token create [token] [flags]\n');
  expect(control('kubeadm fly').stderr).toMatch(/^error: unknown command "fly" for "kubeadm"\nTo see the stack trace/);
  expect(control('kubeadm token fly').stderr).toContain('invalid subcommand: "fly"');
  expect(control('kubeadm token list --fly').stderr).toContain('unknown flag: --fly');
  expect(control('kubeadm init phase kubelet-start').stderr).toContain('is not simulated here');
});

test('a token is a Secret, listed with its time, and signs what everybody may read', () => {
  const token = control('kubeadm token create --ttl 2m --description "for node-1"').stdout.trim();
  const [id] = token.split('.');
  expect(token).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
  expect(bed.get('secret', `bootstrap-token-${id}`, 'kube-system')).toMatchObject({
    type: 'bootstrap.kubernetes.io/token',
    data: { 'token-id': btoa(id!), 'usage-bootstrap-signing': btoa('true') },
  });
  const [head, row] = control('kubeadm token list').stdout.split('\n');
  expect(head).toBe(
    'TOKEN                     TTL       EXPIRES                USAGES                   DESCRIPTION   EXTRA GROUPS',
  );
  expect(row).toContain(`${token}   1m `);
  expect(row).toMatch(/Z {3}authentication,signing {3}for node-1 {4}system:bootstrappers:kubeadm:default-node-token$/);
  bed.pass(1);
  const info = `curl -sk https://10.0.0.10:6443/api/v1/namespaces/kube-public/configmaps/cluster-info`;
  expect(on('node-1', info).stdout).toContain(`jws-kubeconfig-${id}`);
  // The token lets its bearer in, until its time has passed.
  const whoAmI = `curl -sk -o /dev/null -w '%{http_code}' -H 'Authorization: Bearer ${token}' https://10.0.0.10:6443/api/v1/nodes/node-1`;
  expect(on('node-1', whoAmI).stdout).toBe('200');
  bed.pass(120);
  expect(on('node-1', whoAmI).stdout).toBe('401');
  expect(control('kubeadm token list').stdout).toBe('');
  expect(on('node-1', info).stdout).not.toContain('jws-kubeconfig');
});

test('what is no token is refused, and so is a second one of the same name', () => {
  expect(control('kubeadm token create abc').stderr).toContain('the bootstrap token "abc" was not of the form');
  expect(control('kubeadm token create --usages fly').stderr).toContain('valid usage options: signing,authentication');
  expect(control('kubeadm token create --groups fly').stderr).toContain('bootstrap group "fly" is invalid');
  expect(control('kubeadm token create abcdef.0123456789abcdef --ttl 0').stdout).toBe('abcdef.0123456789abcdef\n');
  expect(control('kubeadm token list').stdout).toContain('abcdef.0123456789abcdef   <forever>   <never> ');
  expect(control('kubeadm token create abcdef.0123456789abcdef').stderr).toContain(
    'a token with id "abcdef" already exists',
  );
  expect(control('kubeadm token delete abcdef').stdout).toBe('bootstrap token "abcdef" deleted\n');
  expect(control('kubeadm token delete abcdef').stderr).toContain('secrets "bootstrap-token-abcdef" not found');
  expect(control('kubeadm token delete abc').stderr).toContain(`given token "abc" didn't match pattern`);
  expect(control('kubeadm token generate').stdout).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}\n$/);
  expect(on('node-1', 'kubeadm token list').stderr).toContain('open /root/.kube/config: no such file or directory');
});

test('a machine that is a node already is told so before anything is changed', () => {
  const { stderr, exitCode } = on('node-1', joinCommand());
  expect(stderr).toContain(
    '[ERROR FileAvailable--etc-kubernetes-kubelet.conf]: /etc/kubernetes/kubelet.conf already exists',
  );
  expect(stderr).toContain('[ERROR Port-10250]: Port 10250 is in use');
  expect(exitCode).toBe(2);
  const init = control('kubeadm init');
  expect(init.stderr).toContain('[ERROR Port-6443]: Port 6443 is in use');
  expect(init.stderr).toContain('[ERROR FileAvailable--etc-kubernetes-manifests-etcd.yaml]');
  expect(init.exitCode).toBe(2);
  expect(control('kubeadm reset -f').stderr).toContain('resetting the one control plane');
  expect(on('node-1', 'echo n | kubeadm reset').stderr).toContain("won't proceed; the user didn't answer (Y|y)");
  expect(conditionOf('node-1')).toBe('True');
});

test('a node leaves and joins again, with a certificate that it is given for its token', () => {
  bed.kubectl('drain', 'node-1', '--ignore-daemonsets');
  expect(on('node-1', 'kubeadm reset -f').stdout).toContain('[reset] Stopping the kubelet service\n');
  expect(on('node-1', 'ls /etc/kubernetes/pki /var/lib/kubelet; crictl ps -q').stdout).toBe(
    '/etc/kubernetes/pki:\n\n/var/lib/kubelet:\n',
  );
  bed.kubectl('delete', 'node', 'node-1');
  const { stdout, stderr } = on('node-1', joinCommand());
  expect(stderr).toBe('');
  expect(stdout).toContain('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"\n');
  expect(stdout).toContain('This node has joined the cluster:\n');
  bed.until('the node is Ready', () => conditionOf('node-1') === 'True');
  expect(bed.kubectl('get', 'csr', '--no-headers')).toMatch(
    /^csr-\w{5} +\d+s +kubernetes.io\/kube-apiserver-client-kubelet +system:bootstrap:\w{6} +<none> +Approved,Issued\n$/,
  );
  const whoAmI =
    'kubectl --kubeconfig /etc/kubernetes/kubelet.conf auth whoami -o jsonpath={.status.userInfo.username}';
  expect(on('node-1', whoAmI).stdout).toBe('system:node:node-1');
  expect(on('node-1', 'ls /etc/kubernetes').stdout).toBe('kubelet.conf\nmanifests\npki\n');
  bed.kubectl('create', 'deployment', 'web', '--image=nginx', '--replicas=4');
  bed.until('the new node runs Pods', () => bed.podViews().filter(({ status }) => status === 'Running').length === 4);
  expect(bed.kubectl('get', 'pods', '-o', 'wide')).toContain(' node-1 ');
});

test('a reset node stays out after a reboot, and a Node that is still Ready keeps its machine out', () => {
  on('node-2', 'kubeadm reset -f');
  const { stderr } = on('node-2', joinCommand());
  expect(stderr).toContain('a Node with name "node-2" and status "Ready" already exists in the cluster.');
  on('node-2', 'kubeadm reset -f; systemctl reboot');
  bed.pass(60);
  expect(conditionOf('node-2')).toBe('Unknown');
  expect(on('node-2', joinCommand()).stdout).toContain('This node has joined the cluster:');
  bed.until('the node is Ready again', () => conditionOf('node-2') === 'True');
});

test('a wrong hash or a wrong secret is seen through; a token that nobody knows is waited for', () => {
  on('node-2', 'kubeadm reset -f');
  const join = joinCommand();
  bed.pass(1);
  const [, token = ''] = /--token (\S+)/.exec(join) ?? [];
  expect(on('node-2', join.replace(/sha256:../, 'sha256:00')).stderr).toContain(
    'cluster CA found in cluster-info ConfigMap is invalid: none of the public keys "sha256:',
  );
  expect(on('node-2', join.replace(token, `${token.slice(0, 7)}0123456789abcdef`)).stderr).toContain(
    'failed to verify JWS signature of received cluster info object',
  );
  expect(on('node-2', join.replace(/ --discovery.*/, '')).stderr).toContain('without caCertHashes can be unsafe');
  expect(on('node-2', 'kubeadm join').stderr).toContain('bootstrapToken or file must be set');
  const unknown = bed.cluster.run('node-2', ['bash', '-c', join.replace(token, 'abcdef.0123456789abcdef')], 400_000);
  expect(unknown?.stderr).toContain(
    `error: error execution phase preflight: couldn't validate the identity of the API Server: could not find a JWS signature in the cluster-info ConfigMap for token ID "abcdef"`,
  );
});

test('certificates are shown with their time, and renewed by the key of the CA', () => {
  const check = () => control('kubeadm certs check-expiration').stdout;
  expect(check()).toMatch(/\napiserver {18}Jan 12, 2027 09:00 UTC {3}364d {12}ca {22}no {6}\n/);
  const serial = () => control('openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -serial').stdout;
  const before = serial();
  expect(control('kubeadm certs renew apiserver').stdout).toMatch(
    /\n\ncertificate for serving the Kubernetes API renewed\n$/,
  );
  expect(serial()).not.toBe(before);
  const names = 'openssl x509 -in /etc/kubernetes/pki/apiserver.crt -noout -text | grep DNS:';
  expect(control(names).stdout).toContain('DNS:kubernetes.default.svc');
  const all = control('kubeadm certs renew all').stdout;
  expect(all).toContain(
    'certificate embedded in the kubeconfig file for the admin to use and for kubeadm itself renewed\n',
  );
  expect(all).toMatch(/You must restart the kube-apiserver, .* so that they can use the new certificates\.\n$/);
  expect(control('kubectl --kubeconfig /etc/kubernetes/admin.conf auth whoami').stdout).toContain('kubernetes-admin');
  expect(control('mv /etc/kubernetes/pki/ca.key /tmp; kubeadm certs renew apiserver').stdout).toContain(
    "Detected external ca, certificate for serving the Kubernetes API can't be renewed\n",
  );
  expect(control('rm /etc/kubernetes/pki/apiserver.crt; kubeadm certs check-expiration').stdout).toContain(
    '!MISSING! apiserver ',
  );
});

test('a cluster of the newest release has nothing to be upgraded to, and its kubelets can be configured anew', () => {
  expect(control('kubeadm upgrade plan').stdout).toContain("Awesome, you're up-to-date! Enjoy!\n");
  control(
    'kubectl -n kube-system get cm kubelet-config -o yaml | sed "s/    staticPodPath/    maxPods: 42\\n&/" | kubectl replace -f -',
  );
  expect(on('node-1', 'kubeadm upgrade node phase kubelet-config').stdout).toContain('was successfully upgraded!\n');
  expect(on('node-1', 'cat /var/lib/kubelet/config.yaml').stdout).toContain('maxPods: 42');
});
