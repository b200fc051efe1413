import { expect, test } from 'vitest';
import { nodes } from '../../api/resources.ts';
import { createCluster } from '../../index.ts';

test('Conformance tests minimum number of nodes.', () => {
  const { items } = createCluster().client.resource(nodes).list();
  const usable = items.filter(
    ({ spec, status }) =>
      spec.unschedulable !== true &&
      (spec.taints ?? []).every(({ effect }) => effect === 'PreferNoSchedule') &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
  );
  expect(usable.length).toBeGreaterThanOrEqual(1);
});
