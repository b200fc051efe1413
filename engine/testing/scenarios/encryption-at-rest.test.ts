import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// Secrets encrypted in etcd, as https://kubernetes.io/docs/tasks/administer-cluster/encrypt-data/ has a learner do it.

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const PKI = '/etc/kubernetes/pki/etcd';
const ETCDCTL = `etcdctl --cacert=${PKI}/ca.crt --cert=${PKI}/server.crt --key=${PKI}/server.key`;
const KEY_1 = btoa('1'.repeat(32));
const KEY_2 = btoa('2'.repeat(32));

/** For what is stored of secrets. */
function configuration(...providers: readonly string[]): string {
  return configurationOf('secrets', ...providers);
}

function configurationOf(resources: string, ...providers: readonly string[]): string {
  const lines = ['apiVersion: apiserver.config.k8s.io/v1', 'kind: EncryptionConfiguration', 'resources:'];
  return [
    ...lines,
    `- resources: ['${resources}']`,
    '  providers:',
    ...providers.map((each) => `  - ${each}`),
    '',
  ].join('\n');
}

const aesCbc = (...keys: readonly (readonly [string, string])[]) =>
  `aescbc: {keys: [${keys.map(([name, secret]) => `{name: ${name}, secret: ${secret}}`).join(', ')}]}`;
const IDENTITY = 'identity: {}';

function writeFile(bed: Testbed, text: string): void {
  bed.run(
    'control-plane',
    'sh',
    '-c',
    `mkdir -p /etc/kubernetes/enc; cat > /etc/kubernetes/enc/enc.yaml <<'E'\n${text}E\n`,
  );
}

/** Adds the flag and what it needs to the API server's manifest. */
function encrypt(bed: Testbed, text: string, ...flags: readonly string[]): void {
  writeFile(bed, text);
  const command = ['--encryption-provider-config=/etc/kubernetes/enc/enc.yaml', ...flags];
  const edits = [
    `/- kube-apiserver$/a\\${command.map((flag) => `    - ${flag}`).join('\\n')}`,
    `/volumeMounts:/a\\    - mountPath: /etc/kubernetes/enc\\n      name: enc\\n      readOnly: true`,
    `/^  volumes:/a\\  - hostPath: {path: /etc/kubernetes/enc, type: DirectoryOrCreate}\\n    name: enc`,
  ];
  bed.run('control-plane', 'sed', '-i', ...edits.flatMap((edit) => ['-e', edit]), MANIFEST);
  bed.pass(30);
}

/** Another file takes a restart: its manifest is moved away and back. */
function restart(bed: Testbed, text: string): void {
  writeFile(bed, text);
  bed.moveFile('control-plane', MANIFEST, '/etc/kubernetes/kube-apiserver.yaml');
  bed.pass(30);
  bed.moveFile('control-plane', '/etc/kubernetes/kube-apiserver.yaml', MANIFEST);
  bed.pass(30);
  serves(bed);
}

function serves(bed: Testbed): void {
  bed.until('the API server serves', () => bed.cluster.ready(), 60);
}

function etcd(bed: Testbed, command: string): string {
  return bed.run('control-plane', 'bash', '-c', `${ETCDCTL} ${command}`).stdout;
}

function serverLog(bed: Testbed): string {
  return bed.run('control-plane', 'sh', '-c', 'cat /var/log/pods/kube-system_kube-apiserver-*/*/*.log').stdout;
}

