import { expect, test } from 'vitest';
import { Testbed } from '../../testing/scenarios/testbed.ts';

// Taints with the effect NoExecute, asked of a whole cluster through kubectl.

const TAINT = 'kubernetes.io/e2e-evict-taint-key=evictTaintVal:NoExecute';

function pod(name: string, tolerationSeconds: number): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10.1' }],
      terminationGracePeriodSeconds: 0,
      nodeName: 'node-1',
      tolerations: [
        {
          key: 'kubernetes.io/e2e-evict-taint-key',
          operator: 'Equal',
          value: 'evictTaintVal',
          effect: 'NoExecute',
          tolerationSeconds,
        },
      ],
    },
  });
}

function setUp(pods: Readonly<Record<string, number>>): Testbed {
  const bed = new Testbed();
  for (const [name, seconds] of Object.entries(pods)) bed.apply(pod(name, seconds));
  for (const name of Object.keys(pods)) bed.untilReady(name);
  bed.kubectl('taint', 'node', 'node-1', TAINT);
  return bed;
}

test('Pod Eviction, Toleration limits', () => {
  const bed = setUp({ first: 5, second: 25 });
  const names = () => bed.podViews().map(({ name }) => name);
  bed.pass(3);
  expect(names()).toEqual(['first', 'second']);
  bed.until('the first is evicted', () => !names().includes('first'), 6);
  expect(names()).toEqual(['second']);
  expect(bed.eventsOf('first')).toContain('TaintManagerEviction: Marking for deletion Pod default/first');
  bed.until('the second is evicted', () => names().length === 0, 30);
});

test('Taint, Pod Eviction on taint removal', () => {
  const bed = setUp({ pod: 20 });
  bed.pass(10);
  bed.kubectl('taint', 'node', 'node-1', `${TAINT}-`);
  bed.pass(30);
  expect(bed.podView('pod')?.ready).toBe(true);
  expect(bed.eventsOf('pod')).toContain('TaintManagerEviction: Cancelling deletion of Pod default/pod');
});
