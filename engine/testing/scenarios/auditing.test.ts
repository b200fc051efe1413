import { expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// An audit log as https://kubernetes.io/docs/tasks/debug/debug-cluster/audit/ has a learner set it up.

const MANIFEST = '/etc/kubernetes/manifests/kube-apiserver.yaml';
const LOG = '/var/log/kubernetes/audit/audit.log';

const POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: None
  users: ["system:kube-scheduler", "system:kube-controller-manager"]
- level: None
  userGroups: ["system:nodes", "system:serviceaccounts"]
- level: RequestResponse
  resources:
  - group: ""
    resources: [pods]
- level: Request
  resources:
  - group: ""
    resources: [configmaps]
    resourceNames: [settings]
  namespaces: [default]
- level: Metadata
  resources:
  - group: ""
    resources: [secrets, "pods/*"]
- level: Metadata
  nonResourceURLs: ["/version*"]
`;

interface AuditEvent {
  readonly level: string;
  readonly stage: string;
  readonly requestURI: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly sourceIPs: readonly string[];
  readonly objectRef?: { readonly resource: string; readonly name?: string };
  readonly responseStatus?: { readonly code: number };
  readonly requestObject?: { readonly spec?: { readonly dnsPolicy?: string }; readonly data?: object };
  readonly responseObject?: { readonly kind: string };
  readonly annotations: Readonly<Record<string, string>>;
}

/** Adds flags and mounts to the API server's manifest, as the documentation says. */
function audit(bed: Testbed, policy: string, ...flags: readonly string[]): void {
  const command = [`--audit-policy-file=/etc/kubernetes/audit-policy.yaml`, ...flags];
  const edits = [
    `/- kube-apiserver$/a\\${command.map((flag) => `    - ${flag}`).join('\\n')}`,
    `/volumeMounts:/a\\    - mountPath: /etc/kubernetes/audit-policy.yaml\\n      name: audit\\n      readOnly: true\\n    - mountPath: /var/log/kubernetes/audit/\\n      name: audit-log`,
    `/^  volumes:/a\\  - hostPath: {path: /etc/kubernetes/audit-policy.yaml, type: File}\\n    name: audit\\n  - hostPath: {path: /var/log/kubernetes/audit/, type: DirectoryOrCreate}\\n    name: audit-log`,
  ];
  const write = `cat > /etc/kubernetes/audit-policy.yaml <<'E'\n${policy}E\n`;
  bed.run('control-plane', 'sh', '-c', write);
  bed.run('control-plane', 'sed', '-i', ...edits.flatMap((edit) => ['-e', edit]), MANIFEST);
  bed.pass(30);
}

function events(bed: Testbed, filter = '.'): readonly AuditEvent[] {
  const { stdout } = bed.run('control-plane', 'sh', '-c', `grep '${filter}' ${LOG}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
}

test('what the policy names is in the log, as much of it as the policy says', () => {
  const bed = new Testbed();
  audit(bed, POLICY, `--audit-log-path=${LOG}`);
  bed.until('the API server serves', () => bed.cluster.ready(), 60);
  bed.kubectl('run', 'web', '--image=nginx:1.29');
  bed.kubectl('create', 'secret', 'generic', 'db', '--from-literal=password=opensesame');
  bed.kubectl('create', 'configmap', 'settings', '--from-literal=a=b');
  bed.kubectl('create', 'configmap', 'others', '--from-literal=a=b');
  bed.kubectlAnyway('get', 'pods', '--as=jane');
  bed.kubectl('get', 'pods');
  bed.kubectl('version');

  const [run] = events(bed, '"verb":"create".*"resource":"pods"');
  expect(run).toMatchObject({
    kind: 'Event',
    apiVersion: 'audit.k8s.io/v1',
    level: 'RequestResponse',
    stage: 'ResponseComplete',
    verb: 'create',
    user: { username: 'kubernetes-admin', groups: ['kubeadm:cluster-admins', 'system:authenticated'] },
    objectRef: { resource: 'pods', namespace: 'default', name: 'web', apiVersion: 'v1' },
    responseStatus: { metadata: {}, code: 201 },
    requestObject: { spec: { dnsPolicy: 'ClusterFirst' } },
    responseObject: { kind: 'Pod' },
    annotations: {
      'authorization.k8s.io/decision': 'allow',
      'authorization.k8s.io/reason':
        'RBAC: allowed by ClusterRoleBinding "kubeadm:cluster-admins" of ClusterRole "cluster-admin" to Group "kubeadm:cluster-admins"',
    },
  });
  expect(run?.requestURI).toMatch(/^\/api\/v1\/namespaces\/default\/pods\?fieldManager=kubectl-run/);
  expect(run?.sourceIPs).toHaveLength(1);

  const [secret] = events(bed, '"verb":"create".*"resource":"secrets"');
  expect(secret).toMatchObject({ level: 'Metadata', objectRef: { name: 'db' } });
  expect(secret?.requestObject).toBeUndefined();

  // By its name in the path: nobody can know the name of what is created before it is read.
  expect(events(bed, 'configmaps')).toEqual([]);
  bed.kubectl('patch', 'configmap', 'settings', '-p', '{"data":{"a":"c"}}');
  bed.kubectl('patch', 'configmap', 'others', '-p', '{"data":{"a":"c"}}');
  const [settings, ...others] = events(bed, '"verb":"patch".*configmaps');
  expect(settings).toMatchObject({ level: 'Request', requestObject: { data: { a: 'c' } } });
  expect(settings?.responseObject).toBeUndefined();
  expect(others).toEqual([]);

  const [jane] = events(bed, '"username":"jane"');
  expect(jane).toMatchObject({
    user: { username: 'kubernetes-admin' },
    impersonatedUser: { username: 'jane' },
    responseStatus: { status: 'Failure', reason: 'Forbidden', code: 403 },
    annotations: { 'authorization.k8s.io/decision': 'forbid' },
  });
  const versions = events(bed, '"requestURI":"/version');
  expect(versions[0]).toMatchObject({ level: 'Metadata', verb: 'get', requestURI: '/version' });
  expect(events(bed, '"username":"system:node').length).toBe(0);
  expect(events(bed, 'RequestReceived')).toEqual([]);
});

