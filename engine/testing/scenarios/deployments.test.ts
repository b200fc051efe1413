import { expect, test } from 'vitest';
import type { Pod } from '../../index.ts';
import { Testbed } from './testbed.ts';

// Deployments through kubectl: https://kubernetes.io/docs/concepts/workloads/controllers/deployment/

// Half a second each on an idle machine; a busy one may take longer.
const readyPods = (bed: Testbed) => bed.podViews().filter(({ ready }) => ready);

function deployed(replicas: number): Testbed {
  const bed = new Testbed();
  bed.kubectl('create', 'deployment', 'web', '--image=nginx:1.28', `--replicas=${replicas}`);
  bed.until('all are ready', () => readyPods(bed).length === replicas);
  return bed;
}

test('a new image rolls out one Pod at a time without ever being down, and undo goes back', () => {
  const bed = deployed(4);
  expect(bed.kubectl('set', 'image', 'deployment/web', 'nginx=nginx:1.29')).toBe('deployment.apps/web image updated\n');
  let fewest = 4;
  const sim = bed.sim;
  for (let step = 0; step < 60; step++) {
    sim.runFor(500);
    fewest = Math.min(fewest, readyPods(bed).length);
  }
  expect(fewest).toBeGreaterThanOrEqual(3);
  expect(bed.kubectl('rollout', 'status', 'deployment/web')).toContain('deployment "web" successfully rolled out\n');
  const images = () => bed.list<Pod>('pods').map(({ spec }) => spec.containers[0]!.image);
  expect(images()).toEqual(Array(4).fill('nginx:1.29'));
  expect(bed.kubectl('get', 'replicasets').trim().split('\n')).toHaveLength(3);
  expect(bed.kubectl('rollout', 'history', 'deployment/web')).toMatch(
    /^deployment.apps\/web *\nREVISION +CHANGE-CAUSE\n1 +<none>\n2 +<none>\n/,
  );

  expect(bed.kubectl('rollout', 'undo', 'deployment/web')).toBe('deployment.apps/web rolled back\n');
  bed.kubectl('rollout', 'status', 'deployment/web');
  expect(images()).toEqual(Array(4).fill('nginx:1.28'));
  expect(bed.kubectl('rollout', 'history', 'deployment/web')).toMatch(/\n2 +<none>\n3 +<none>\n/);
});

test('rollout status tells how far it is, then ends', () => {
  const bed = deployed(3);
  bed.kubectl('set', 'image', 'deployment/web', 'nginx=nginx:1.29');
  const said = bed.kubectl('rollout', 'status', 'deployment/web').trim().split('\n');
  expect(said.at(-1)).toBe('deployment "web" successfully rolled out');
  expect(said).toContain(
    'Waiting for deployment "web" rollout to finish: 1 out of 3 new replicas have been updated...',
  );
  expect(said).toContain('Waiting for deployment "web" rollout to finish: 1 old replicas are pending termination...');
});

test('scaling up and down, and a Pod that is deleted is replaced', () => {
  const bed = deployed(2);
  expect(bed.kubectl('scale', 'deployment', 'web', '--replicas=5')).toBe('deployment.apps/web scaled\n');
  bed.until('five are ready', () => readyPods(bed).length === 5);
  bed.pass(1);
  expect(bed.kubectl('get', 'deployment', 'web')).toMatch(/web +5\/5 +5 +5 /);
  bed.kubectl('scale', 'deployment', 'web', '--replicas=1');
  bed.until('one is left', () => bed.podViews().length === 1);
  const [only] = bed.podViews();
  bed.kubectl('delete', 'pod', only!.name);
  bed.until('another is ready', () => readyPods(bed).length === 1 && bed.podViews()[0]!.name !== only!.name);
  expect(bed.kubectl('scale', 'deployment', 'web', '--replicas=0')).toBe('deployment.apps/web scaled\n');
  bed.until('none is left', () => bed.podViews().length === 0);
  expect(bed.kubectl('get', 'pods')).toBe('');
});

