import { expect, test } from 'vitest';
import { DEPLOYMENT, POD } from './testing/manifests.ts';
import { Workstation } from './testing/workstation.ts';

function failure(stderr: string, exitCode = 1) {
  return { stdout: '', stderr, exitCode };
}

function success(stdout: string, stderr = '') {
  return { stdout, stderr, exitCode: 0 };
}

test('apply creates, leaves alone, changes, and prunes fields that went away', () => {
  const workstation = new Workstation();
  workstation.write('web.yaml', DEPLOYMENT);
  expect(workstation.run('apply -f web.yaml')).toEqual(success('deployment.apps/web created\nconfigmap/a created\n'));
  expect(workstation.run('apply -f web.yaml')).toEqual(
    success('deployment.apps/web unchanged\nconfigmap/a unchanged\n'),
  );
  expect(workstation.run('scale deploy/web --replicas=5')).toEqual(success('deployment.apps/web scaled\n'));
  workstation.write(
    'web.yaml',
    DEPLOYMENT.replace('image: nginx', 'image: nginx:2').replace('  replicas: 2\n', '').replace('x: "1"', 'z: "2"'),
  );
  expect(workstation.run('apply -f web.yaml')).toEqual(
    success('deployment.apps/web configured\nconfigmap/a configured\n'),
  );
  expect(
    workstation.run('get deploy web -o jsonpath={.spec.replicas}{.spec.template.spec.containers[0].image}').stdout,
  ).toBe('1nginx:2');
  expect(workstation.run('get cm a -o jsonpath={.data}').stdout).toBe('{"z":"2"}');
});

test('apply merges containers by name and removes one that is gone from the manifest', () => {
  const workstation = new Workstation();
  const second = '      - name: side\n        image: busybox\n';
  const both = DEPLOYMENT.replace('        image: nginx\n', `        image: nginx\n${second}`);
  workstation.write('web.yaml', both);
  workstation.run('apply -f web.yaml');
  workstation.write('web.yaml', DEPLOYMENT);
  expect(workstation.run('apply -f web.yaml').stdout).toContain('deployment.apps/web configured');
  expect(workstation.run('get deploy web -o jsonpath={.spec.template.spec.containers[*].name}').stdout).toBe('nginx');
});

test('apply warns about an object that was created otherwise', () => {
  const workstation = new Workstation();
  workstation.run('create configmap a --from-literal=x=1');
  workstation.write('a.yaml', DEPLOYMENT.split('---\n')[1]!);
  expect(workstation.run('apply -f a.yaml')).toEqual(
    success(
      'configmap/a configured\n',
      'Warning: resource configmaps/a is missing the kubectl.kubernetes.io/last-applied-configuration annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n',
    ),
  );
});

test('manifests from standard input, directories and dry runs', () => {
  const workstation = new Workstation();
  expect(workstation.run('apply -f - --dry-run=client', { stdin: POD })).toEqual(
    success('pod/web created (dry run)\n'),
  );
  expect(workstation.run('apply -f - --dry-run=server', { stdin: POD })).toEqual(
    success('pod/web created (server dry run)\n'),
  );
  workstation.write('m/one.yaml', POD);
  workstation.write('m/notes.txt', 'no manifest');
  workstation.write('m/below/two.yml', DEPLOYMENT);
  expect(workstation.run('apply -f m').stdout).toBe('pod/web created\n');
  expect(workstation.run('create -R -f m')).toEqual({
    stdout: 'deployment.apps/web created\nconfigmap/a created\n',
    stderr: 'Error from server (AlreadyExists): error when creating "m/one.yaml": pods "web" already exists\n',
    exitCode: 1,
  });
});

