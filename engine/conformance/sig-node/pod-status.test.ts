import { expect, test } from 'vitest';
import type { Pod } from '../../api/kinds.ts';
import { pods } from '../../api/resources.ts';
import { podOf, sh, startNode } from '../testing/pod-runner.ts';

const PODS = '/api/v1/namespaces/default/pods';
const MERGE = { 'content-type': 'application/merge-patch+json' };

const READY_TO_GO = { type: 'StatusUpdate', status: 'True', reason: 'E2E', message: 'Patched by an e2e test' };

test('Pods, patching status', () => {
  const node = startNode();
  node.run('pod', podOf(sh('sleep 600')));
  node.untilPhase('pod', 'Running');
  const body = { status: { message: 'Patched by e2e test', reason: 'E2E' } };
  const path = `${PODS}/pod/status`;
  expect(node.client.request({ method: 'PATCH', path, headers: MERGE, body }).body).toMatchObject(body);
  expect(node.pod('pod').status?.phase).toBe('Running');
});

test('Pods, completes the lifecycle of a Pod and the PodStatus', () => {
  const node = startNode();
  const client = node.client.resource<Pod>(pods);
  node.run('pod', podOf(sh('sleep 600')), { labels: { 'test-pod-static': 'true' } });
  node.untilPhase('pod', 'Running');

  client.patch('pod', 'default', 'merge', { metadata: { labels: { 'test-pod': 'patched' } } });
  const listed = client.list({ labelSelector: 'test-pod-static=true' }).items;
  expect(listed.map(({ metadata }) => metadata.labels?.['test-pod'])).toEqual(['patched']);

  const running = client.get('pod', 'default');
  const conditions = [...(running.status?.conditions ?? []), READY_TO_GO];
  client.updateStatus({ ...running, status: { ...running.status, conditions } } as Pod);
  // The kubelet reports again, and keeps what is not its own.
  node.sim.runFor(20_000);
  const { status } = client.get('pod', 'default');
  expect(status?.conditions).toEqual(expect.arrayContaining([expect.objectContaining(READY_TO_GO)]));
  expect(status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');

  node.client.request({ method: 'DELETE', path: PODS, query: { labelSelector: 'test-pod-static=true' } });
  node.until(() => node.findPod('pod') === undefined, 60_000);
});
