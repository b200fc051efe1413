import { expect, test } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim, Pod } from '../../api/kinds.ts';
import type { Manifest } from '../../api/object.ts';
import { numericValue } from '../../api/quantity.ts';
import { configMaps, persistentVolumeClaims, persistentVolumes, pods } from '../../api/resources.ts';
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
  node.until(() => read('index.html') === 'two', 90_000);
  expect(read('news.html')).toBe('new');
  expect(node.host.root.access(`${directory}/about.html`, 'exists')).toBe(false);
});

test('a change of the Pod brings its volumes up to date at once, and what was tampered with returns within 90 s', () => {
  const node = new NodeFixture();
  node.configMap('site', { page: 'one' });
  node.run('web', {
    volumes: [{ name: 'site', configMap: { name: 'site' } }],
    containers: [{ name: 'main', image: IMAGE, volumeMounts: [{ name: 'site', mountPath: '/site' }] }],
  });
  const { uid } = node.untilReady('web').metadata;
  const path = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~configmap/site/page`;
  const page = (): string => new TextDecoder().decode(node.host.root.readFile(path));
  const annotate = (value: string): void => {
    const pod = node.pod('web');
    node.client.resource(pods).update({ ...pod, metadata: { ...pod.metadata, annotations: { value } } });
  };
  node.sim.runFor(1000);
  node.configMap('site', { page: 'two' });
  node.sim.runFor(1000);
  expect(page()).toBe('one');
  annotate('1');
  node.sim.runFor(1000);
  expect(page()).toBe('two');
  node.host.root.writeFile(path, 'mine');
  node.until(() => page() === 'two', 90_000);
});

test('a volume that cannot be set up holds the Pod back until it can', () => {
  const node = new NodeFixture();
  const names = ['site', 'disk', 'keys', 'share'];
  node.run('wait', {
    volumes: [
      { name: 'site', configMap: { name: 'later' } },
      { name: 'disk', hostPath: { path: '/mnt/disk', type: 'Directory' } },
      { name: 'keys', secret: { secretName: 'keys' } },
      { name: 'share', nfs: { server: 'files', path: '/' } },
      { name: 'unused', hostPath: { path: '/nowhere', type: 'File' } },
    ],
    containers: [{ name: 'main', image: IMAGE, volumeMounts: names.map((name) => ({ name, mountPath: `/${name}` })) }],
  });
  node.sim.runFor(3000);
  expect(node.events('wait')).toEqual([
    'FailedMount: MountVolume.SetUp failed for volume "site" : configmap "later" not found',
    'FailedMount: MountVolume.SetUp failed for volume "disk" : hostPath type check failed: /mnt/disk is not a directory',
    'FailedMount: MountVolume.SetUp failed for volume "keys" : secret "keys" not found',
    'FailedMount: MountVolume.SetUp failed for volume "share" : mount failed: fork/exec /bin/mount: no such file or directory',
  ]);
  expect(node.pod('wait').status).toMatchObject({
    phase: 'Pending',
    containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }],
  });
});

test('a mount is tried again after 0.5, 1, 2, … seconds; after two minutes the whole Pod is given up once', () => {
  const node = new NodeFixture();
  node.run('wait', {
    volumes: [{ name: 'site', configMap: { name: 'later' } }],
    containers: [{ name: 'main', image: IMAGE, volumeMounts: [{ name: 'site', mountPath: '/site' }] }],
  });
  node.sim.runFor(122_000);
  const [first, ...others] = node.eventObjects('wait');
  expect(others).toEqual([]);
  // At 0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5 and 63.5 seconds.
  expect(first?.count).toBe(8);
  node.sim.runFor(2000);
  expect(node.events('wait').at(-1)).toBe(
    'FailedMount: Unable to attach or mount volumes: unmounted volumes=[site], unattached volumes=[], failed to process volumes=[]: context deadline exceeded',
  );
  node.configMap('later', { page: 'here' });
  node.untilReady('wait', 130_000);
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

test('what is kept in memory takes no more than its Pod may have, nor than its own limit', () => {
  const node = new NodeFixture();
  const data = (name: string, sizeLimit?: string) => ({ name, emptyDir: { medium: 'Memory', sizeLimit } });
  const volumes = [data('large', '1Ti'), data('small', '5Mi'), data('whole')];
  const volumeMounts = volumes.map(({ name }) => ({ name, mountPath: `/${name}` }));
  const container = { name: 'main', image: IMAGE, command: ['write', '/large/x', 'x'], volumeMounts };
  const sizes = (name: string): readonly string[] => {
    const { uid } = node.untilReady(name).metadata;
    const mounts = new TextDecoder().decode(node.host.root.readFile('/proc/mounts')).split('\n');
    return mounts.flatMap((line) =>
      line.includes(uid) ? [/(\w+) tmpfs .*size=(\w+)/.exec(line)!.slice(1).join(' ')] : [],
    );
  };
  node.run('unlimited', { volumes, containers: [container] });
  const allocatable = `${numericValue(node.node().status!.allocatable!['memory']!) / 1024}k`;
  expect(sizes('unlimited')).toEqual([`large ${allocatable}`, 'small 5120k', `whole ${allocatable}`]);
  node.run('limited', { volumes, containers: [{ ...container, resources: { limits: { memory: '64Mi' } } }] });
  expect(sizes('limited')).toEqual(['large 65536k', 'small 5120k', 'whole 65536k']);
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

const ROOT_CA = 'kube-root-ca.crt';

function apiAccess(): Pod['spec']['volumes'] {
  return [
    {
      name: 'kube-api-access',
      projected: {
        sources: [
          { serviceAccountToken: { expirationSeconds: 3600, path: 'token' } },
          { configMap: { name: ROOT_CA, items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
          { downwardAPI: { items: [{ path: 'namespace', fieldRef: { fieldPath: 'metadata.namespace' } }] } },
        ],
      },
    },
  ];
}

const apiMounts = [{ name: 'kube-api-access', mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }];

test("a ServiceAccount's token is in the Pod, and a new one when four fifths of its time are over", () => {
  const node = new NodeFixture();
  node.configMap(ROOT_CA, { 'ca.crt': 'certificate' });
  node.run('client', { volumes: apiAccess(), containers: [{ name: 'main', image: IMAGE, volumeMounts: apiMounts }] });
  const { uid } = node.untilReady('client').metadata;
  const directory = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~projected/kube-api-access`;
  const token = (): string => new TextDecoder().decode(node.host.root.readFile(`${directory}/token`));
  const claims = (): { exp: number; 'kubernetes.io': object } => JSON.parse(atob(token().split('.')[1]!));
  expect(claims()['kubernetes.io']).toMatchObject({ namespace: 'default', pod: { name: 'client', uid } });
  expect(node.host.root.stat(`${directory}/token`).mode).toBe(0o644);
  const { exp } = claims();
  node.sim.runFor(2860_000);
  expect(claims().exp).toBe(exp);
  node.sim.runFor(120_000);
  expect(claims().exp).toBeGreaterThan(exp + 2800);
});