const MANIFEST_MISTAKES: readonly (readonly [string, string, string])[] = [
  [
    'unknown field',
    POD.replace('spec:', 'spec:\n  foo: 1'),
    'Error from server (BadRequest): error when creating "x.yaml": Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.foo"\n',
  ],
  [
    'unknown kind',
    POD.replace('kind: Pod', 'kind: Foo'),
    'error: resource mapping not found for name: "web" namespace: "" from "x.yaml": no matches for kind "Foo" in version "v1"\nensure CRDs are installed first\n',
  ],
  [
    'unknown version',
    POD.replace('v1', 'apps/v9'),
    'error: resource mapping not found for name: "web" namespace: "" from "x.yaml": no matches for kind "Pod" in version "apps/v9"\nensure CRDs are installed first\n',
  ],
  [
    'no kind',
    'apiVersion: v1\n',
    'error: error validating "x.yaml": error validating data: kind not set; if you choose to ignore these errors, turn validation off with --validate=false\n',
  ],
  [
    'nothing set',
    'a: b\n',
    'error: error validating "x.yaml": error validating data: [apiVersion not set, kind not set]; if you choose to ignore these errors, turn validation off with --validate=false\n',
  ],
  ['empty', '# nothing\n', 'error: no objects passed to apply\n'],
  [
    'text',
    'hello\n',
    'error: error validating "x.yaml": error validating data: invalid object to validate; if you choose to ignore these errors, turn validation off with --validate=false\n',
  ],
  [
    'bare yes as a label',
    POD.replace('app: web', 'app: yes'),
    'error: unable to decode "x.yaml": json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string\n',
  ],
  [
    'no image',
    POD.replace('image: busybox', 'imagePullPolicy: Always'),
    'The Pod "web" is invalid: spec.containers[1].image: Required value\n',
  ],
  [
    'tab',
    POD.replace('    app: web', '\tapp: web'),
    'error: error parsing x.yaml: error converting YAML to JSON: yaml: line 6: found character that cannot start any token\n',
  ],
];

for (const [name, manifest, stderr] of MANIFEST_MISTAKES) {
  test(`apply of a manifest with a mistake: ${name}`, () => {
    const workstation = new Workstation();
    workstation.write('x.yaml', manifest);
    expect(workstation.run('apply -f x.yaml')).toEqual(failure(stderr));
  });
}

test('what was right before a mistake is applied', () => {
  const workstation = new Workstation();
  workstation.write('x.yaml', `${POD}---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: a: b\n`);
  expect(workstation.run('apply -f x.yaml')).toEqual({
    stdout: 'pod/web created\n',
    stderr:
      'error: error parsing x.yaml: error converting YAML to JSON: yaml: line 4: mapping values are not allowed in this context\n',
    exitCode: 1,
  });
});

test.each(['\n', '\n---\n'])('JSON objects follow one another, with or without a separator (%j)', (between) => {
  const workstation = new Workstation();
  const settings = (name: string) => JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } });
  workstation.write('x.json', settings('one') + between + settings('two'));
  expect(workstation.run('apply -f x.json')).toEqual(success('configmap/one created\nconfigmap/two created\n'));
});

test('get prints tables', () => {
  const workstation = new Workstation();
  expect(workstation.run('get pods')).toEqual(success('', 'No resources found in default namespace.\n'));
  expect(workstation.run('get pods -A')).toEqual(success('', 'No resources found\n'));
  expect(workstation.run('get pods,pv')).toEqual(success('', 'No resources found\n'));
  workstation.write('web.yaml', DEPLOYMENT);
  workstation.run('apply -f web.yaml');
  workstation.run('apply -f -', { stdin: POD });
  workstation.sim.runFor(5000);
  expect(workstation.run('get pods --show-labels').stdout).toBe(
    'NAME   READY   STATUS    RESTARTS   AGE   LABELS\nweb    0/2     Pending   0          5s    app=web\n',
  );
  expect(workstation.run('get pods -A -L app').stdout).toBe(
    'NAMESPACE   NAME   READY   STATUS    RESTARTS   AGE   APP\ndefault     web    0/2     Pending   0          5s    web\n',
  );
  expect(workstation.run('get po,deploy').stdout).toBe(
    'NAME      READY   STATUS    RESTARTS   AGE\npod/web   0/2     Pending   0          5s\n\n' +
      'NAME                  READY   UP-TO-DATE   AVAILABLE   AGE\ndeployment.apps/web   0/2     0            0           5s\n',
  );
  expect(workstation.run('get all -o name').stdout).toBe('pod/web\ndeployment.apps/web\n');
  expect(workstation.run('get pod web nope')).toEqual({
    stdout: 'NAME   READY   STATUS    RESTARTS   AGE\nweb    0/2     Pending   0          5s\n',
    stderr: 'Error from server (NotFound): pods "nope" not found\n',
    exitCode: 1,
  });
});