test('secrets are encrypted when they are written, and all of them once all have been replaced', () => {
  const bed = new Testbed();
  bed.kubectl('create', 'secret', 'generic', 'before', '--from-literal=password=opensesame');
  encrypt(bed, configuration(aesCbc(['key1', KEY_1]), IDENTITY));
  serves(bed);
  bed.kubectl('create', 'secret', 'generic', 'secret1', '--from-literal=mykey=mydata');
  bed.kubectl('create', 'configmap', 'plain', '--from-literal=a=b');

  const dump = etcd(bed, 'get /registry/secrets/default/secret1 | hexdump -C');
  const [, , third, fourth] = dump.split('\n');
  expect(third).toBe('00000020  31 0a 6b 38 73 3a 65 6e  63 3a 61 65 73 63 62 63  |1.k8s:enc:aescbc|');
  expect(fourth).toMatch(/^00000030 {2}3a 76 31 3a 6b 65 79 31 {2}3a .*\|:v1:key1:/);
  expect(etcd(bed, 'get /registry/secrets/default/secret1 -w fields')).toMatch(
    /^"Value" : "k8s:enc:aescbc:v1:key1:.*\\x[89a-f][0-9a-f].*"$/m,
  );
  expect(bed.kubectl('get', 'secret', 'secret1', '-o', 'jsonpath={.data.mykey}')).toBe(btoa('mydata'));
  expect(etcd(bed, 'get /registry/secrets/default/before | strings')).toContain(btoa('opensesame'));
  expect(etcd(bed, 'get /registry/configmaps/default/plain')).toContain('"a":"b"');

  bed.sh('kubectl get secrets --all-namespaces -o json | kubectl replace -f -');
  expect(etcd(bed, 'get /registry/secrets/default/before | strings')).toContain('k8s:enc:aescbc:v1:key1:');
  expect(bed.kubectl('get', 'secret', 'before', '-o', 'jsonpath={.data.password}')).toBe(btoa('opensesame'));
  expect(bed.cluster.stored('/registry/secrets/default/').map(({ value }) => value)).toMatchObject([
    { metadata: { name: 'before' } },
    { metadata: { name: 'secret1' } },
  ]);

  // Pods are given them as ever.
  bed.kubectl('run', 'web', '--image=busybox', '--env=A=b', '--restart=Never', '--command', '--', 'sleep', '1d');
  bed.kubectl('wait', '--for=condition=Ready', 'pod/web', '--timeout=60s');
});

test('a key that is taken away too early is missed, and everything comes back with it', () => {
  const bed = new Testbed();
  encrypt(bed, configuration(aesCbc(['key1', KEY_1]), IDENTITY));
  serves(bed);
  bed.kubectl('create', 'secret', 'generic', 'secret1', '--from-literal=mykey=mydata');
  restart(bed, configuration(aesCbc(['key2', KEY_2]), IDENTITY));

  const why = 'no matching key was found for the provided AES transformer';
  expect(bed.kubectlAnyway('get', 'secret', 'secret1').stderr).toBe(
    `Error from server (InternalError): Internal error occurred: ${why}\n`,
  );
  expect(bed.kubectlAnyway('get', 'secrets').stderr).toBe(
    `Error from server (InternalError): Internal error occurred: unable to transform key "/registry/secrets/default/secret1": ${why}\n`,
  );
  expect(bed.kubectlAnyway('delete', 'secret', 'secret1').stderr).toContain(why);
  bed.kubectl('get', 'pods', '-A');

  restart(bed, configuration(aesCbc(['key2', KEY_2], ['key1', KEY_1]), IDENTITY));
  bed.sh('kubectl get secrets -A -o json | kubectl replace -f -');
  restart(bed, configuration(aesCbc(['key2', KEY_2])));
  expect(bed.kubectl('get', 'secret', 'secret1', '-o', 'jsonpath={.data.mykey}')).toBe(btoa('mydata'));

  // Without the flag nobody can read it, either.
  bed.run('control-plane', 'sed', '-i', '/encryption-provider-config/d', MANIFEST);
  bed.pass(30);
  serves(bed);
  expect(bed.kubectlAnyway('get', 'secrets').stderr).toContain('identity transformer tried to read encrypted data');
});

