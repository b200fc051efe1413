import { expect, test } from 'vitest';
import { Workstation } from '../testing/workstation.ts';
import { readManifest } from '../yaml/yaml-reader.ts';

// Objects, names and messages are those of a real kubectl.

function generated(line: string, workstation = new Workstation()): unknown {
  const { stdout, stderr, exitCode } = workstation.run(
    `create ${line.replace(/( -- |$)/, ' --dry-run=client -o yaml$1')}`,
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return readManifest(stdout);
}

test('what has no name, a review, needs no metadata; what must have one is refused', () => {
  const workstation = new Workstation();
  const create = (manifest: string) => {
    workstation.files.set('/root/manifest.yaml', manifest);
    return workstation.run('create -f /root/manifest.yaml');
  };
  expect(create('{apiVersion: authentication.k8s.io/v1, kind: SelfSubjectReview}').stdout).toBe(
    'selfsubjectreview.authentication.k8s.io/<unknown> created\n',
  );
  expect(create('{apiVersion: v1, kind: Namespace}').stderr).toContain('name or generateName is required');
});

test('create job and cronjob', () => {
  const containers = [{ command: ['date'], image: 'busybox', name: 'j', resources: {} }];
  expect(generated('job j --image=busybox -- date')).toEqual({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j' },
    spec: { template: { metadata: {}, spec: { containers, restartPolicy: 'Never' } } },
    status: {},
  });
  expect(generated("cronjob j --image=busybox --schedule='*/1 * * * *' -- date")).toMatchObject({
    kind: 'CronJob',
    spec: {
      jobTemplate: {
        metadata: { name: 'j' },
        spec: { template: { spec: { containers, restartPolicy: 'OnFailure' } } },
      },
      schedule: '*/1 * * * *',
    },
  });
});

test('create job from a cronjob', () => {
  const workstation = new Workstation();
  workstation.run("create cronjob report --image=busybox --schedule='0 3 * * *'");
  expect(workstation.run('create job now --from=cronjob/report').stdout).toBe('job.batch/now created\n');
  expect(
    workstation.run('get job now -o jsonpath={.metadata.annotations}{.metadata.ownerReferences[0].name}').stdout,
  ).toContain('"cronjob.kubernetes.io/instantiate":"manual"');
  expect(workstation.run('create job now --from=cronjob/report').stderr).toBe(
    'error: failed to create job: jobs.batch "now" already exists\n',
  );
});

test('create secret', () => {
  const workstation = new Workstation();
  workstation.write('env', 'A=1\n#c\nB=x y\n');
  const base = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
  expect(generated('secret generic s --from-literal=a=b')).toEqual({ ...base, data: { a: 'Yg==' } });
  expect(generated('secret generic s --from-env-file=env', workstation)).toEqual({
    ...base,
    data: { A: 'MQ==', B: 'eCB5' },
  });
  expect(generated('secret docker-registry s --docker-username=u --docker-password=p --docker-email=e')).toEqual({
    ...base,
    data: {
      '.dockerconfigjson':
        'eyJhdXRocyI6eyJodHRwczovL2luZGV4LmRvY2tlci5pby92MS8iOnsidXNlcm5hbWUiOiJ1IiwicGFzc3dvcmQiOiJwIiwiZW1haWwiOiJlIiwiYXV0aCI6ImRUcHcifX19',
    },
    type: 'kubernetes.io/dockerconfigjson',
  });
});

test('names with a hash', () => {
  const name = (line: string) => (generated(line) as { metadata: { name: string } }).metadata.name;
  expect(name('configmap b --from-literal=x=1 --append-hash')).toBe('b-hdmhg8k2dt');
  expect(name('configmap b --append-hash')).toBe('b-79dmd6276k');
  expect(name('secret generic b --append-hash')).toBe('b-hd9gmtbc52');
});

test('create service', () => {
  const base = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { labels: { app: 's' }, name: 's' },
    status: { loadBalancer: {} },
  };
  expect(generated('service clusterip s --tcp=80:8080')).toEqual({
    ...base,
    spec: {
      ports: [{ name: '80-8080', port: 80, protocol: 'TCP', targetPort: 8080 }],
      selector: { app: 's' },
      type: 'ClusterIP',
    },
  });
  expect(generated('service clusterip s --clusterip=None')).toEqual({
    ...base,
    spec: { clusterIP: 'None', selector: { app: 's' }, type: 'ClusterIP' },
  });
  expect(generated('svc nodeport s --tcp=80 --node-port=30000')).toMatchObject({
    spec: { ports: [{ name: '80', nodePort: 30000, targetPort: 80 }], type: 'NodePort' },
  });
  expect(generated('svc externalname s --external-name=a.b')).toMatchObject({
    spec: { externalName: 'a.b', type: 'ExternalName' },
  });
});

