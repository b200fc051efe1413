import { beforeAll, expect, test } from 'vitest';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tasks/configure-pod-container/image-volumes/

let bed: Testbed;

beforeAll(() => {
  bed = new Testbed({ workers: [{}] });
});

function pod(
  name: string,
  mount: string,
  image = 'reference: quay.io/crio/artifact:v2, pullPolicy: IfNotPresent',
): string {
  return `apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  containers:
  - name: shell
    command: [sleep, infinity]
    image: debian
    volumeMounts:
    - {name: volume, ${mount}}
  volumes:
  - name: volume
    image: {${image}}
`;
}

const sh = (name: string, script: string) => bed.kubectlAnyway('exec', name, '--', 'bash', '-c', script);

test('a Pod has what is in an image', () => {
  bed.apply(pod('image-volume', 'mountPath: /volume'));
  bed.untilReady('image-volume');
  expect(sh('image-volume', 'cat /volume/dir/file /volume/file').stdout).toBe('1\n2\n');
  expect(sh('image-volume', 'echo 3 > /volume/file').stderr).toContain('Read-only file system');
  const events = bed.kubectl(
    'get',
    'events',
    '--field-selector',
    'involvedObject.name=image-volume',
    '-o',
    'jsonpath={range .items[*]}{.involvedObject.fieldPath}|{.message}{"\\n"}{end}',
  );
  expect(events).toMatch(/^\|Pulling image "quay\.io\/crio\/artifact:v2"$/m);
  expect(events).toMatch(/^\|Successfully pulled image "quay\.io\/crio\/artifact:v2" in .* Image size: 2048 bytes\.$/m);
});

test('a part of it', () => {
  bed.apply(pod('part', 'mountPath: /volume, subPath: dir'));
  bed.untilReady('part');
  expect(sh('part', 'ls /volume; cat /volume/file').stdout).toBe('file\n1\n');
});

test.each([
  ['missing-part', 'mountPath: /volume, subPath: nowhere', undefined, 'CreateContainerError'],
  ['missing', 'mountPath: /volume', 'reference: quay.io/crio/artifact:v9', 'ErrImagePull'],
  ['never', 'mountPath: /volume', 'reference: quay.io/crio/artifact:v1, pullPolicy: Never', 'ErrImageNeverPull'],
])('%s: it waits', (name, mount, image, reason) => {
  bed.apply(pod(name, mount, image));
  bed.until(reason, () => bed.kubectl('get', 'pod', name).includes(reason));
});

test('nothing of it is left with the Pod', () => {
  const mounted = () => bed.run('node-1', 'bash', '-c', 'grep -c image-volumes /proc/mounts').stdout;
  expect(mounted()).toBe('3\n');
  bed.kubectl('delete', 'pod', '--all', '--now');
  bed.pass(10);
  expect(mounted()).toBe('0\n');
  expect(bed.run('node-1', 'bash', '-c', 'ls /run/containerd/io.containerd.grpc.v1.cri/image-volumes').stdout).toBe('');
});
