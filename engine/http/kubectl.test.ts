import { spawn } from 'node:child_process';
import { expect } from 'vitest';
import { withRealKubectl } from './testing/kubectl.ts';

const { test, path, env: clientEnv, file: write, kubectl, out, runUntil } = await withRealKubectl();

function manifest(name: string, replicas = 2) {
  return JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'web', image: 'nginx:1.29', ports: [{ containerPort: 80 }] }] },
      },
    },
  });
}

test('version, api-resources, events and explain', async () => {
  // Before all else, because events are forgotten after an hour, which here is three minutes.
  expect(await out('get', 'events', '-A')).toContain('Starting kubelet.');
  expect(await out('version')).toMatch(/Server Version: v1\.36\./);
  expect(await out('api-resources', '--api-group=apps')).toMatch(/deployments +deploy +apps\/v1 +true +Deployment/);
  expect(await out('explain', 'pod.spec.containers.image')).toContain('FIELD: image <string>');
  expect(await out('explain', 'deployment', '--recursive')).toMatch(/ {4}replicas\t<integer>/);
  expect((await kubectl(['explain', 'pod.spec.nothing'], { code: 1 })).stderr).toContain(
    'field "nothing" does not exist',
  );
});

test('create sends protobuf', async () => {
  expect(await out('create', 'deployment', 'made', '--image=nginx:1.29', '--replicas=1')).toBe(
    'deployment.apps/made created\n',
  );
  expect(await out('create', 'configmap', 'settings', '--from-literal=a=b')).toBe('configmap/settings created\n');
  expect(await out('create', 'serviceaccount', 'robot')).toBe('serviceaccount/robot created\n');
  expect(await out('create', 'namespace', 'lab')).toBe('namespace/lab created\n');
  expect((await kubectl(['create', 'namespace', 'lab'], { code: 1 })).stderr).toBe(
    'Error from server (AlreadyExists): namespaces "lab" already exists\n',
  );
  expect(await out('get', 'configmap', 'settings', '-o', 'jsonpath={.data.a}')).toBe('b');
  expect(await out('delete', 'configmap', 'settings')).toBe('configmap "settings" deleted from default namespace\n');
  expect(await out('delete', 'namespace', 'lab')).toBe('namespace "lab" deleted\n');
});

const GENERATORS: readonly (readonly string[])[] = [
  ['clusterrole', 'a', '--verb=get', '--resource=pods'],
  ['clusterrolebinding', 'a', '--clusterrole=a', '--user=u'],
  ['cronjob', 'a', '--image=busybox:1.36', '--schedule=*/5 * * * *'],
  ['ingress', 'a', '--rule=a.example/path=web:80'],
  ['job', 'a', '--image=busybox:1.36', '--', 'true'],
  ['poddisruptionbudget', 'a', '--selector=app=a', '--min-available=1'],
  ['priorityclass', 'a', '--value=5'],
  ['quota', 'a', '--hard=pods=50'],
  ['role', 'a', '--verb=get', '--resource=pods'],
  ['rolebinding', 'a', '--role=a', '--user=u'],
  ['secret', 'generic', 'a', '--from-literal=a=b'],
  ['secret', 'docker-registry', 'b', '--docker-server=r', '--docker-username=u', '--docker-password=p'],
  ['service', 'clusterip', 'a', '--tcp=80:80'],
  ['service', 'nodeport', 'b', '--tcp=80:80'],
];

test('every generator of create is understood', async () => {
  for (const argv of GENERATORS) expect(await out('create', ...argv), argv.join(' ')).toMatch(/ created\n$/);
  // Until somebody has counted, a quota lets nothing in.
  await out('delete', 'quota', 'a');
  expect(await out('auth', 'can-i', 'create', 'pods')).toBe('yes\n');
  expect(await out('auth', 'whoami')).toContain('kubernetes-admin');
  expect(await out('auth', 'whoami', '--as', 'bob')).toContain('bob');
  expect(await out('create', 'token', 'default')).toMatch(/^ey/);
});