test('create role, clusterrole and their bindings', () => {
  expect(generated('role r --verb=get,list --resource=pods,deployments.apps,pods/log --resource-name=a')).toMatchObject(
    {
      rules: [
        { apiGroups: [''], resourceNames: ['a'], resources: ['pods', 'pods/log'], verbs: ['get', 'list'] },
        { apiGroups: ['apps'], resourceNames: ['a'], resources: ['deployments'], verbs: ['get', 'list'] },
      ],
    },
  );
  expect(generated('clusterrole r --verb=get --resource=pods --non-resource-url=/x')).toMatchObject({
    kind: 'ClusterRole',
    rules: [
      { apiGroups: [''], resources: ['pods'], verbs: ['get'] },
      { nonResourceURLs: ['/x'], verbs: ['get'] },
    ],
  });
  expect(generated('rolebinding r --role=x --serviceaccount=a:b --user=u --group=g')).toEqual({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: 'r' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'x' },
    subjects: [
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'u' },
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: 'g' },
      { kind: 'ServiceAccount', name: 'b', namespace: 'a' },
    ],
  });
});

test('create quota, poddisruptionbudget, priorityclass and ingress', () => {
  expect(generated('quota q --hard=cpu=1,pods=3 --scopes=BestEffort')).toMatchObject({
    spec: { hard: { cpu: '1', pods: '3' }, scopes: ['BestEffort'] },
  });
  expect(generated('pdb p --selector=a=b --max-unavailable=50%')).toMatchObject({
    spec: { maxUnavailable: '50%', selector: { matchLabels: { a: 'b' } } },
  });
  expect(generated('pc p --value=1 --global-default --preemption-policy=Never')).toEqual({
    apiVersion: 'scheduling.k8s.io/v1',
    globalDefault: true,
    kind: 'PriorityClass',
    metadata: { name: 'p' },
    preemptionPolicy: 'Never',
    value: 1,
  });
  const backend = (name: string, port: object) => ({ service: { name, port } });
  expect(
    generated("ingress i --rule=foo.com/bar=svc:80 --rule='foo.com/x*=svc2:http,tls=sec' --class=n"),
  ).toMatchObject({
    spec: {
      ingressClassName: 'n',
      rules: [
        {
          host: 'foo.com',
          http: {
            paths: [
              { backend: backend('svc', { number: 80 }), path: '/bar', pathType: 'Exact' },
              { backend: backend('svc2', { name: 'http' }), path: '/x', pathType: 'Prefix' },
            ],
          },
        },
      ],
      tls: [{ hosts: ['foo.com'], secretName: 'sec' }],
    },
  });
});

const FAILURES: readonly (readonly [string, string])[] = [
  ['job j', 'either --image or --from must be specified'],
  ['job j --from=cronjob/x', 'Error from server (NotFound): cronjobs.batch "x" not found'],
  ['cronjob c --image=a', 'required flag(s) "schedule" not set'],
  ['secret generic s --from-literal=a', 'invalid literal source a, expected key=value'],
  [
    'secret generic s --from-literal=a=1 --from-literal=a=2',
    'cannot add key a, another key by that name already exists',
  ],
  [
    'configmap s --from-literal=a=1 --from-literal=a=2',
    'cannot add key "a", another key by that name already exists in Data for ConfigMap "s"',
  ],
  ['secret tls x', 'key and cert must be specified'],
  ['secret tls x --cert=/nope --key=/nope', 'Cannot read file /nope, open /nope: no such file or directory'],
  ['secret foo', 'unknown command "foo"\nSee \'kubectl create secret -h\' for help and examples'],
  ['service clusterip s', 'at least one tcp port specifier must be provided'],
  ['service clusterip s --tcp=x', 'strconv.ParseUint: parsing "x": invalid syntax'],
  ['service clusterip s --tcp=99999', 'strconv.ParseUint: parsing "99999": value out of range'],
  ['role r', 'at least one verb must be specified'],
  ['role r --verb=get', 'at least one resource must be specified'],
  ['rolebinding r', 'exactly one of clusterrole or role must be specified'],
  ['rolebinding r --clusterrole=b --serviceaccount=x', 'serviceaccount must be <namespace>:<name>'],
  ['quota q --hard=foo', 'Invalid argument syntax foo, expected <resource>=<value>'],
  ['pdb p', 'a selector must be specified'],
  ['ingress i --rule=foo', 'rule foo is invalid and should be in format host/path=svcname:svcport[,tls[=secret]]'],
  ['token nope', 'failed to create token: serviceaccounts "nope" not found'],
];

for (const [line, problem] of FAILURES) {
  test(`failure: kubectl create ${line}`, () => {
    const stderr = `${problem.startsWith('Error') ? '' : 'error: '}${problem}\n`;
    expect(new Workstation().run(`create ${line}`)).toEqual({ stdout: '', stderr, exitCode: 1 });
  });
}
