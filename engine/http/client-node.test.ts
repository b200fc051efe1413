import { connect, createServer } from 'node:net';
import { PassThrough, Writable } from 'node:stream';
import {
  AppsV1Api,
  CoreV1Api,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  makeInformer,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1ConfigMap,
  type V1Status,
} from '@kubernetes/client-node';
import { afterAll, expect, test } from 'vitest';
import { serveCluster, until } from './testing/serve.ts';

// The JavaScript client that programs are written with, as it comes from npm.

const served = await serveCluster({ nodes: 1 });
afterAll(() => served.close());

const config = new KubeConfig();
config.loadFromClusterAndUser(
  { name: 'drydock', server: served.url, skipTLSVerify: true },
  { name: 'kubernetes-admin' },
);
const core = config.makeApiClient(CoreV1Api);
const namespace = 'default';

function configMap(name: string): V1ConfigMap {
  return { metadata: { name, labels: { made: 'here' } }, data: { a: '1' } };
}

async function runPod(name: string, image: string, command?: string[]): Promise<void> {
  const container = { name: 'main', image, ...(command === undefined ? {} : { command }) };
  await core.createNamespacedPod({ namespace, body: { metadata: { name }, spec: { containers: [container] } } });
  await until(
    () => core.readNamespacedPod({ namespace, name }),
    (pod) => pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
  );
}

/** Keeps what is written to it. */
function collector() {
  const text = { value: '' };
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text.value += chunk;
      done();
    },
  });
  return { text, stream };
}

test('objects are made, patched and deleted by the typed clients', async () => {
  const made = await core.createNamespacedConfigMap({ namespace, body: configMap('typed') });
  expect(made.metadata?.creationTimestamp).toBeInstanceOf(Date);
  const patched = await core.patchNamespacedConfigMap(
    { namespace, name: 'typed', body: { data: { b: '2' } } },
    setHeaderOptions('Content-Type', PatchStrategy.MergePatch),
  );
  expect(patched.data).toEqual({ a: '1', b: '2' });
  const untyped = KubernetesObjectApi.makeApiClient(config);
  const applied = await untyped.patch(
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'typed', namespace }, data: { c: '3' } } as V1ConfigMap,
    undefined,
    undefined,
    'tests',
    true,
    PatchStrategy.ServerSideApply,
  );
  expect((applied as V1ConfigMap).data).toEqual({ a: '1', b: '2', c: '3' });
  expect(await core.deleteNamespacedConfigMap({ namespace, name: 'typed' })).toMatchObject({ status: 'Success' });
  await expect(core.readNamespacedConfigMap({ namespace, name: 'typed' })).rejects.toMatchObject({ code: 404 });
  const deployments = await config.makeApiClient(AppsV1Api).listNamespacedDeployment({ namespace });
  expect(deployments.items).toEqual([]);
});

test('an informer keeps up with what happens', async () => {
  await core.createNamespacedConfigMap({ namespace, body: configMap('before') });
  const list = () => core.listNamespacedConfigMap({ namespace, labelSelector: 'made=here' });
  const informer = makeInformer(config, `/api/v1/namespaces/${namespace}/configmaps`, list, 'made=here');
  const heard: string[] = [];
  for (const verb of ['add', 'update', 'delete'] as const) {
    informer.on(verb, (object) => heard.push(`${verb} ${object.metadata?.name}`));
  }
  await informer.start();
  await core.createNamespacedConfigMap({ namespace, body: configMap('after') });
  await core.replaceNamespacedConfigMap({ namespace, name: 'after', body: { ...configMap('after'), data: {} } });
  await core.deleteNamespacedConfigMap({ namespace, name: 'before' });
  await until(
    () => heard,
    ({ length }) => length >= 4,
  );
  expect(heard).toEqual(['add before', 'add after', 'update after', 'delete before']);
  expect(informer.get('after', namespace)?.metadata?.name).toBe('after');
  await informer.stop();
});

test('exec carries input, output and the exit code', async () => {
  await runPod('box', 'busybox:1.36', ['sleep', '100000']);
  const exec = async (command: string[], input?: string): Promise<[string, string, V1Status]> => {
    const stdout = collector();
    const stderr = collector();
    const stdin = input === undefined ? null : new PassThrough();
    const status = await new Promise<V1Status>((resolve, reject) => {
      new Exec(config)
        .exec(namespace, 'box', 'main', command, stdout.stream, stderr.stream, stdin, false, resolve)
        .then(() => stdin?.end(input), reject);
    });
    return [stdout.text.value, stderr.text.value, status];
  };
  expect(await exec(['echo', 'hello'])).toMatchObject(['hello\n', '', { status: 'Success' }]);
  expect(await exec(['head', '-n1'], 'first\nsecond\n')).toMatchObject(['first\n', '', { status: 'Success' }]);
  expect(await exec(['sh', '-c', 'echo no >&2; exit 3'])).toMatchObject(['', 'no\n', { reason: 'NonZeroExitCode' }]);
});

test('logs are followed', async () => {
  await runPod('talker', 'busybox:1.36', ['sh', '-c', 'echo one; sleep 20; echo two']);
  const { text, stream } = collector();
  await new Log(config).log(namespace, 'talker', 'main', stream, { follow: true });
  await until(
    () => text.value,
    (value) => value === 'one\ntwo\n',
  );
});

test('port-forward by channels reaches a web server', async () => {
  await runPod('front', 'nginx:1.29');
  const forward = new PortForward(config);
  const server = createServer((socket) => {
    forward.portForward(namespace, 'front', [80], socket, null, socket).catch((error) => socket.destroy(error));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nhost: front\r\nconnection: close\r\n\r\n');
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
  });
  await until(
    () => answer,
    (text) => text.includes('Welcome to nginx'),
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK/);
  socket.destroy();
  server.close();
});