test('apply, diff, rollout, scale, edit and delete', async () => {
  const file = write('web.json', manifest('web'));
  expect(await out('apply', '-f', file)).toBe('deployment.apps/web created\n');
  expect(await out('apply', '-f', file)).toBe('deployment.apps/web unchanged\n');
  expect(await out('rollout', 'status', 'deployment/web', '--timeout=5m')).toContain('successfully rolled out');
  write('web.json', manifest('web', 3));
  expect((await kubectl(['diff', '-f', file], { code: 1 })).stdout).toMatch(/- {2}replicas: 2\n\+ {2}replicas: 3/);
  expect(await out('apply', '-f', file)).toBe('deployment.apps/web configured\n');
  expect(await out('scale', 'deployment/web', '--replicas=1')).toBe('deployment.apps/web scaled\n');
  const env = { KUBE_EDITOR: `sed -i 's/replicas: 1/replicas: 2/'` };
  expect((await kubectl(['edit', 'deployment', 'web'], { env })).stdout).toBe('deployment.apps/web edited\n');
  expect(await out('set', 'image', 'deployment/web', 'web=nginx:1.28')).toBe('deployment.apps/web image updated\n');
  expect(await out('rollout', 'undo', 'deployment/web')).toBe('deployment.apps/web rolled back\n');
  expect(await out('wait', '--for=condition=Available', 'deployment/web', '--timeout=5m')).toContain('condition met');
  expect(await out('delete', '-f', file, '--cascade=foreground')).toContain('deleted');
  expect((await kubectl(['get', 'deployment', 'web'], { code: 1 })).stderr).toBe(
    'Error from server (NotFound): deployments.apps "web" not found\n',
  );
});

test('server-side apply: ownership, conflict and force', async () => {
  const apply = (...flags: string[]) => ['apply', '--server-side', ...flags, '-f', '-'];
  expect((await kubectl(apply(), { input: manifest('owned', 1) })).stdout).toContain('serverside-applied');
  const other = await kubectl(apply('--field-manager=other'), { input: manifest('owned', 2), code: 1 });
  expect(other.stderr).toContain('Apply failed with 1 conflict: conflict with "kubectl": .spec.replicas');
  const forced = apply('--field-manager=other', '--force-conflicts');
  expect((await kubectl(forced, { input: manifest('owned', 2) })).stdout).toContain('serverside-applied');
  await out('delete', 'deployment', 'owned');
});

test('a mistaken manifest is refused by the server', async () => {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, spec: { containerz: [] } });
  expect((await kubectl(['apply', '-f', '-'], { input, code: 1 })).stderr).toContain('unknown field "spec.containerz"');
});

test('get in every output format, describe and watch', async () => {
  expect(await out('get', 'nodes')).toMatch(/^NAME +STATUS +ROLES +AGE +VERSION\ncontrol-plane +Ready +control-plane/);
  expect(await out('get', 'nodes', '-o', 'wide')).toContain('CONTAINER-RUNTIME');
  expect(await out('get', 'nodes', '-o', 'name')).toBe('node/control-plane\nnode/node-1\nnode/node-2\n');
  expect(JSON.parse(await out('get', 'node', 'node-1', '-o', 'json'))).toMatchObject({ kind: 'Node' });
  expect(await out('get', 'node', 'node-1', '-o', 'yaml')).toContain('kind: Node\n');
  expect(await out('get', 'nodes', '-o', 'go-template={{range .items}}{{.metadata.name}} {{end}}')).toBe(
    'control-plane node-1 node-2 ',
  );
  expect(await out('get', 'nodes', '-o', 'custom-columns=N:.metadata.name', '--sort-by=.metadata.name')).toMatch(
    /^N\n/,
  );
  expect(await out('get', 'pods', '-A', '--field-selector', 'spec.nodeName=control-plane')).toContain(
    'etcd-control-plane',
  );
  expect(await out('describe', 'node', 'node-1')).toMatch(/^Name: +node-1\n/);
  expect(await runUntil(['get', 'nodes', '--watch'], (text) => text.includes('node-2'))).toMatch(/^NAME +STATUS/);
  expect(await out('get', '--raw', '/readyz')).toBe('ok');
});

