import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { withRealKubectl } from './testing/kubectl.ts';

// What people do with kubectl day by day, in its own words; kubectl.test.ts holds the first steps.

const { test, home, file, kubectl, out, refusal, runUntil } = await withRealKubectl();

function configMap(name: string, data: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {${data}}\n`;
}

test('a Deployment is exposed, rolled, paused, undone, set and described', async () => {
  await out('create', 'deployment', 'web', '--image=nginx:1.29', '--replicas=2');
  expect(await out('expose', 'deployment', 'web', '--port=80')).toBe('service/web exposed\n');
  expect(await out('describe', 'service', 'web')).toMatch(/^Selector: +app=web$/m);
  await out('rollout', 'status', 'deployment/web', '--timeout=5m');
  expect(await out('rollout', 'restart', 'deployment/web')).toBe('deployment.apps/web restarted\n');
  await out('rollout', 'status', 'deployment/web', '--timeout=5m');
  expect(await out('rollout', 'history', 'deployment/web')).toMatch(/\n1 +<none>\n2 +<none>\n/);
  expect(await out('rollout', 'pause', 'deployment/web')).toBe('deployment.apps/web paused\n');
  expect(await refusal('rollout', 'undo', 'deployment/web')).toContain('cannot rollback a paused deployment');
  expect(await out('rollout', 'resume', 'deployment/web')).toBe('deployment.apps/web resumed\n');
  expect(await out('rollout', 'undo', 'deployment/web', '--to-revision=1')).toContain('rolled back');
  expect(await out('set', 'env', 'deployment/web', 'A=b')).toBe('deployment.apps/web env updated\n');
  expect(await out('set', 'resources', 'deployment/web', '--limits=memory=64Mi')).toContain('requirements updated');
  expect(await out('set', 'serviceaccount', 'deployment/web', 'default')).toContain('serviceaccount updated');
  expect(await out('describe', 'deployment', 'web')).toMatch(/memory: +64Mi/);
  expect(await out('get', 'all', '--show-labels')).toContain('replicaset.apps/web-');
});

test('scaling by hand and by an autoscaler', async () => {
  await out('create', 'deployment', 'grow', '--image=nginx:1.29');
  expect(await refusal('scale', 'deployment/grow', '--replicas=3', '--current-replicas=9')).toBe(
    'error: Expected replicas to be 9, was 1\n',
  );
  const patch = ['patch', 'deployment', 'grow', '--subresource=scale', '--type=merge', '-p'];
  expect(await out(...patch, '{"spec":{"replicas":2}}')).toBe('scale.autoscaling/grow patched\n');
  expect(await out('get', 'deployment', 'grow', '--subresource=scale')).toMatch(
    /^NAME +DESIRED +AVAILABLE +AGE\ngrow +2 +\d /,
  );
  expect(await out('autoscale', 'deployment', 'grow', '--min=2', '--max=3', '--cpu=80%')).toContain('autoscaled');
  expect(await out('get', 'hpa', 'grow')).toMatch(/grow +Deployment\/grow +cpu: <unknown>\/80% +2 +3/);
  await out('delete', 'hpa,deployment', 'grow');
});

test('Jobs and CronJobs', async () => {
  await out('create', 'job', 'one', '--image=busybox:1.36', '--', 'echo', 'hi');
  await out('wait', '--for=condition=complete', 'job/one', '--timeout=5m');
  expect(await out('logs', 'job/one')).toBe('hi\n');
  expect(await out('describe', 'job', 'one')).toContain('Job completed');
  await out('create', 'cronjob', 'tick', '--image=busybox:1.36', '--schedule=0 0 1 1 *', '--', 'true');
  expect(await out('create', 'job', 'now', '--from=cronjob/tick')).toBe('job.batch/now created\n');
  expect((await kubectl(['delete', 'job', 'now'])).stderr).not.toContain('child pods are preserved');
});

test('inside a Pod: follow its log, attach, debug, copy it', async () => {
  const script = 'while true; do echo tick; sleep 5; done';
  await out('run', 'box', '--image=busybox:1.36', '--', 'sh', '-c', script);
  await out('wait', '--for=condition=Ready', 'pod/box', '--timeout=5m');
  const thrice = (text: string) => text.split('tick').length > 3;
  expect(await runUntil(['logs', '-f', 'box', '--since=1h'], thrice)).toMatch(/^tick\ntick\ntick\n/);
  expect(await runUntil(['attach', 'box'], thrice)).toContain('tick\n');
  const debug = ['debug', 'box', '--image=busybox:1.36', '--profile=general', '-c', 'look', '--', 'echo', 'seen'];
  await kubectl(debug);
  expect(await out('get', 'pod', 'box', '-o', 'jsonpath={.spec.ephemeralContainers[*].name}')).toBe('look');
  await kubectl(['debug', 'box', '--image=busybox:1.36', '--profile=general', '--copy-to=twin', '--', 'sleep', '9999']);
  expect(await out('get', 'pod', 'twin', '-o', 'jsonpath={.spec.containers[*].image}')).toBe(
    'busybox:1.36 busybox:1.36',
  );
  const onNode = await kubectl(['debug', 'node/node-1', '--image=busybox:1.36', '--profile=general', '--', 'true']);
  expect(onNode.stdout + onNode.stderr).toContain('Creating debugging pod node-debugger-node-1-');
  expect(await out('events', '--for', 'pod/box')).toContain('Successfully assigned default/box');
  expect(await out('wait', '--for=jsonpath={.status.phase}=Running', 'pod/box', '--timeout=5m')).toContain(
    'condition met',
  );
  await out('delete', 'pod', 'box', 'twin', '--now');
  expect(await out('wait', '--for=delete', 'pod/box', '--timeout=5m')).not.toContain('box');
});

test('apply on the client, then on the server, then replace', async () => {
  const manifest = file('moved.yaml', configMap('moved', 'a: b'));
  await out('apply', '-f', manifest);
  expect(await out('apply', 'view-last-applied', 'configmap/moved')).toContain('a: b\n');
  expect(await out('apply', '--server-side', '-f', manifest)).toBe('configmap/moved serverside-applied\n');
  file('moved.yaml', configMap('moved', 'c: d'));
  expect((await kubectl(['diff', '--server-side', '-f', manifest], { code: 1 })).stdout).toMatch(
    /^- {2}a: b\n\+ {2}c: d$/m,
  );
  await out('apply', '--server-side', '-f', manifest);
  // What the client had applied and no longer names is gone: its ownership moved over.
  expect(await out('get', 'configmap', 'moved', '-o', 'jsonpath={.data}')).toBe('{"c":"d"}');
  expect(await out('get', 'configmap', 'moved', '-o', 'yaml', '--show-managed-fields')).not.toContain('client-side');
  expect(await out('replace', '-f', manifest)).toBe('configmap/moved replaced\n');
  expect(await out('replace', '--force', '-f', manifest)).toContain('configmap/moved replaced\n');
  const stale = configMap('moved', 'e: f').replace('name: moved', 'name: moved, resourceVersion: "1"');
  expect(await refusal('replace', '-f', file('stale.yaml', stale))).toContain('the object has been modified');
});

test('kustomize, prune and dry runs', async () => {
  mkdirSync(join(home, 'base'));
  file('base/one.yaml', configMap('one', 'a: b'));
  file('base/kustomization.yaml', 'resources: [one.yaml]\nnamePrefix: dev-\n');
  expect(await out('apply', '-k', join(home, 'base'))).toBe('configmap/dev-one created\n');
  expect(await out('diff', '-k', join(home, 'base'))).toBe('');
  expect(await out('delete', '-k', join(home, 'base'))).toContain('configmap "dev-one" deleted');
  const pair = file('pair.yaml', `${configMap('p1', 'a: b')}---\n${configMap('p2', 'a: b')}`);
  const label = ['--prune', '-l', 'set=pair', '--prune-allowlist=core/v1/ConfigMap'];
  const labelled = (text: string) => text.replaceAll('}\ndata', ', labels: {set: pair}}\ndata');
  file('pair.yaml', labelled(`${configMap('p1', 'a: b')}---\n${configMap('p2', 'a: b')}`));
  await out('apply', '-f', pair, ...label);
  file('pair.yaml', labelled(configMap('p1', 'a: b')));
  expect(await out('apply', '-f', pair, ...label)).toBe('configmap/p1 unchanged\nconfigmap/p2 pruned\n');
  expect(await out('create', 'configmap', 'never', '--dry-run=server')).toContain('(server dry run)');
  expect(await refusal('get', 'configmap', 'never')).toContain('not found');
});

test('what a deletion takes along', async () => {
  await out('create', 'deployment', 'kept', '--image=nginx:1.29');
  await out('rollout', 'status', 'deployment/kept', '--timeout=5m');
  await out('delete', 'deployment', 'kept', '--cascade=orphan');
  expect(await out('get', 'replicaset,pod', '-l', 'app=kept', '-o', 'name')).toMatch(/^replicaset.*\npod.*\n$/);
  await out('delete', 'replicaset', '-l', 'app=kept', '--cascade=foreground', '--timeout=5m');
  expect(await out('get', 'replicaset,pod', '-l', 'app=kept', '-o', 'name')).toBe('');
  await out('create', 'namespace', 'gone');
  await out('create', 'configmap', 'inside', '-n', 'gone');
  expect(await out('delete', 'namespace', 'gone', '--timeout=5m')).toBe('namespace "gone" deleted\n');
});

test('who may do what', async () => {
  expect(await out('auth', 'can-i', '--list')).toMatch(/^Resources +Non-Resource URLs/);
  const role = file(
    'role.yaml',
    await out(
      'create',
      'role',
      'r',
      '--verb=get',
      '--resource=pods',
      '-n',
      'default',
      '--dry-run=client',
      '-o',
      'yaml',
    ),
  );
  expect(await out('auth', 'reconcile', '-f', role)).toContain('role.rbac.authorization.k8s.io/r reconciled');
  expect(await refusal('certificate', 'approve', 'nobody')).toContain('"nobody" not found');
});

test('every way to print', async () => {
  await out('create', 'configmap', 'shown', '--from-literal=a=b');
  const get = (...argv: string[]) => out('get', 'configmap', 'shown', ...argv);
  expect(await get('-o', 'jsonpath-as-json={.data}')).toBe('[\n    {\n        "a": "b"\n    }\n]\n');
  expect(await get('-o', 'kyaml')).toContain('kind: "ConfigMap",');
  expect(await get('-o', `go-template-file=${file('t', '{{.data.a}}')}`)).toBe('b');
  expect(await get('-o', `jsonpath-file=${file('j', '{.data.a}')}`)).toBe('b');
  expect(await get('-o', `custom-columns-file=${file('c', 'NAME A\n.metadata.name .data.a')}`)).toMatch(
    /^NAME +A\nshown +b\n$/,
  );
  expect(await get('--no-headers', '-L', 'x', '--show-kind')).toMatch(/^configmap\/shown +1 +\S+ +\n$/);
  expect(await out('get', 'pods', '-A', '--chunk-size=2', '--sort-by=.metadata.name', '-o', 'name')).toContain('etcd');
  expect(await out('get', '--raw', '/livez?verbose')).toContain('livez check passed');
  expect(await out('api-versions')).toMatch(/^apps\/v1$/m);
  expect(await out('cluster-info')).toContain('is running at');
});