test('a file that is no good ends the API server with what is wrong', () => {
  const bed = new Testbed();
  encrypt(bed, configuration(aesCbc(['key1', btoa('password')]), IDENTITY));
  expect(bed.kubectlAnyway('get', 'nodes').stderr).toContain('was refused');
  expect(serverLog(bed)).toContain(
    '"command failed" err="error while parsing file: resources[0].providers[0].aescbc.keys[0].secret: ' +
      'Invalid value: \\"REDACTED\\": secret is not of the expected length, got 8, expected one of [16 24 32]"',
  );
  bed.run('control-plane', 'rm', '/etc/kubernetes/enc/enc.yaml');
  bed.pass(60);
  expect(serverLog(bed)).toContain(
    'error while parsing file: error while loading file: error reading encryption provider configuration file ' +
      '\\"/etc/kubernetes/enc/enc.yaml\\": open /etc/kubernetes/enc/enc.yaml: no such file or directory',
  );
  writeFile(bed, configuration(`secretbox: {keys: [{name: key1, secret: ${KEY_1}}]}`, IDENTITY));
  bed.until('the API server serves', () => bed.cluster.ready(), 400);
  bed.kubectl('create', 'secret', 'generic', 'secret1', '--from-literal=mykey=mydata');
  expect(etcd(bed, 'get /registry/secrets/default/secret1 | strings')).toContain('k8s:enc:secretbox:v1:key1:');
});

test('a file that has changed is loaded without a restart when the flag says so', () => {
  const bed = new Testbed();
  encrypt(bed, configuration(IDENTITY), '--encryption-provider-config-automatic-reload=true');
  serves(bed);
  writeFile(bed, configuration(aesCbc(['key1', KEY_1]), IDENTITY));
  bed.pass(61);
  bed.kubectl('create', 'secret', 'generic', 'secret1', '--from-literal=mykey=mydata');
  expect(etcd(bed, 'get /registry/secrets/default/secret1 | strings')).toContain('k8s:enc:aescbc:v1:key1:');

  writeFile(bed, configuration(aesCbc(['key1', btoa('password')])));
  bed.pass(61);
  expect(serverLog(bed)).toContain('error processing encryption config file /etc/kubernetes/enc/enc.yaml: ');
  expect(bed.kubectl('get', 'secret', 'secret1', '-o', 'jsonpath={.data.mykey}')).toBe(btoa('mydata'));
});

test('a whole cluster can be encrypted, and does not start without the key', () => {
  const bed = new Testbed();
  encrypt(bed, configurationOf('*.*', `secretbox: {keys: [{name: key1, secret: ${KEY_1}}]}`, IDENTITY));
  serves(bed);
  bed.sh('kubectl get namespaces,services,clusterroles,clusterrolebindings -A -o json | kubectl replace -f -');
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.29');
  bed.kubectl('rollout', 'status', 'deployment/web', '--timeout=60s');
  expect(etcd(bed, 'get /registry/deployments/default/web | strings')).toContain('k8s:enc:secretbox:v1:key1:');
  expect(bed.podViews().map(({ status }) => status)).toEqual(['Running']);

  writeFile(bed, configurationOf('*.*', `secretbox: {keys: [{name: key1, secret: ${KEY_2}}]}`, IDENTITY));
  bed.run('control-plane', 'pkill', 'kube-apiserver');
  bed.pass(30);
  expect(bed.cluster.ready()).toBe(false);
  expect(serverLog(bed)).toContain('PostStartHook "rbac/bootstrap-roles" failed');
});

test('a snapshot holds what is encrypted as it is', () => {
  const bed = new Testbed();
  encrypt(bed, configuration(aesCbc(['key1', KEY_1]), IDENTITY));
  serves(bed);
  bed.kubectl('create', 'secret', 'generic', 'secret1', '--from-literal=mykey=mydata');
  etcd(bed, 'snapshot save /tmp/backup.db');
  bed.kubectl('delete', 'secret', 'secret1');
  bed.run('control-plane', 'sh', '-c', 'mv /etc/kubernetes/manifests/*.yaml /tmp');
  bed.pass(30);
  bed.run(
    'control-plane',
    'sh',
    '-c',
    'rm -r /var/lib/etcd; etcdutl snapshot restore /tmp/backup.db --data-dir /var/lib/etcd',
  );
  bed.run('control-plane', 'sh', '-c', 'mv /tmp/*.yaml /etc/kubernetes/manifests');
  bed.pass(30);
  serves(bed);
  expect(bed.kubectl('get', 'secret', 'secret1', '-o', 'jsonpath={.data.mykey}')).toBe(btoa('mydata'));
});
