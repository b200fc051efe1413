import { expect, test } from 'vitest';
import { secrets } from '../../api/resources.ts';
import { NodeFixture } from '../testing/node-fixture.ts';

const waiting = (node: NodeFixture, name: string) => node.findPod(name)?.status?.containerStatuses?.[0]?.state?.waiting;

test('an image that no registry has is tried again after 10, 20, 40 … seconds', () => {
  const node = new NodeFixture();
  node.run('typo', { containers: [{ name: 'main', image: 'tools:9' }] });
  const cause =
    'rpc error: code = NotFound desc = failed to pull and unpack image "docker.io/library/tools:9": ' +
    'failed to resolve image: docker.io/library/tools:9: not found';
  node.until(() => waiting(node, 'typo')?.reason === 'ErrImagePull', 5000);
  expect(waiting(node, 'typo')?.message).toBe(cause);
  node.until(() => waiting(node, 'typo')?.reason === 'ImagePullBackOff', 5000);
  expect(waiting(node, 'typo')?.message).toBe(`Back-off pulling image "tools:9": ErrImagePull: ${cause}`);
  const failures: number[] = [];
  let before: string | undefined = '';
  node.until(() => {
    const reason = waiting(node, 'typo')?.reason;
    if (reason === 'ErrImagePull' && reason !== before) failures.push(node.sim.nowMs);
    before = reason;
    return failures.length === 3;
  }, 120_000);
  // A pull fails after 300 ms.
  expect(failures.slice(1).map((time, index) => Math.round(time - failures[index]!))).toEqual([20_300, 40_300]);
  expect(new Set(node.events('typo'))).toEqual(
    new Set([
      'Pulling: Pulling image "tools:9"',
      `Failed: Failed to pull image "tools:9": ${cause}`,
      'Failed: Error: ErrImagePull',
      'BackOff: Back-off pulling image "tools:9"',
      'Failed: Error: ImagePullBackOff',
    ]),
  );
  expect(node.pod('typo').status?.phase).toBe('Pending');
});

test('pull policies', () => {
  const node = new NodeFixture();
  node.run('never', { containers: [{ name: 'main', image: 'tools:1', imagePullPolicy: 'Never' }] });
  node.until(() => waiting(node, 'never')?.reason === 'ErrImageNeverPull', 5000);
  expect(waiting(node, 'never')?.message).toBe('Container image "tools:1" is not present with pull policy of Never');
  node.run('first', { containers: [{ name: 'main', image: 'tools:1' }] });
  node.untilReady('first');
  node.run('second', { containers: [{ name: 'main', image: 'tools:1' }] });
  node.untilReady('second');
  expect(node.events('second')[0]).toBe(
    'Pulled: Container image "tools:1" already present on machine and can be accessed by the pod',
  );
});

test('what is no image name is said to be none', () => {
  const node = new NodeFixture();
  node.run('upper', { containers: [{ name: 'main', image: 'Nginx' }] });
  node.until(() => waiting(node, 'upper')?.reason === 'InvalidImageName', 5000);
  const message =
    'Failed to apply default image tag "Nginx": couldn\'t parse image name "Nginx": ' +
    'invalid reference format: repository name (library/Nginx) must be lowercase';
  expect(waiting(node, 'upper')?.message).toBe(message);
  node.sim.runFor(10);
  expect(node.events('upper')).toEqual([`InspectFailed: ${message}`, 'Failed: Error: InvalidImageName']);
});

test('a command that is not in the image cannot be started', () => {
  const node = new NodeFixture();
  node.run('missing', { containers: [{ name: 'main', image: 'tools:1', command: ['bash', '-c', 'true'] }] });
  node.until(() => waiting(node, 'missing')?.reason === 'CrashLoopBackOff', 20_000);
  const message =
    'failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: ' +
    'unable to start container process: error during container init: exec: "bash": executable file not found in $PATH';
  expect(node.pod('missing').status?.containerStatuses?.[0]?.lastState?.terminated).toMatchObject({
    exitCode: 128,
    reason: 'StartError',
    message,
    startedAt: '1970-01-01T00:00:00Z',
  });
  expect(node.events('missing')).toContain(`Failed: Error: ${message}`);
});

