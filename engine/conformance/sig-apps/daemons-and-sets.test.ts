import { expect, test } from 'vitest';
import { pods } from '../../api/resources.ts';
import { AppsCluster, image, workload } from './apps-cluster.ts';

// DaemonSets and StatefulSets.

function daemons(extra: object = {}, podSpec: object = {}): AppsCluster {
  const cluster = new AppsCluster('daemons');
  cluster.apply('DaemonSet', 'agent', workload(extra, podSpec), { labels: { app: 'conformance' } });
  return cluster;
}

function untilDaemons(cluster: AppsCluster, count: number): void {
  cluster.until(`${count} daemons`, () => {
    const { metadata, status } = cluster.get('DaemonSet', 'agent');
    return (
      status.observedGeneration === metadata.generation &&
      status.desiredNumberScheduled === count &&
      status.numberReady === count &&
      (status.updatedNumberScheduled ?? 0) === count
    );
  });
}

test('DaemonSet-Creation', () => {
  const cluster = daemons();
  untilDaemons(cluster, 2);
  cluster.delete('Pod', cluster.pods()[0]!.metadata.name);
  cluster.sim.runFor(200);
  untilDaemons(cluster, 2);
  expect(new Set(cluster.pods().map(({ spec }) => spec.nodeName)).size).toBe(2);
});

test('DaemonSet-NodeSelection', () => {
  const cluster = daemons({}, { nodeSelector: { colour: 'blue' } });
  cluster.sim.runFor(2_000);
  expect(cluster.pods()).toEqual([]);
  const label = (colour: string | null) =>
    cluster.client.request({
      method: 'PATCH',
      path: '/api/v1/nodes/node-1',
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: { labels: { colour } } },
    });
  label('blue');
  untilDaemons(cluster, 1);
  label('green');
  cluster.until('the daemon is gone', () => cluster.pods().length === 0);
});

test('DaemonSet-FailedPodCreation', () => {
  const cluster = daemons();
  untilDaemons(cluster, 2);
  const { metadata } = cluster.pods()[0]!;
  cluster.patch('Pod', metadata.name, { status: { phase: 'Failed' } }, 'status');
  cluster.until('the failed Pod is replaced', () => cluster.pods().every((pod) => pod.metadata.uid !== metadata.uid));
  untilDaemons(cluster, 2);
});

test('DaemonSet-RollingUpdate', () => {
  const cluster = daemons({ updateStrategy: { type: 'RollingUpdate' } });
  untilDaemons(cluster, 2);
  cluster.patch('DaemonSet', 'agent', image('agnhost:2'));
  untilDaemons(cluster, 2);
  expect(cluster.pods().map(({ spec }) => spec.containers[0]?.image)).toEqual(['agnhost:2', 'agnhost:2']);
  expect(cluster.list('ControllerRevision')).toHaveLength(2);
});

test('DaemonSet-Rollback', () => {
  const cluster = daemons();
  untilDaemons(cluster, 2);
  const before = new Set(cluster.pods().map(({ metadata }) => metadata.uid));
  cluster.patch('DaemonSet', 'agent', {
    spec: { template: { spec: { nodeSelector: null } } },
    ...image('foo:non-existent'),
  });
  cluster.sim.runFor(300);
  const untouched = cluster.pods().filter(({ spec }) => spec.containers[0]?.image !== 'foo:non-existent');
  cluster.patch('DaemonSet', 'agent', image('httpd:2.4.38-4'));
  untilDaemons(cluster, 2);
  // What the rollout had not reached was not restarted.
  const after = new Set(cluster.pods().map(({ metadata }) => metadata.uid));
  for (const { metadata } of untouched)
    if (before.has(metadata.uid) && !metadata.deletionTimestamp) expect(after).toContain(metadata.uid);
});

test('DaemonSet, list and delete a collection of DaemonSets', () => {
  const cluster = daemons();
  untilDaemons(cluster, 2);
  expect(cluster.list('DaemonSet', 'app=conformance')).toHaveLength(1);
  cluster.deleteCollection('DaemonSet', 'app=conformance');
  cluster.until('all is gone', () => cluster.list('DaemonSet').length + cluster.pods().length === 0);
});

test('DaemonSet, status sub-resource', () => {
  const cluster = daemons();
  untilDaemons(cluster, 2);
  cluster.expectStatusSubresource('DaemonSet', 'agent');
});

test('ControllerRevision, resource lifecycle', () => {
  const cluster = daemons();
  untilDaemons(cluster, 2);
  const [first] = cluster.list('ControllerRevision', 'app=conformance');
  cluster.patch('ControllerRevision', first.metadata.name, { metadata: { labels: { step: 'patched' } } });
  expect(cluster.get('ControllerRevision', first.metadata.name).metadata.labels.step).toBe('patched');
  const own = { ...first, revision: 3, metadata: { name: 'own', namespace: 'default', labels: first.metadata.labels } };
  cluster.client.request({ method: 'POST', path: '/apis/apps/v1/namespaces/default/controllerrevisions', body: own });
  expect(cluster.list('ControllerRevision')).toHaveLength(2);
  cluster.delete('ControllerRevision', 'own');
  cluster.patch('DaemonSet', 'agent', image('agnhost:2'));
  untilDaemons(cluster, 2);
  expect(cluster.list('ControllerRevision')).toHaveLength(2);
  cluster.deleteCollection('ControllerRevision', 'step=patched');
  expect(cluster.list('ControllerRevision')).toHaveLength(1);
});

function set(replicas: number, extra: object = {}): AppsCluster {
  const cluster = new AppsCluster('set');
  cluster.apply('StatefulSet', 'db', workload({ replicas, serviceName: 'db', ...extra }), {
    labels: { app: 'conformance' },
  });
  return cluster;
}

