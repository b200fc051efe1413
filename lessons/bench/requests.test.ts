import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import { requestsOf } from './requests.ts';

test('a request of the learner’s is listed with its Service; probes and questions to name servers are not', () => {
  const cluster = createCluster({ seed: 'requests' });
  const kubectl = (...args: string[]) => cluster.run('workstation', ['kubectl', ...args], 60_000);
  kubectl('create', 'deployment', 'web', '--image=nginx:1.29');
  kubectl('expose', 'deployment', 'web', '--port=80', '--type=NodePort');
  kubectl('run', 'asker', '--image=busybox:1.37', '--', 'sleep', '10000');
  cluster.sim.runFor(30_000);
  expect(requestsOf(cluster, 12)).toEqual([]);

  kubectl('exec', 'asker', '--', 'wget', '-qO-', 'http://web');
  kubectl('exec', 'asker', '--', 'wget', '-qO-', 'http://nowhere');
  const [unknown, answered, ...others] = requestsOf(cluster, 12);
  expect(others).toEqual([]);
  expect(answered).toMatchObject({
    from: { kind: 'pod', name: 'asker' },
    service: { kind: 'Service', namespace: 'default', name: 'web' },
    lookups: [{ name: 'web.default.svc.cluster.local', code: 'NOERROR' }],
    outcome: { kind: 'connected' },
  });
  // All that came of it is a question.
  expect(unknown).toMatchObject({ from: { name: 'asker' }, destination: { port: 53 } });

  const [{ nodePort }] = JSON.parse(kubectl('get', 'service', 'web', '-o', 'jsonpath={.spec.ports}')?.stdout ?? '');
  cluster.run('workstation', ['curl', '-s', `http://node-1:${nodePort}/`], 10_000);
  expect(requestsOf(cluster, 1, 'work')).toMatchObject([{ service: { name: 'web' }, destination: { port: nodePort } }]);
  expect(requestsOf(cluster, 12, 'nobody')).toEqual([]);
});
