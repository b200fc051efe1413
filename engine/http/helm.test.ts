import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test as plainTest } from 'vitest';
import { writeKubeconfig } from './kubeconfig.ts';
import { findBinary } from './testing/kubectl-binary.ts';
import { run } from './testing/run-program.ts';
import { serveCluster, until } from './testing/serve.ts';

const binary = findBinary('helm');
if ('missing' in binary) console.warn(`SKIPPED: no test with the real helm: ${binary.missing}`);
const path = 'path' in binary ? binary.path : '';
const test = plainTest.skipIf(path === '');

const home = mkdtempSync(join(tmpdir(), 'drydock-helm-'));
const served = path === '' ? undefined : await serveCluster({ nodes: 2 });
const kubeconfig = join(home, 'config');
if (served !== undefined) writeKubeconfig(served.url, served.port, kubeconfig);
afterAll(async () => {
  await served?.close();
  rmSync(home, { recursive: true });
});

const chart = join(home, 'shop');

async function helm(...argv: string[]): Promise<string> {
  return (await run(path, argv, { HOME: home, KUBECONFIG: kubeconfig })).stdout;
}

test('the life of a release', async () => {
  await helm('create', chart);
  const values = join(chart, 'values.yaml');
  writeFileSync(values, readFileSync(values, 'utf8').replace('tag: ""', 'tag: "1.29"'));
  expect(await helm('lint', chart)).toContain('0 chart(s) failed');
  expect(await helm('install', 'shop', chart, '--wait', '--timeout', '10m')).toContain('STATUS: deployed');
  expect(await helm('list')).toMatch(/shop\s+default\s+1\s/);
  await helm('upgrade', 'shop', chart, '--set', 'replicaCount=2', '--wait', '--timeout', '10m');
  const replicas = async () => {
    const { body } = await served!.request('GET', '/apis/apps/v1/namespaces/default/deployments/shop');
    return body.status.readyReplicas;
  };
  await until(replicas, (ready) => ready === 2);
  expect(await helm('rollback', 'shop', '1', '--wait', '--timeout', '10m')).toContain('Rollback was a success');
  expect(await helm('history', 'shop')).toMatch(/Rollback to 1/);
  expect(await helm('get', 'manifest', 'shop')).toContain('kind: Deployment');
  expect(await helm('status', 'shop')).toMatch(/STATUS: deployed/);
  expect(await helm('get', 'values', 'shop')).toContain('USER-SUPPLIED VALUES');
  expect(await helm('test', 'shop', '--timeout', '10m')).toMatch(/Phase: +Succeeded/);
  expect(await helm('uninstall', 'shop', '--wait', '--timeout', '10m')).toContain('uninstalled');
  const left = await served!.request('GET', '/apis/apps/v1/namespaces/default/deployments');
  expect(left.body.items).toEqual([]);
});
