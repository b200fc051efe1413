import { expect, test } from 'vitest';
import { NodeFixture } from '../testing/node-fixture.ts';

const IMAGE = 'tools:1';

test('a ConfigMap volume follows its ConfigMap, all files at once', () => {
  const node = new NodeFixture();
  node.configMap('site', { 'index.html': 'one', 'about.html': 'me' });
  node.run('web', {
    volumes: [{ name: 'site', configMap: { name: 'site' } }],
    containers: [{ name: 'main', image: IMAGE, volumeMounts: [{ name: 'site', mountPath: '/site' }] }],
  });
  const { uid } = node.untilReady('web').metadata;
  const directory = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~configmap/site`;
  const read = (name: string): string => new TextDecoder().decode(node.host.root.readFile(`${directory}/${name}`));
  expect(node.host.root.readdir(directory).map(({ name }) => name)).toEqual(
    ['..2026_01_12_09_00_00.002000000', '..data', 'about.html', 'index.html'].map((name) =>
      name.startsWith('..2026') ? expect.stringMatching(/^\.\.2026_01_12_09_00_00\.\d{9}$/) : name,
    ),
  );
  expect(node.host.root.readlink(`${directory}/index.html`)).toBe('..data/index.html');
  expect(read('index.html')).toBe('one');
  node.configMap('site', { 'index.html': 'two', 'news.html': 'new' });
  node.until(() => read('index.html') === 'two', 61_000);
  expect(read('news.html')).toBe('new');
  expect(node.host.root.access(`${directory}/about.html`, 'exists')).toBe(false);
});

test('a volume that cannot be set up holds the Pod back until it can', () => {
  const node = new NodeFixture();
  node.run('wait', {
    volumes: [
      { name: 'site', configMap: { name: 'later' } },
      { name: 'disk', hostPath: { path: '/mnt/disk', type: 'Directory' } },
      { name: 'keys', secret: { secretName: 'keys' } },
    ],
    containers: [{ name: 'main', image: IMAGE }],
  });
  node.sim.runFor(3000);
  expect(node.events('wait')).toEqual([
    'FailedMount: MountVolume.SetUp failed for volume "site" : configmap "later" not found',
    'FailedMount: MountVolume.SetUp failed for volume "disk" : hostPath type check failed: /mnt/disk is not a directory',
    'FailedMount: MountVolume.SetUp failed for volume "keys" : secret volumes are not supported by this simulation yet',
  ]);
  expect(node.pod('wait').status).toMatchObject({
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
  });
});

test('the downward API and expansion', () => {
  const node = new NodeFixture();
  node.run(
    'me',
    {
      restartPolicy: 'Never',
      volumes: [
        { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
      ],
      containers: [
        {
          name: 'main',
          image: IMAGE,
          command: ['cat', '/info/$(FILE)', '/etc/hosts', '/etc/hostname'],
          env: [
            { name: 'FILE', value: 'labels' },
            { name: 'WHO', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
          ],
          volumeMounts: [{ name: 'info', mountPath: '/info' }],
        },
      ],
    },
    { labels: { app: 'web', tier: 'front' } },
  );
  node.untilPhase('me', 'Succeeded');
  const log = node.logs('me', 'main');
  expect(log).toContain('app="web"\ntier="front"');
  expect(log).toContain('# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n');
  expect(log).toContain('10.244.1.2\tme\n');
  expect(log.endsWith('\nme\n')).toBe(true);
});

test('an emptyDir outlives its containers, not its Pod', () => {
  const node = new NodeFixture();
  const volumeMounts = [{ name: 'data', mountPath: '/data' }];
  node.run('keep', {
    volumes: [{ name: 'data', emptyDir: { medium: 'Memory' } }],
    containers: [{ name: 'main', image: IMAGE, command: ['write', '/data/x', 'kept'], volumeMounts }],
  });
  const { uid } = node.untilReady('keep').metadata;
  const path = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~empty-dir/data/x`;
  node.until(() => node.host.root.access(path, 'exists'), 1000);
  node.host.kill(node.containerd.listContainers()[0]!.pid, 'KILL');
  node.until(() => node.pod('keep').status?.containerStatuses?.[0]?.restartCount === 1, 5000);
  expect(new TextDecoder().decode(node.host.root.readFile(path))).toBe('kept');
  node.delete('keep', 1);
  node.until(() => node.findPod('keep') === undefined, 40_000);
  expect(node.host.root.access(`/var/lib/kubelet/pods/${uid}`, 'exists')).toBe(false);
});

test('a termination message is what the container wrote', () => {
  const node = new NodeFixture();
  node.run('last-words', {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'file',
        image: IMAGE,
        command: ['cat', '/nowhere'],
        terminationMessagePolicy: 'FallbackToLogsOnError',
      },
    ],
  });
  const { status } = node.untilPhase('last-words', 'Failed');
  expect(status?.containerStatuses?.[0]?.state?.terminated?.message).toBe(
    "cat: can't open '/nowhere': No such file or directory\n",
  );
});