test('what a container refers to has to exist', () => {
  const node = new NodeFixture();
  const env = [{ name: 'MODE', valueFrom: { configMapKeyRef: { name: 'settings', key: 'mode' } } }];
  node.run('config', {
    containers: [{ name: 'main', image: 'tools:1', command: ['env'], env }],
    restartPolicy: 'Never',
  });
  node.until(() => waiting(node, 'config')?.reason === 'CreateContainerConfigError', 5000);
  expect(waiting(node, 'config')?.message).toBe('configmap "settings" not found');
  node.sim.runFor(10);
  expect(node.events('config')).toContain('Failed: Error: configmap "settings" not found');
  node.configMap('settings', { mode: 'fast' });
  node.untilPhase('config', 'Succeeded');
  expect(node.logs('config', 'main')).toContain('MODE=fast\n');
});

test('an image that runs as root may not be used where that is forbidden', () => {
  const node = new NodeFixture();
  const securityContext = { runAsNonRoot: true };
  node.run('root', { containers: [{ name: 'main', image: 'tools:1', securityContext }] });
  node.until(() => waiting(node, 'root')?.reason === 'CreateContainerConfigError', 5000);
  const { uid } = node.pod('root').metadata;
  expect(waiting(node, 'root')?.message).toBe(
    `container has runAsNonRoot and image will run as root (pod: "root_default(${uid})", container: main)`,
  );
});

test.each([
  [
    'nope',
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
  ],
  [
    'registry.example.com/team/app:1',
    'pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials',
  ],
  [
    'reg.example.org/app:1',
    'failed to do request: Head "https://reg.example.org/v2/app/manifests/1": dial tcp: lookup reg.example.org: no such host',
  ],
  [
    'localhost:5000/app',
    'failed to do request: Head "https://localhost:5000/v2/app/manifests/latest": dial tcp 127.0.0.1:5000: connect: connection refused',
  ],
])('%s cannot be pulled: %s', (image, cause) => {
  const node = new NodeFixture();
  node.run('typo', { containers: [{ name: 'main', image }] });
  node.until(() => waiting(node, 'typo')?.reason === 'ErrImagePull', 5000);
  expect(waiting(node, 'typo')?.message).toContain(`: failed to resolve image: ${cause}`);
});

const PRIVATE = 'registry.example.com/team/app:1';

function login(node: NodeFixture, name: string, password: string): void {
  const auths = { 'https://registry.example.com/v2/': { auth: btoa(`me:${password}`) } };
  node.client.resource(secrets).create({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace: 'default' },
    type: 'kubernetes.io/dockerconfigjson',
    data: { '.dockerconfigjson': btoa(JSON.stringify({ auths })) },
  });
}

test('a private image needs a pull secret, also when it is there already', () => {
  const node = new NodeFixture();
  login(node, 'wrong', 'guess');
  login(node, 'right', 's3cret');
  const containers = [{ name: 'main', image: PRIVATE }];
  node.run('wrong', { containers, imagePullSecrets: [{ name: 'wrong' }] });
  node.until(() => waiting(node, 'wrong')?.reason === 'ErrImagePull', 5000);
  expect(waiting(node, 'wrong')?.message).toContain(
    'unexpected status from HEAD request to https://registry.example.com/v2/team/app/manifests/1: 401 Unauthorized',
  );
  node.run('right', { containers, imagePullSecrets: [{ name: 'wrong' }, { name: 'right' }] });
  node.untilReady('right');
  node.run('none', { containers, imagePullSecrets: [{ name: 'gone' }] });
  node.until(() => waiting(node, 'none')?.reason === 'ErrImagePull', 5000);
  expect(node.events('none')[0]).toBe(
    'FailedToRetrieveImagePullSecret: Unable to retrieve some image pull secrets (gone); attempting to pull the image may not succeed.',
  );
  node.run('again', { containers, imagePullSecrets: [{ name: 'right' }] });
  node.untilReady('again');
  expect(node.events('again')[0]).toContain('already present on machine');
});

test('images are pulled one after the other', () => {
  const node = new NodeFixture();
  node.run('one', { containers: [{ name: 'main', image: 'tools:1' }] });
  node.run('two', { containers: [{ name: 'main', image: 'tools-two:2' }] });
  node.untilReady('two');
  expect(node.events('two')).toContain(
    'Pulled: Successfully pulled image "tools-two:2" in 1.3s (2.6s including waiting). Image size: 50000000 bytes.',
  );
});