const names = (cluster: AppsCluster) => cluster.pods().map(({ metadata }) => metadata.name);

test('StatefulSet, Rolling Update', () => {
  const cluster = set(3);
  cluster.untilReady('StatefulSet', 'db', 3);
  const settled = () => {
    const { status } = cluster.get('StatefulSet', 'db');
    return status.currentRevision === status.updateRevision && status.readyReplicas === 3;
  };
  const { currentRevision } = cluster.get('StatefulSet', 'db').status;
  cluster.patch('StatefulSet', 'db', image('agnhost:2'));
  cluster.sim.runFor(300);
  cluster.until('the update is through', settled);
  expect(cluster.pods().every(({ spec }) => spec.containers[0]?.image === 'agnhost:2')).toBe(true);
  cluster.patch('StatefulSet', 'db', image('httpd:2.4.38-4'));
  cluster.sim.runFor(300);
  cluster.until('the rollback is through', settled);
  expect(cluster.get('StatefulSet', 'db').status.currentRevision).toBe(currentRevision);
});

test('StatefulSet, Rolling Update with Partition', () => {
  const cluster = set(3, { updateStrategy: { rollingUpdate: { partition: 2 } } });
  cluster.untilReady('StatefulSet', 'db', 3);
  cluster.patch('StatefulSet', 'db', image('agnhost:2'));
  const images = () => cluster.pods().map(({ spec }) => spec.containers[0]?.image);
  cluster.until('the canary is there', () => images()[2] === 'agnhost:2');
  cluster.delete('Pod', 'db-0');
  cluster.sim.runFor(10_000);
  expect(images()).toEqual(['httpd:2.4.38-4', 'httpd:2.4.38-4', 'agnhost:2']);
  cluster.patch('StatefulSet', 'db', { spec: { updateStrategy: { rollingUpdate: { partition: 0 } } } });
  cluster.until('all are updated', () => images().every((each) => each === 'agnhost:2'));
});

test('StatefulSet, Scaling', () => {
  const cluster = set(1);
  cluster.untilReady('StatefulSet', 'db', 1);
  cluster.nodes[0]!.lose();
  cluster.nodes[0]!.start();
  cluster.patch('StatefulSet', 'db', { spec: { replicas: 3 } });
  const seen: string[] = [];
  for (let i = 0; i < 100; i++) {
    cluster.sim.runFor(100);
    for (const name of names(cluster)) if (!seen.includes(name)) seen.push(name);
  }
  expect(seen).toEqual(['db-0', 'db-1', 'db-2']);
  const gone: string[] = [];
  const note = ({
    type,
    object,
  }: {
    readonly type: string;
    readonly object: { readonly metadata: { name: string } };
  }) => {
    if (type === 'DELETED') gone.push(object.metadata.name);
  };
  cluster.client.resource(pods).watch({ namespace: 'default' }, { outside: true, event: note, end: () => {} });
  cluster.patch('StatefulSet', 'db', { spec: { replicas: 0 } });
  cluster.until('all are gone', () => names(cluster).length === 0);
  expect(gone).toEqual(['db-2', 'db-1', 'db-0']);
});

test('StatefulSet, Burst Scaling', () => {
  const cluster = set(3, { podManagementPolicy: 'Parallel' });
  cluster.sim.runFor(100);
  expect(names(cluster)).toEqual(['db-0', 'db-1', 'db-2']);
  cluster.untilReady('StatefulSet', 'db', 3);
  cluster.patch('StatefulSet', 'db', { spec: { replicas: 0 } });
  cluster.sim.runFor(100);
  expect(cluster.pods().every(({ metadata }) => metadata.deletionTimestamp !== undefined)).toBe(true);
  cluster.until('all are gone', () => names(cluster).length === 0);
});

test('StatefulSet, Recreate Failed Pod', () => {
  const cluster = set(1);
  cluster.untilReady('StatefulSet', 'db', 1);
  const { uid } = cluster.get('Pod', 'db-0').metadata;
  cluster.patch('Pod', 'db-0', { status: { phase: 'Failed' } }, 'status');
  cluster.until(
    'it is made anew',
    () => names(cluster).length === 1 && cluster.get('Pod', 'db-0').metadata.uid !== uid,
  );
  cluster.untilReady('StatefulSet', 'db', 1);
});

test('StatefulSet resource Replica scaling', () => {
  const cluster = set(1);
  cluster.untilReady('StatefulSet', 'db', 1);
  const scale = cluster.subresource('GET', 'StatefulSet', 'db', 'scale');
  cluster.subresource('PUT', 'StatefulSet', 'db', 'scale', { ...scale, spec: { replicas: 2 } });
  cluster.untilReady('StatefulSet', 'db', 2);
  cluster.patch('StatefulSet', 'db', { spec: { replicas: 4 } }, 'scale');
  expect(cluster.get('StatefulSet', 'db').spec.replicas).toBe(4);
});

test('StatefulSet, list, patch and delete a collection of StatefulSets', () => {
  const cluster = set(1);
  cluster.untilReady('StatefulSet', 'db', 1);
  cluster.patch('StatefulSet', 'db', { metadata: { labels: { step: 'patched' } }, spec: { replicas: 2 } });
  cluster.untilReady('StatefulSet', 'db', 2);
  expect(cluster.list('StatefulSet', 'step=patched')).toHaveLength(1);
  cluster.deleteCollection('StatefulSet', 'step=patched');
  cluster.until('all is gone', () => cluster.list('StatefulSet').length + names(cluster).length === 0);
});

test('StatefulSet, status sub-resource', () => {
  const cluster = set(1);
  cluster.untilReady('StatefulSet', 'db', 1);
  cluster.expectStatusSubresource('StatefulSet', 'db');
});