test('a token is only for the user and the group that the Pod names', () => {
  const node = new NodeFixture();
  node.configMap(ROOT_CA, { 'ca.crt': 'certificate' });
  node.run('private', {
    securityContext: { runAsUser: 1000, fsGroup: 2000 },
    volumes: apiAccess(),
    containers: [{ name: 'main', image: IMAGE, volumeMounts: apiMounts }],
  });
  const { uid } = node.untilReady('private').metadata;
  const directory = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~projected/kube-api-access`;
  expect(node.host.root.stat(`${directory}/token`)).toMatchObject({ mode: 0o640, uid: 1000, gid: 2000 });
  expect(node.host.root.stat(`${directory}/ca.crt`)).toMatchObject({ mode: 0o644, uid: 0, gid: 2000 });
});

test('every problem of a projected volume is told', () => {
  const node = new NodeFixture();
  node.run('client', {
    serviceAccountName: 'default',
    volumes: [
      {
        name: 'all',
        projected: {
          sources: [
            { secret: { name: 'keys' } },
            { configMap: { name: 'none', optional: true } },
            { clusterTrustBundle: { name: 'ca', path: 'ca.pem' } },
          ],
        },
      },
    ],
    containers: [{ name: 'main', image: IMAGE, volumeMounts: [{ name: 'all', mountPath: '/all' }] }],
  });
  node.sim.runFor(100);
  expect(node.events('client')).toEqual([
    'FailedMount: MountVolume.SetUp failed for volume "all" : [secret "keys" not found, projected clusterTrustBundle volumes are not supported by this simulation]',
  ]);
});

test('a Secret volume shows bytes with modes, read-only and in memory', () => {
  const node = new NodeFixture();
  node.secret('keys', { id: btoa('me'), key: btoa('\xff\x00secret') });
  node.run('reader', {
    volumes: [
      {
        name: 'keys',
        secret: { secretName: 'keys', defaultMode: 0o400, items: [{ key: 'key', path: 'private/key', mode: 0o600 }] },
      },
    ],
    containers: [
      { name: 'main', image: IMAGE, volumeMounts: [{ name: 'keys', mountPath: '/keys' }] },
      {
        name: 'writer',
        image: IMAGE,
        command: ['write', '/keys/more', 'x'],
        volumeMounts: [{ name: 'keys', mountPath: '/keys' }],
      },
    ],
  });
  node.until(() => node.pod('reader').status?.containerStatuses?.[1]?.state?.terminated !== undefined, 5000);
  const { uid } = node.pod('reader').metadata;
  const directory = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~secret/keys`;
  expect([...node.host.root.readFile(`${directory}/private/key`).subarray(0, 3)]).toEqual([0xff, 0, 's'.charCodeAt(0)]);
  expect(node.host.root.stat(`${directory}/private/key`).mode).toBe(0o600);
  expect(node.host.root.access(`${directory}/id`, 'exists')).toBe(false);
  expect(node.host.root.stat(directory).device).not.toBe(node.host.root.stat('/var').device);
  node.delete('reader', 1);
  node.until(() => node.findPod('reader') === undefined, 40_000);
  expect(node.host.root.access(directory, 'exists')).toBe(false);
});

