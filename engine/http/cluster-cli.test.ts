import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readOptions } from './options.ts';
import { until } from './testing/serve.ts';

const directory = mkdtempSync(join(tmpdir(), 'drydock-cli-'));
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Starts the command and waits until it says that it serves. */
async function start(...argv: string[]) {
  const kubeconfig = join(directory, 'config');
  const program = join(import.meta.dirname, 'cluster-cli.ts');
  const child = spawn(process.execPath, [program, '--port', '0', '--kubeconfig', kubeconfig, ...argv]);
  children.push(child);
  let output = '';
  let closed = false;
  child.stdout.on('data', (data) => {
    output += data;
  });
  child.stderr.on('data', (data) => {
    output += data;
  });
  const exited = new Promise<string>((resolve) => {
    child.on('close', (code, signal) => {
      closed = true;
      resolve(`${code ?? signal}`);
    });
  });
  await until(
    () => output,
    (text) => text.split('\n').length > 2 || closed,
  );
  return { child, exited, kubeconfig, output: () => output, url: /https?:\/\/[\d.]+:\d+/.exec(output)?.[0] ?? '' };
}

test('it serves, says how to use it, and stops cleanly', async () => {
  const server = await start('--nodes', '1');
  expect(server.output()).toMatch(
    /^The cluster serves on http:\/\/127\.0\.0\.1:\d+\. In another terminal:\nexport KUBECONFIG=\S+; kubectl get nodes\n$/,
  );
  expect(readFileSync(server.kubeconfig, 'utf8')).toContain(`server: ${server.url}\n`);
  expect(await (await fetch(`${server.url}/readyz`)).text()).toBe('ok');
  // An open watch does not hold it up.
  await fetch(`${server.url}/api/v1/pods?watch=true`);
  server.child.kill('SIGTERM');
  expect(await server.exited).toBe('0');
});

test('killed without warning it comes back with what it had acknowledged', async () => {
  const state = join(directory, 'state');
  const first = await start('--nodes', '1', '--state', state);
  const body = JSON.stringify({ metadata: { name: 'kept' } });
  const headers = { 'content-type': 'application/json' };
  const configMaps = '/api/v1/namespaces/default/configmaps';
  const created = await fetch(`${first.url}${configMaps}`, { method: 'POST', body, headers });
  const object = await created.json();
  first.child.kill('SIGKILL');
  expect(await first.exited).toBe('SIGKILL');
  const second = await start('--state', state);
  expect(second.output()).toContain('brought back with 1 changes');
  expect(await (await fetch(`${second.url}${configMaps}/kept`)).json()).toEqual(object);
  const wrong = await start('--state', state, '--nodes', '5');
  expect(wrong.output()).toContain('holds a cluster of 1 nodes, not 5');
  expect(await wrong.exited).toBe('2');
});

test('over HTTPS the kubeconfig brings all that a client needs', async () => {
  const server = await start('--nodes', '1', '--https');
  expect(server.url).toMatch(/^https:/);
  const config = parse(readFileSync(server.kubeconfig, 'utf8'));
  const decoded = (text: string) => Buffer.from(text, 'base64').toString();
  expect(config.clusters[0].cluster.server).toBe(server.url);
  expect(decoded(config.clusters[0].cluster['certificate-authority-data'])).toContain('BEGIN CERTIFICATE');
  const [admin, account] = config.users;
  expect(decoded(admin.user['client-key-data'])).toContain('BEGIN PRIVATE KEY');
  expect(account.user.token).toMatch(/^ey/);
  server.child.kill('SIGINT');
  expect(await server.exited).toBe('0');
});

test('options are checked', () => {
  expect(readOptions([])).toMatchObject({ speed: 1, port: 6443, address: '127.0.0.1', nodes: undefined });
  expect(readOptions(['--speed', '0.5', '--nodes', '7', '--seed', 'x'])).toMatchObject({
    speed: 0.5,
    nodes: 7,
    seed: 'x',
  });
  expect(readOptions(['--gpus', '4,2']).gpus).toEqual([4, 2]);
  expect(readOptions(['--control-planes', '3']).controlPlanes).toBe(3);
  expect(() => readOptions(['--control-planes', '8'])).toThrow(
    '--control-planes must be a whole number from 1 to 7, not "8"',
  );
  expect([readOptions(['--storage']).storage, readOptions([]).storage]).toEqual([true, false]);
  expect(() => readOptions(['--gpus', '4,x'])).toThrow('--gpus must be a whole number from 0 to 16, not "x"');
  expect(() => readOptions(['--nodes', '0'])).toThrow('--nodes must be a whole number from 1 to 500, not "0"');
  expect(() => readOptions(['--speed', 'fast'])).toThrow('--speed must be a number');
  expect(() => readOptions(['--port', '70000'])).toThrow('--port must be');
  expect(() => readOptions(['--sped', '1'])).toThrow('--sped');
});