const FAILURES: readonly (readonly [string, string])[] = [
  ['frob', 'error: unknown command "frob" for "kubectl"\n'],
  ['descrbe pod', 'error: unknown command "descrbe" for "kubectl"\n\nDid you mean this?\n\tdescribe\n'],
  ['rollout foo', 'error: unknown command "foo"\nSee \'kubectl rollout -h\' for help and examples\n'],
  ['create foo', "error: Unexpected args: [foo]\nSee 'kubectl create -h' for help and examples\n"],
  ['get pods --nope', "error: unknown flag: --nope\nSee 'kubectl get --help' for usage.\n"],
  [
    'get',
    'You must specify the type of resource to get. Use "kubectl api-resources" for a complete list of supported resources.\n\nerror: Required resource not specified.\nUse "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\nSee \'kubectl get -h\' for help and examples\n',
  ],
  ['get foos', 'error: the server doesn\'t have a resource type "foos"\n'],
  ['get pod nope', 'Error from server (NotFound): pods "nope" not found\n'],
  ['get pod web -n nope', 'Error from server (NotFound): namespaces "nope" not found\n'],
  [
    'get pods --field-selector=foo',
    'Error from server (BadRequest): Unable to find "/v1, Resource=pods" that match label selector "", field selector "foo": invalid selector: \'foo\'; can\'t understand \'foo\'\n',
  ],
  ['get pods -l a=b c', 'error: name cannot be provided when a selector is specified\n'],
  ['apply', 'error: must specify one of -f and -k\n'],
  ['apply -f nope.yaml', 'error: the path "nope.yaml" does not exist\n'],
  ['create deployment x', 'error: required flag(s) "image" not set\n'],
  [
    'create ns',
    "error: exactly one NAME is required, got 0\nSee 'kubectl create namespace -h' for help and examples\n",
  ],
  ['delete pods', 'error: resource(s) were provided, but no name was specified\n'],
  [
    'delete ns default',
    'Error from server (Forbidden): namespaces "default" is forbidden: this namespace may not be deleted\n',
  ],
  [
    'logs',
    "error: expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command\nSee 'kubectl logs -h' for help and examples\n",
  ],
  [
    'exec web ls',
    "error: exec [POD] [COMMAND] is not supported anymore. Use exec [POD] -- [COMMAND] instead\nSee 'kubectl exec -h' for help and examples\n",
  ],
  ['scale deploy/nope --replicas=1', 'Error from server (NotFound): deployments.apps "nope" not found\n'],
  ['rollout status deploy/nope', 'Error from server (NotFound): deployments.apps "nope" not found\n'],
  ['wait pod/web', 'error: unrecognized condition: ""\n'],
  ['config use-context x', 'error: no context exists with the name: "x"\n'],
  [
    'run Bad_Name --image=x',
    "The Pod \"Bad_Name\" is invalid: \n* metadata.name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')\n* spec.containers[0].name: Invalid value: \"Bad_Name\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')\n",
  ],
];

for (const [line, stderr] of FAILURES) {
  test(`failure: kubectl ${line}`, () => {
    expect(new Workstation().run(line)).toEqual(failure(stderr));
  });
}

test('explain of a field that is not there', () => {
  const outcome = new Workstation().run('explain pod.spec.foo');
  expect(outcome).toEqual({
    stdout: 'KIND:       Pod\nVERSION:    v1\n\n',
    stderr: 'error: field "foo" does not exist\n',
    exitCode: 1,
  });
});

test('an API server that is down, and a kubeconfig that is not there', () => {
  const workstation = new Workstation();
  // What is served is known from before; else client-go's discovery complains as well.
  workstation.run('get pods');
  workstation.up = false;
  const refused = 'The connection to the server 10.0.0.10:6443 was refused - did you specify the right host or port?\n';
  expect(workstation.run('get pods')).toEqual(failure(refused));
  workstation.files.delete('/root/.kube/config');
  const { stderr } = workstation.run('get pods');
  expect(stderr.match(/memcache\.go:265\] .*localhost:8080\/api\?timeout=32s/g)).toHaveLength(5);
  expect(stderr).toContain(refused.replace('10.0.0.10:6443', 'localhost:8080'));
  workstation.write('/root/.kube/config', 'clusters: [\n');
  expect(workstation.run('get pods').stderr).toContain('error: error loading config file "/root/.kube/config": yaml: ');
});