test('an immutable ConfigMap is never looked at again', () => {
  const node = new NodeFixture();
  node.configMap('fixed', { page: 'one' }, true);
  node.run('web', {
    volumes: [{ name: 'site', configMap: { name: 'fixed' } }],
    containers: [{ name: 'main', image: IMAGE, volumeMounts: [{ name: 'site', mountPath: '/site' }] }],
  });
  const { uid } = node.untilReady('web').metadata;
  node.client.resource(configMaps).delete('fixed', 'default');
  node.configMap('fixed', { page: 'two' });
  node.sim.runFor(100_000);
  const path = `/var/lib/kubelet/pods/${uid}/volumes/kubernetes.io~configmap/site/page`;
  expect(new TextDecoder().decode(node.host.root.readFile(path))).toBe('one');
  expect(node.events('web').filter((event) => event.startsWith('FailedMount'))).toEqual([]);
});

test('what is mounted by subPath stays as it was; a part that is missing becomes a directory', () => {
  const node = new NodeFixture();
  node.configMap('site', { page: 'one' });
  node.run('web', {
    volumes: [
      { name: 'site', configMap: { name: 'site' } },
      { name: 'data', emptyDir: {} },
    ],
    containers: [
      {
        name: 'main',
        image: IMAGE,
        command: ['serve', '80', '/page'],
        env: [{ name: 'ME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }],
        volumeMounts: [
          { name: 'site', mountPath: '/page', subPath: 'page' },
          { name: 'data', mountPath: '/data', subPathExpr: 'logs/$(ME)' },
        ],
      },
    ],
  });
  const { uid } = node.untilReady('web').metadata;
  const volumes = `/var/lib/kubelet/pods/${uid}/volumes`;
  expect(node.host.root.stat(`${volumes}/kubernetes.io~empty-dir/data/logs/web`).type).toBe('directory');
  node.configMap('site', { page: 'two' });
  node.sim.runFor(100_000);
  expect(new TextDecoder().decode(node.host.root.readFile(`${volumes}/kubernetes.io~configmap/site/page`))).toBe('two');
  expect(node.execute('web', 'main', ['cat', '/page'])).toBe('one');
});

test('a subPath must stay in its volume', () => {
  const node = new NodeFixture();
  const volumeMounts = [{ name: 'data', mountPath: '/data', subPathExpr: '$(NOBODY)' }];
  node.host.root.symlink('/etc', '/var/link');
  node.run('escape', {
    volumes: [{ name: 'data', hostPath: { path: '/var' } }],
    containers: [
      { name: 'expression', image: IMAGE, volumeMounts },
      { name: 'link', image: IMAGE, volumeMounts: [{ name: 'data', mountPath: '/data', subPath: 'link' }] },
    ],
  });
  node.sim.runFor(3000);
  expect(node.pod('escape').status?.containerStatuses?.map(({ state }) => state?.waiting)).toEqual([
    { reason: 'CreateContainerConfigError', message: 'missing value for NOBODY' },
    {
      reason: 'CreateContainerConfigError',
      message: 'failed to prepare subPath for volumeMount "data" of container "link"',
    },
  ]);
});

test('a claim is mounted once it is bound', () => {
  const node = new NodeFixture({ files: { '/mnt/disk/hello': 'from the disk' } });
  const claims = node.client.resource(persistentVolumeClaims);
  const spec = { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, volumeName: 'disk-1' };
  const containers = [
    {
      name: 'main',
      image: IMAGE,
      command: ['cat', '/data/hello'],
      volumeMounts: [{ name: 'data', mountPath: '/data' }],
    },
  ];
  node.run('db', {
    restartPolicy: 'Never',
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName: 'data' } }],
    containers,
  });
  node.sim.runFor(100);
  const claim = claims.create({
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data', namespace: 'default' },
    spec,
  } as Manifest<PersistentVolumeClaim>);
  node.sim.runFor(11_000);
  const wait =
    'FailedMount: Unable to attach or mount volumes: unmounted volumes=[data], unattached volumes=[], failed to process volumes=[data]: error processing PVC default/data:';
  expect(node.events('db')).toEqual([
    `${wait} failed to fetch PVC from API server: persistentvolumeclaims "data" not found`,
    `${wait} PVC is not bound`,
  ]);
  node.client.resource(persistentVolumes).create({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'disk-1' },
    spec: {
      capacity: { storage: '1Gi' },
      accessModes: ['ReadWriteOnce'],
      local: { path: '/mnt/disk' },
      nodeAffinity: {
        required: {
          nodeSelectorTerms: [
            { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['node-1'] }] },
          ],
        },
      },
      claimRef: { kind: 'PersistentVolumeClaim', name: 'data', namespace: 'default', uid: claim.metadata.uid },
    },
  } as Manifest<PersistentVolume>);
  claims.updateStatus({ ...claims.get('data', 'default'), status: { phase: 'Bound' } });
  node.untilPhase('db', 'Succeeded', 20_000);
  expect(node.logs('db', 'main')).toBe('from the disk');
});