test('deleting a Deployment takes its ReplicaSets and Pods with it; --cascade=orphan leaves them', () => {
  const bed = deployed(2);
  bed.kubectl('delete', 'deployment', 'web', '--cascade=orphan');
  bed.pass(10);
  expect(readyPods(bed)).toHaveLength(2);
  const [replicaSet] = bed.list<{ metadata: { name: string; ownerReferences?: unknown } }>('replicasets');
  expect(replicaSet?.metadata.ownerReferences).toBeUndefined();
  bed.kubectl('delete', 'replicaset', replicaSet!.metadata.name);
  bed.until('no Pods', () => bed.podViews().length === 0);
});

test('a typo in the image stops the roll-out with the registry’s words, while the old Pods serve', () => {
  const bed = deployed(2);
  bed.kubectl('set', 'image', 'deployment/web', 'nginx=ngnix:1.29');
  bed.pass(60);
  expect(readyPods(bed)).toHaveLength(2);
  const broken = bed.podViews().find(({ ready }) => !ready)!;
  expect(['ErrImagePull', 'ImagePullBackOff']).toContain(broken.status);
  const events = bed.rawEventsOf(broken.name);
  expect(events.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['Pulling', 'Failed', 'BackOff']));
  const said = events.map(({ message }) => message);
  expect(said).toContainEqual(expect.stringMatching(/^Failed to pull image "ngnix:1.29": .*docker.io\/library\/ngnix/));
  expect(said).toContain('Error: ErrImagePull');
  expect(said).toContain('Error: ImagePullBackOff');
  expect(said).toContain('Back-off pulling image "ngnix:1.29"');
  const status = bed.run('workstation', 'kubectl', 'rollout', 'status', 'deployment/web', '--timeout=5s');
  expect(status).toMatchObject({ exitCode: 1, stderr: 'error: timed out waiting for the condition\n' });
  bed.pass(560);
  expect(
    bed.kubectl('get', 'deployment', 'web', '-o', 'jsonpath={.status.conditions[?(@.type=="Progressing")].reason}'),
  ).toBe('ProgressDeadlineExceeded');
  expect(bed.kubectlAnyway('rollout', 'status', 'deployment/web')).toMatchObject({
    exitCode: 1,
    stderr: 'error: deployment "web" exceeded its progress deadline\n',
  });
  bed.kubectl('rollout', 'undo', 'deployment/web');
  bed.until('the broken one is gone', () => bed.podViews().every(({ ready }) => ready));
});

test('the registry is asked again after 10, 20, 40, 80, 160, 300 and 300 seconds', () => {
  const bed = new Testbed();
  bed.kubectl('run', 'typo', '--image=ngnix');
  const asked: number[] = [];
  let status = '';
  while (bed.sim.nowMs < 1_000_000) {
    const now = bed.podView('typo')!.status;
    // The first failure is soon followed by the back-off.
    if (now !== status && (now === 'ErrImagePull' || (asked.length === 0 && now === 'ImagePullBackOff')))
      asked.push(bed.sim.nowMs / 1000);
    status = now;
    bed.pass(0.25);
  }
  const gaps = asked.slice(1).map((time, index) => time - asked[index]!);
  const backOffs = [10, 20, 40, 80, 160, 300, 300];
  expect(gaps).toHaveLength(backOffs.length);
  // The kubelet looks every ten to fifteen seconds whether the time has come.
  backOffs.forEach((backOff, index) => {
    expect(gaps[index]! - backOff).toBeGreaterThanOrEqual(0);
    expect(gaps[index]! - backOff).toBeLessThanOrEqual(15);
  });
});

test('two hundred Pods at once all come up', () => {
  const bed = new Testbed();
  bed.kubectl('create', 'deployment', 'many', '--image=nginx:1.29', '--replicas=200');
  bed.until('two hundred are ready', () => readyPods(bed).length === 200, 300);
  bed.pass(1);
  expect(bed.kubectl('get', 'deployment', 'many')).toMatch(/many +200\/200 +200 +200 /);
});
