import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import { HistoryMarks } from './history-marks.ts';

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: one}\nspec: {containers: [{name: a, image: nginx:1.29}]}\n';

test('a refused request is told with the step of the API server that refused it; components’ conflicts are not', () => {
  const files = { 'pod.yaml': POD, 'bad.yaml': POD.replace('name: a,', 'name: A_b,') };
  const cluster = createCluster({ seed: 'refusals', files });
  const marks = new HistoryMarks(cluster);
  const sh = (command: string) => cluster.run('workstation', ['bash', '-c', command], 60_000);
  sh('kubectl create serviceaccount clerk; kubectl create namespace strict');
  sh('kubectl label namespace strict pod-security.kubernetes.io/enforce=restricted');
  const before = marks.since(0).length;
  expect(marks.since(0).filter(({ kind }) => kind === 'refused')).toEqual([]);

  sh('kubectl get secrets --as system:serviceaccount:default:clerk');
  sh('kubectl apply -f bad.yaml');
  sh('kubectl apply -n strict -f pod.yaml');
  sh('kubectl create -f pod.yaml; kubectl create -f pod.yaml');
  const refused = marks.since(before).filter(({ kind }) => kind === 'refused');
  expect(refused.map(({ refusal }) => refusal)).toEqual([
    { by: 'authorization', user: 'system:serviceaccount:default:clerk' },
    { by: 'validation', user: 'kubernetes-admin' },
    { by: 'admission', user: 'kubernetes-admin' },
    { by: 'storage', user: 'kubernetes-admin' },
  ]);
  expect(refused[0]).toMatchObject({
    text: 'GET /api/v1/namespaces/default/secrets',
    message: expect.stringContaining('cannot list resource "secrets"'),
  });
});
