import { expect, test } from 'vitest';
import { type Body, MERGE, startTestServer } from '../../kube-apiserver/testing/test-server.ts';

const GROUP = '/apis/flowcontrol.apiserver.k8s.io/v1';

/** Creates, reads, changes (the status, too), watches and deletes. */
function exerciseApi(plural: string, make: (name: string) => Body): void {
  const { request, watch, sim } = startTestServer();
  expect(request('GET', GROUP).body.resources.map(({ name }: Body) => name)).toContain(`${plural}/status`);
  const path = `${GROUP}/${plural}`;
  const selected = `${path}?labelSelector=e2e%3Dflow`;
  const { lines } = watch(`${selected}&watch=1`);
  for (const name of ['a', 'b']) expect(request('POST', path, make(name))).toMatchObject({ status: 201 });
  expect(request('GET', selected).body.items).toHaveLength(2);
  const patched = request('PATCH', `${path}/a`, { metadata: { annotations: { patched: 'true' } } }, MERGE);
  expect(patched.body.metadata.annotations).toEqual({ patched: 'true' });
  const condition = { type: 'Checked', status: 'True', reason: 'E2E', message: 'Set by a test' };
  const status = request('PATCH', `${path}/a/status`, { status: { conditions: [condition] } }, MERGE);
  expect(status.body.status.conditions).toContainEqual(expect.objectContaining({ type: 'Checked' }));
  request('DELETE', `${path}/a`);
  expect(request('GET', `${path}/a`).status).toBe(404);
  request('DELETE', selected);
  expect(request('GET', selected).body.items).toEqual([]);
  sim.runFor(1_000);
  expect(lines.filter((line) => line.startsWith('DELETED'))).toHaveLength(2);
}

function object(kind: string, name: string, spec: object): Body {
  const metadata = { name, labels: { e2e: 'flow' } };
  return { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind, metadata, spec };
}

test('Priority and Fairness FlowSchema API', () => {
  exerciseApi('flowschemas', (name) =>
    object('FlowSchema', name, {
      matchingPrecedence: 10_000,
      priorityLevelConfiguration: { name: 'global-default' },
      distinguisherMethod: { type: 'ByUser' },
    }),
  );
});

test('Priority and Fairness PriorityLevelConfiguration API', () => {
  exerciseApi('prioritylevelconfigurations', (name) =>
    object('PriorityLevelConfiguration', name, {
      type: 'Limited',
      limited: { nominalConcurrencyShares: 2, limitResponse: { type: 'Reject' } },
    }),
  );
});

test('Namespace, apply finalizer to a namespace', () => {
  const { request } = startTestServer();
  const path = '/api/v1/namespaces/n';
  const { body } = request('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: 'n' },
  });
  const finalizers = [...body.spec.finalizers, 'e2e.example.com/fakeFinalizer'];
  const finalize = (object: Body) => request('PUT', `${path}/finalize`, object).body.spec.finalizers;
  expect(finalize({ ...body, spec: { finalizers } })).toEqual(finalizers);
  expect(finalize({ ...request('GET', path).body, spec: { finalizers: ['kubernetes'] } })).toEqual(['kubernetes']);
});
