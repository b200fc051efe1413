import { expect, test } from 'vitest';
import { confirm, refute } from './assertion.ts';

const pod = {
  metadata: { name: 'web', labels: { 'app.kubernetes.io/name': 'web' } },
  spec: {
    containers: [
      { name: 'web', image: 'nginx:1.29', ports: [{ containerPort: 80 }] },
      { name: 'writer', image: 'busybox' },
    ],
  },
  status: { phase: 'Pending', containerStatuses: [{ ready: true }, { ready: false }] },
};

test('assertions that hold say nothing', () => {
  expect(
    refute(pod, [
      { path: 'metadata.name', equals: 'web' },
      { path: 'metadata.labels."app.kubernetes.io/name"', equals: 'web' },
      { path: 'spec.containers', length: 2 },
      { path: 'spec.containers[name=web].ports[*].containerPort', equals: 80 },
      { path: 'spec.containers[1].image', matches: '^busybox' },
      { path: 'spec.containers[*].name', contains: 'writ' },
      { path: 'status.phase', oneOf: ['Pending', 'Running'] },
      { path: 'spec.(initContainers|containers)[name=writer].image', equals: 'busybox' },
      { path: 'spec.nodeName', exists: false },
      { path: 'spec.containers[0].ports[0].containerPort', atLeast: 80 },
      { path: 'spec.containers[0].ports[0].containerPort', atMost: 80 },
      { path: 'status.containerStatuses[*].ready', equals: true },
    ]),
  ).toBeUndefined();
});

test('of a list without the element that is asked for, it is told what it has', () => {
  const asked = { path: 'spec.containers[name=shop].image', equals: 'nginx:1.29' };
  expect(refute(pod, [asked])?.seen).toBe('spec.containers has no "shop", but "web", "writer"');
  expect(refute(pod, [{ path: 'spec.containers[name=web].command', exists: true }])?.seen).toBe(
    'spec.containers[name=web].command is not set',
  );
  expect(refute(pod, [{ path: 'spec.volumes[name=pages]', exists: true }])?.seen).toBe(
    'spec has no volumes[name=pages]',
  );
});

test('an image may be called by its short or its full name', () => {
  const asked = [{ path: 'image', image: 'nginx:1.29' }];
  for (const image of ['nginx:1.29', 'docker.io/nginx:1.29', 'docker.io/library/nginx:1.29']) {
    expect(refute({ image }, asked), image).toBeUndefined();
  }
  for (const image of ['nginx', 'nginx:1.29-alpine', 'quay.example/nginx:1.29', 'my-nginx:1.29', 'Nginx:1.29']) {
    expect(refute({ image }, asked)?.seen).toBe(`image is "${image}", not "nginx:1.29"`);
  }
});

test('quantities are compared as what they amount to', () => {
  const asked = (memory: unknown) => ({ memory });
  for (const memory of ['32Mi', '64Mi', '0.5Gi', '100M', 33_554_432, '33554432']) {
    expect(refute(asked(memory), [{ path: 'memory', atLeast: '32Mi' }]), String(memory)).toBeUndefined();
  }
  for (const memory of ['1Gi', '1024Mi', '1073741824', 1_073_741_824]) {
    expect(refute(asked(memory), [{ path: 'memory', amount: '1Gi' }]), String(memory)).toBeUndefined();
  }
  for (const memory of ['31Mi', '32M', '32', 'much', true]) {
    expect(refute(asked(memory), [{ path: 'memory', atLeast: '32Mi' }]), String(memory)).toBeDefined();
  }
  expect(refute(asked('1G'), [{ path: 'memory', amount: '1Gi' }])?.seen).toBe('memory is "1G", not 1Gi');
  // A text beside a number is no number.
  expect(refute(asked('5'), [{ path: 'memory', atLeast: 1 }])).toBeDefined();
});

test('one that does not hold says what is there, what was asked for, and where', () => {
  expect(refute(pod, [{ path: 'status.phase', equals: 'Running' }])).toMatchObject({
    seen: 'status.phase is "Pending", not "Running"',
    at: ['status', 'phase'],
  });
  expect(refute(pod, [{ path: 'spec.containers[name=writer].image', equals: 'busybox:1.37' }])).toMatchObject({
    seen: 'spec.containers[name=writer].image is "busybox", not "busybox:1.37"',
    at: ['spec', 'containers', 1, 'image'],
  });
});

test('a text or a list with nothing in it is said to be empty', () => {
  expect(refute({ stdout: '' }, [{ path: 'stdout', contains: 'nginx' }])?.seen).toBe(
    'stdout is empty, not something with "nginx" in it',
  );
  expect(refute({ items: [] }, [{ path: 'items', length: 2 }])?.seen).toBe('items is empty, not of length 2');
});

test('of a list that is too long or too short it is told what it has', () => {
  expect(refute(pod, [{ path: 'spec.containers', length: 1 }])?.seen).toBe(
    'spec.containers has 2 elements (web, writer), not 1',
  );
  expect(refute(pod, [{ path: 'status.containerStatuses', length: 1 }])?.seen).toBe(
    'status.containerStatuses has 2 elements, not 1',
  );
});

test('what should be something else, or should not be there, is said so', () => {
  expect(refute(pod, [{ path: 'metadata.name', not: 'sea' }])).toBeUndefined();
  expect(refute(pod, [{ path: 'metadata.name', not: 'web' }])?.seen).toBe(
    'metadata.name is "web", and should be something else',
  );
  expect(refute(pod, [{ path: 'metadata.name', exists: false }])?.seen).toBe(
    'metadata.name is "web", and should not be set',
  );
});

test('what holds is told with what made it hold', () => {
  const assertions = [
    { path: 'status.containerStatuses[*].ready', equals: false },
    { path: 'spec.nodeName', exists: false },
  ];
  expect(confirm(pod, assertions)).toBe('status.containerStatuses[*].ready is false; spec.nodeName is not set');
});

test('several values that are the same are told once, and a choice of one is none', () => {
  const pods = { items: [{ phase: 'Pending' }, { phase: 'Pending' }, { phase: 'Failed' }] };
  expect(refute(pods, [{ path: 'items[*].phase', equals: 'Running' }])?.seen).toBe(
    'items[*].phase is "Pending", "Failed", not "Running"',
  );
  expect(refute({ suspend: true }, [{ path: 'suspend', oneOf: [false] }])?.seen).toBe('suspend is true, not false');
});

test('with `every` one exception is enough', () => {
  const assertion = { path: 'status.containerStatuses[*].ready', every: true, equals: true };
  expect(refute(pod, [assertion])?.seen).toBe('status.containerStatuses[*].ready is false, not true');
  expect(refute({ status: {} }, [assertion])?.seen).toBe('status has no containerStatuses[*].ready');
});

test('what is missing is said to be missing, at the place where it would stand', () => {
  expect(refute(pod, [{ path: 'spec.volumes[*].emptyDir', exists: true }])).toMatchObject({
    seen: 'spec has no volumes[*].emptyDir',
    at: ['spec', 'volumes'],
  });
  expect(refute(undefined, [{ path: 'spec', exists: true }])?.seen).toBe('spec is not set');
});

test('an inherited property is not a field', () => {
  expect(refute({}, [{ path: 'constructor.name', exists: true }])?.seen).toBe('constructor.name is not set');
});

test('a path that cannot be read is the author’s mistake and says where', () => {
  expect(() => refute(pod, [{ path: 'spec.containers[name', exists: true }])).toThrow(
    'cannot read the path "spec.containers[name" at "[name"',
  );
});
