import { expect, test } from 'vitest';
import { Workstation } from './testing/workstation.ts';

const TEMPLATE = { metadata: { labels: { app: 'x' } }, spec: { containers: [{ name: 'c', image: 'nginx:2' }] } };
const SELECTOR = { matchLabels: { app: 'x' } };
const APPS = '/apis/apps/v1/namespaces/default';

/** A workload of which the status says what it is told. */
function withWorkload(kind: string, plural: string, spec: object, status: object): Workstation {
  const workstation = new Workstation();
  const created = workstation.api('POST', `${APPS}/${plural}`, {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'w' },
    spec: { selector: SELECTOR, template: TEMPLATE, ...spec },
  });
  workstation.api('PUT', `${APPS}/${plural}/w/status`, { ...(created as object), status });
  return workstation;
}

test('the status of a DaemonSet', () => {
  const status = (updated: number, available: number) =>
    withWorkload(
      'DaemonSet',
      'daemonsets',
      {},
      {
        observedGeneration: 1,
        currentNumberScheduled: 3,
        desiredNumberScheduled: 3,
        numberMisscheduled: 0,
        numberReady: 3,
        updatedNumberScheduled: updated,
        numberAvailable: available,
      },
    ).run('rollout status ds/w --watch=false').stdout;
  expect(status(1, 3)).toBe('Waiting for daemon set "w" rollout to finish: 1 out of 3 new pods have been updated...\n');
  expect(status(3, 2)).toBe('Waiting for daemon set "w" rollout to finish: 2 of 3 updated pods are available...\n');
  expect(status(3, 3)).toBe('daemon set "w" successfully rolled out\n');
});

test('the status of a StatefulSet', () => {
  const status = (spec: object, more: object) =>
    withWorkload(
      'StatefulSet',
      'statefulsets',
      { replicas: 3, ...spec },
      {
        observedGeneration: 1,
        replicas: 3,
        readyReplicas: 3,
        currentReplicas: 3,
        currentRevision: 'w-1',
        updateRevision: 'w-1',
        ...more,
      },
    ).run('rollout status sts/w --watch=false').stdout;
  expect(status({}, { updatedReplicas: 3 })).toBe('partitioned roll out complete: 3 new pods have been updated...\n');
  expect(status({}, { readyReplicas: 1 })).toBe('Waiting for 2 pods to be ready...\n');
  expect(status({}, { updateRevision: 'w-2', updatedReplicas: 1 })).toBe(
    'Waiting for partitioned roll out to finish: 1 out of 3 new pods have been updated...\n',
  );
  const partition = { updateStrategy: { rollingUpdate: { partition: 2 } } };
  expect(status(partition, { updatedReplicas: 1, updateRevision: 'w-2' })).toBe(
    'partitioned roll out complete: 1 new pods have been updated...\n',
  );
});

test('OnDelete has no rollout', () => {
  const workstation = withWorkload('DaemonSet', 'daemonsets', { updateStrategy: { type: 'OnDelete' } }, {});
  expect(workstation.run('rollout status ds/w')).toMatchObject({
    exitCode: 1,
    stderr: 'error: rollout status is only available for RollingUpdate strategy type\n',
  });
});

test('history and undo go by ControllerRevisions', () => {
  const workstation = withWorkload('DaemonSet', 'daemonsets', {}, {});
  const { metadata } = workstation.api('GET', `${APPS}/daemonsets/w`) as { metadata: { uid: string } };
  const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'w', uid: metadata.uid, controller: true };
  for (const [index, image] of ['nginx:1', 'nginx:2'].entries()) {
    workstation.api('POST', `${APPS}/controllerrevisions`, {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: `w-${index + 1}`, labels: { app: 'x' }, ownerReferences: [owner] },
      revision: index + 1,
      data: { spec: { template: { ...TEMPLATE, spec: { containers: [{ name: 'c', image }] }, $patch: 'replace' } } },
    });
  }
  expect(workstation.run('rollout history ds/w').stdout).toBe(
    'daemonset.apps/w \nREVISION  CHANGE-CAUSE\n1         <none>\n2         <none>\n\n',
  );
  expect(workstation.run('rollout history ds/w --revision=1').stdout).toContain('nginx:1');
  expect(workstation.run('rollout undo ds/w --dry-run=client').stdout).toMatch(
    /^daemonset.apps\/w will roll back to Pod Template:\n.*nginx:1\n.*\n \(dry run\)\n$/s,
  );
  expect(workstation.run('rollout undo ds/w').stdout).toBe('daemonset.apps/w rolled back\n');
  const { spec } = workstation.api('GET', `${APPS}/daemonsets/w`) as { spec: { template: typeof TEMPLATE } };
  expect(spec.template.spec.containers[0]?.image).toBe('nginx:1');
  expect(workstation.run('rollout undo ds/w --to-revision=7').stderr).toBe(
    'error: unable to find specified revision 7 in history\n',
  );
});
