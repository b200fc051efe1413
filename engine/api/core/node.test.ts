import { expect, test } from 'vitest';
import type { Node } from '../kinds.ts';
import { node } from './node.ts';

const CONTEXT = { timestamp: '', status: false };

function stored(more: object = {}): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'node-1', uid: 'u', resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' },
    spec: {},
    ...more,
  };
}

function cells(object: Node): Record<string, unknown> {
  return Object.fromEntries(
    node.columns.map(({ name, cell }) => [name, cell(object, Date.parse('2026-01-01T00:00:03Z'))]),
  );
}

test('a node nobody has heard of', () => {
  expect(cells(stored())).toEqual({
    Name: 'node-1',
    Status: 'Unknown',
    Roles: '<none>',
    Age: '3s',
    Version: '',
    'Internal-IP': '<none>',
    'External-IP': '<none>',
    'OS-Image': '<unknown>',
    'Kernel-Version': '<unknown>',
    'Container-Runtime': '<unknown>',
  });
});

test('a node in service, cordoned', () => {
  const labels = { 'node-role.kubernetes.io/worker': '', 'node-role.kubernetes.io/control-plane': '' };
  const object = stored({
    metadata: { ...stored().metadata, labels },
    spec: { unschedulable: true },
    status: {
      conditions: [{ type: 'Ready', status: 'True' }],
      addresses: [{ type: 'InternalIP', address: '192.168.0.2' }],
      nodeInfo: { kubeletVersion: 'v1.36.0', osImage: 'Debian GNU/Linux 13 (trixie)' },
    },
  });
  expect(cells(object)).toMatchObject({
    Status: 'Ready,SchedulingDisabled',
    Roles: 'control-plane,worker',
    Version: 'v1.36.0',
    'Internal-IP': '192.168.0.2',
    'OS-Image': 'Debian GNU/Linux 13 (trixie)',
  });
  expect(node.selectableFields!(object)).toEqual({ 'spec.unschedulable': 'true' });
});

test('a kubelet registers its node with the status, in canonical amounts', () => {
  const status = { capacity: { cpu: '4000m', memory: '2097152Ki' }, allocatable: { cpu: 4 } };
  expect(node.applyDefaults!(stored({ status })).status).toEqual({
    capacity: { cpu: '4', memory: '2Gi' },
    allocatable: { cpu: '4' },
  });
});

test('status and the rest have an endpoint each', () => {
  const before = stored({ status: { phase: 'Running' } });
  const next = stored({ spec: { unschedulable: true }, status: { phase: 'Pending' } });
  expect(node.prepareForUpdate!(next, before, CONTEXT)).toEqual({ ...next, status: before.status });
  expect(node.prepareForUpdate!(next, before, { ...CONTEXT, status: true })).toEqual({ ...next, spec: before.spec });
});

test('taints and cordons come and go, an identity stays', () => {
  const errors = (spec: object, before: object) =>
    node
      .validateUpdate(stored({ spec }), stored({ spec: before }), CONTEXT)
      .map(({ field, message }) => `${field}: ${message}`);
  expect(errors({ unschedulable: true, taints: [{ key: 'a', effect: 'NoSchedule' }] }, {})).toEqual([]);
  expect(errors({ podCIDR: '10.244.0.0/24', podCIDRs: ['10.244.0.0/24'], providerID: 'a' }, {})).toEqual([]);
  expect(errors({ providerID: 'b' }, { providerID: 'a' })).toEqual([
    'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
    'spec: Forbidden: node updates may only change labels, taints, or capacity',
  ]);
});