test('labels, annotations, patches and cordons', () => {
  const workstation = new Workstation();
  workstation.run('apply -f -', { stdin: POD });
  expect(workstation.run('label pod web tier=front').stdout).toBe('pod/web labeled\n');
  expect(workstation.run('label pod web tier=front').stdout).toBe('pod/web not labeled\n');
  expect(workstation.run('label pod web tier=back')).toEqual(
    failure("error: 'tier' already has a value (front), and --overwrite is false\n"),
  );
  expect(workstation.run('label pod web tier=back --overwrite').stdout).toBe('pod/web labeled\n');
  expect(workstation.run('label pod web tier-').stdout).toBe('pod/web unlabeled\n');
  expect(workstation.run('annotate pods --all note=hello').stdout).toBe('pod/web annotated\n');
  expect(workstation.run(`patch pod web -p 'metadata: {labels: {a: b}}'`).stdout).toBe('pod/web patched\n');
  expect(workstation.run(`patch pod web -p 'metadata: {labels: {a: b}}'`).stdout).toBe('pod/web patched (no change)\n');
  expect(workstation.run('set image pod/web nginx=nginx:2').stdout).toBe('pod/web image updated\n');
  workstation.api('POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1' } });
  expect(workstation.run('cordon node-1').stdout).toBe('node/node-1 cordoned\n');
  expect(workstation.run('cordon node-1').stdout).toBe('node/node-1 already cordoned\n');
  expect(workstation.run('uncordon node-1').stdout).toBe('node/node-1 uncordoned\n');
  expect(workstation.run('taint node node-1 a=b:NoSchedule').stdout).toBe('node/node-1 tainted\n');
  expect(workstation.run('taint node node-1 a-').stdout).toBe('node/node-1 untainted\n');
});

test('contexts of the kubeconfig', () => {
  const workstation = new Workstation();
  expect(workstation.run('config current-context').stdout).toBe('kubernetes-admin@kubernetes\n');
  expect(workstation.run('config set-context --current --namespace=kube-system').stdout).toBe(
    'Context "kubernetes-admin@kubernetes" modified.\n',
  );
  expect(workstation.run('get pods').stderr).toBe('No resources found in kube-system namespace.\n');
  expect(workstation.run('config get-contexts').stdout).toBe(
    'CURRENT   NAME                          CLUSTER      AUTHINFO           NAMESPACE\n' +
      '*         kubernetes-admin@kubernetes   kubernetes   kubernetes-admin   kube-system\n',
  );
});

test('help is printed for every command', () => {
  const workstation = new Workstation();
  expect(workstation.run('').stdout).toContain('Basic Commands (Beginner):');
  expect(workstation.run('get --help').stdout).toContain('kubectl get TYPE');
  expect(workstation.run('rollout')).toMatchObject({ exitCode: 1, stderr: '' });
});

test('label, annotate and edit keep the command that was given with --record', () => {
  const workstation = new Workstation();
  workstation.run('create configmap a --from-literal=x=1');
  const cause = () =>
    workstation.run('get cm a -o jsonpath={.metadata.annotations.kubernetes\\.io/change-cause}').stdout;
  const warning = 'Flag --record has been deprecated, --record will be removed in the future\n';
  expect(workstation.run('label cm a tier=front --record')).toEqual(success('configmap/a labeled\n', warning));
  expect(cause()).toBe('kubectl label cm a tier=front --record=true');
  expect(workstation.run('annotate cm a why=so --record=true')).toEqual(success('configmap/a annotated\n', warning));
  expect(cause()).toBe('kubectl annotate cm a why=so --record=true');
  expect(workstation.run('get cm a -o jsonpath={.metadata.labels.tier}{.metadata.annotations.why}').stdout).toBe(
    'frontso',
  );
});