test('run, logs, exec and what goes wrong with them', async () => {
  const script = 'for i in 1 2 3; do echo $i; sleep 5; done; sleep 100000';
  expect(await out('run', 'box', '--image=busybox:1.36', '--', 'sh', '-c', script)).toBe('pod/box created\n');
  await out('wait', '--for=condition=Ready', 'pod/box', '--timeout=5m');
  expect(await out('exec', 'box', '--', 'echo', 'hello')).toBe('hello\n');
  const piped = await kubectl(['exec', '-i', 'box', '--', 'cat'], { input: 'through\n' });
  expect(piped.stdout).toBe('through\n');
  const failed = await kubectl(['exec', 'box', '--', 'sh', '-c', 'echo oops >&2; exit 5'], { code: 5 });
  expect(failed.stderr).toContain('oops\ncommand terminated with exit code 5\n');
  expect(await out('logs', 'box', '--tail=1', '--timestamps')).toMatch(/^\d{4}-\d\d-\d\dT\S+ \d\n$/);
  expect((await kubectl(['exec', 'box', '--', 'nonesuch'], { code: 1 })).stderr).toContain('executable file not found');
  expect((await kubectl(['logs', 'nobody'], { code: 1 })).stderr).toContain('pods "nobody" not found');
  const once = ['run', 'once', '--image=busybox:1.36', '--restart=Never', '--rm', '-i', '--', 'cat'];
  expect((await kubectl(once, { input: 'ping\n' })).stdout).toContain('ping\n');
  expect(await out('delete', 'pod', 'box', '--now')).toContain('deleted');
});

test('label, annotate, patch in all types, taint, cordon and drain', async () => {
  expect(await out('label', 'node', 'node-2', 'disk=ssd')).toBe('node/node-2 labeled\n');
  expect(await out('annotate', 'node', 'node-2', 'note=x')).toBe('node/node-2 annotated\n');
  expect(await out('patch', 'node', 'node-2', '-p', '{"metadata":{"labels":{"disk":"hdd"}}}')).toContain('patched');
  expect(await out('patch', 'node', 'node-2', '--type=merge', '-p', '{"metadata":{"labels":{"disk":null}}}')).toContain(
    'patched',
  );
  const operations = '[{"op":"remove","path":"/metadata/annotations/note"}]';
  expect(await out('patch', 'node', 'node-2', '--type=json', '-p', operations)).toContain('patched');
  expect(await out('taint', 'node', 'node-2', 'a=b:NoSchedule')).toBe('node/node-2 tainted\n');
  expect(await out('taint', 'node', 'node-2', 'a-')).toBe('node/node-2 untainted\n');
  expect(await out('cordon', 'node-2')).toBe('node/node-2 cordoned\n');
  expect(await out('drain', 'node-2', '--ignore-daemonsets', '--force', '--timeout=5m')).toContain(
    'node/node-2 drained',
  );
  expect(await out('uncordon', 'node-2')).toBe('node/node-2 uncordoned\n');
});

test('port-forward carries real connections to a Pod', async () => {
  await kubectl(['apply', '-f', '-'], { input: manifest('front', 1) });
  await out('rollout', 'status', 'deployment/front', '--timeout=5m');
  const child = spawn(path, ['port-forward', 'deployment/front', ':80'], {
    env: { ...clientEnv, PATH: process.env['PATH'] },
  });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (data) => resolve(/127\.0\.0\.1:(\d+)/.exec(String(data))?.[1] ?? ''));
      child.on('close', () => reject(new Error('port-forward ended')));
    });
    for (let count = 0; count < 3; count++) {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      expect(await answer.text()).toContain('Welcome to nginx');
    }
  } finally {
    child.kill();
  }
});

test('what is not there is said clearly', async () => {
  expect((await kubectl(['get', 'nonesuch'], { code: 1 })).stderr).toContain(
    `the server doesn't have a resource type "nonesuch"`,
  );
  expect((await kubectl(['top', 'nodes'], { code: 1 })).stderr).toContain('Metrics API not available');
});
