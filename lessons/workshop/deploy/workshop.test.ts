import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster } from '@drydock/engine';
import { expect, test } from 'vitest';
import { defineImage } from '../../../engine/cluster/images/definition.ts';
import { serveHttp } from '../../../engine/linux/http.ts';
import type { Program } from '../../../engine/linux/syscalls.ts';

// The manifests on a cluster of our own. In the place of the server stands a program that starts and answers as it does.

const MANIFEST = readFileSync(join(import.meta.dirname, 'workshop.yaml'), 'utf8');

const server: Program = function* (process) {
  const database = process.argv[process.argv.indexOf('--database') + 1] ?? '';
  if (!database.startsWith('postgres://') || !process.access('/data/instructor-key', 'exists')) return 1;
  const page = { status: 200, body: 'Join the workshop\n' };
  yield* serveHttp(process, [process.listen(8080, '0.0.0.0')], ({ path }) =>
    path === '/workshop/' ? page : { status: 404, body: '' },
  );
  return 0;
};

const standIn = defineImage({
  reference: 'registry.example/drydock-workshop:1',
  sizeBytes: 300_000_000,
  trees: () => [{ '/workshop': { program: server, size: 100_000_000 }, '/data': { directory: true } }],
  entrypoint: ['/workshop'],
});

test('two instances come up, answer behind the Service, and one may go', () => {
  const cluster = createCluster({ images: [standIn], files: { 'workshop.yaml': MANIFEST } });
  const sh = (script: string) => {
    const outcome = cluster.run('workstation', ['bash', '-c', script], 120_000);
    if (outcome?.exitCode !== 0) throw new Error(`${script}: ${outcome?.stderr}`);
    return outcome.stdout;
  };
  sh('kubectl apply -f workshop.yaml && kubectl -n workshop rollout status deployment/workshop --timeout=100s');
  const address = sh("kubectl -n workshop get service workshop -o jsonpath='{.spec.clusterIP}'");
  const get = () => cluster.http('node-1', { address, port: 80, path: '/workshop/' });
  expect(get()).toMatchObject({ status: 200, body: 'Join the workshop\n' });
  sh('kubectl -n workshop delete pod --wait=false "$(kubectl -n workshop get pods -o name | head -1 | cut -d/ -f2)"');
  cluster.sim.runFor(3000);
  expect(get()).toMatchObject({ status: 200 });
});