test('a watch has begun before it ends, and a log that grows is put aside', () => {
  const bed = new Testbed();
  audit(
    bed,
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: RequestResponse\n',
    `--audit-log-path=${LOG}`,
    '--audit-log-maxsize=1',
    '--audit-log-maxbackup=1',
  );
  bed.until('the API server serves', () => bed.cluster.ready(), 60);
  bed.sh('timeout 3 kubectl get pods --watch');
  const watched = events(bed, 'pods?.*watch=true').filter(({ user }) => user.username === 'kubernetes-admin');
  expect(watched.map(({ stage, verb }) => `${stage} ${verb}`)).toEqual([
    'RequestReceived watch',
    'ResponseStarted watch',
    'ResponseComplete watch',
  ]);
  for (let round = 0; round < 6; round++) bed.kubectl('get', '--raw', '/openapi/v2');
  const files = bed.run('control-plane', 'ls', '/var/log/kubernetes/audit').stdout.trim().split('\n');
  expect(files.filter((name) => /^audit-2\d{3}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.log$/.test(name))).toHaveLength(1);
  expect(files).toContain('audit.log');
});

test('- is standard output', () => {
  const bed = new Testbed();
  audit(bed, POLICY, '--audit-log-path=-');
  bed.until('the API server serves', () => bed.cluster.ready(), 60);
  bed.kubectl('run', 'web', '--image=nginx:1.29');
  bed.pass(1);
  const logs = bed.kubectl('logs', '-n', 'kube-system', 'kube-apiserver-control-plane');
  expect(logs).toContain('"objectRef":{"resource":"pods","namespace":"default","name":"web","apiVersion":"v1"}');
});

const rules = (text: string) => `apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n${text}\n`;

test.each([
  ['', `loading audit policy file: failed decoding: Object 'Kind' is missing in 'null': from file`],
  [
    'apiVersion: v1\nkind: Policy\n',
    'failed decoding: no kind "Policy" is registered for version "v1" in scheme "k8s.',
  ],
  [
    'apiVersion: audit.k8s.io/v1\nkind: Policy\n',
    'loading audit policy file: loaded illegal policy with 0 rules: from',
  ],
  [rules('- users: [a]'), 'loading audit policy file: rules[0].level: Required value: from file'],
  [
    rules('- level: All'),
    'rules[0].level: Unsupported value: "All": supported values: "None", "Metadata", "Request", "RequestResponse": from',
  ],
  [
    rules('- {level: None, resources: [{group: "", resourceNames: [a]}]}'),
    'rules[0].resources.resourceNames: Invalid value: ["a"]: using resourceNames requires at least one resource',
  ],
])('a policy of %j ends the server', (policy, said) => {
  const bed = new Testbed();
  audit(bed, policy === '' ? 'null\n' : policy, `--audit-log-path=${LOG}`);
  const { stdout } = bed.run('control-plane', 'sh', '-c', 'cat /var/log/pods/kube-system_kube-apiserver*/*/*.log');
  const text = stdout.replaceAll('\\"', '"');
  expect(text).toMatch(/E\d{4} [\d:.]+ +\d+ run\.go:72\] "command failed" err="loading audit policy file: /);
  expect(text).toContain(said);
});

test('without the mount there is no such file', () => {
  const bed = new Testbed();
  const flag = '    - --audit-policy-file=/etc/kubernetes/audit-policy.yaml';
  bed.run('control-plane', 'sed', '-i', `/- kube-apiserver$/a\\${flag}`, MANIFEST);
  bed.pass(20);
  const { stdout } = bed.run('control-plane', 'sh', '-c', 'cat /var/log/pods/kube-system_kube-apiserver*/*/*.log');
  expect(stdout.replaceAll('\\"', '"')).toContain(
    'err="loading audit policy file: failed to read file path "/etc/kubernetes/audit-policy.yaml": open /etc/kubernetes/audit-policy.yaml: no such file or directory"',
  );
});

test('a misspelt field is told of, and means nothing', () => {
  const bed = new Testbed();
  audit(bed, rules('- {level: None, verb: [get]}\n- level: Metadata'), `--audit-log-path=${LOG}`);
  bed.until('the API server serves', () => bed.cluster.ready(), 60);
  const logs = bed.kubectl('logs', '-n', 'kube-system', 'kube-apiserver-control-plane');
  expect(logs).toContain(
    'Audit policy contains errors, falling back to lenient decoding: strict decoding error: unknown field "rules[0].verb"',
  );
  expect(events(bed)).toEqual([]);
});
