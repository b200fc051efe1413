import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { makeCertificates } from './certificates.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { LiveCluster } from './live-cluster.ts';
import { createHttpServer } from './server.ts';
import { findBinary } from './testing/kubectl-binary.ts';
import { run } from './testing/run-program.ts';
import type { Body } from './testing/serve.ts';

const failed = (error: unknown): never => {
  throw error;
};
const cluster = new LiveCluster({ speed: 20, nodes: 1, seed: 'https', stateFile: undefined, failed });
const certificates = await makeCertificates(['localhost', '127.0.0.1']);
const server = createHttpServer(cluster, certificates);
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address() as AddressInfo;
cluster.start();
afterAll(() => {
  cluster.stop();
  server.close();
  server.closeAllConnections();
});

const ADMIN = { cert: certificates.admin.certificate, key: certificates.admin.key };
const WHOAMI = '/apis/authentication.k8s.io/v1/selfsubjectreviews';

function ask(path: string, options: RequestOptions = {}, body?: object): Promise<{ status: number; body: Body }> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST';
    const headers = { 'content-type': 'application/json', ...options.headers };
    const sent = request(
      { host: '127.0.0.1', port, path, method, ca: certificates.authority, agent: false, ...options, headers },
      (response) => {
        let text = '';
        response.on('data', (piece) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode!, body: JSON.parse(text) }));
      },
    );
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

async function whoIs(options: RequestOptions): Promise<unknown> {
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const answer = await ask(WHOAMI, options, review);
  const { username, groups } = answer.body.status?.userInfo ?? {};
  return answer.status === 201 ? { username, groups } : answer.status;
}

test('a client certificate names a user and groups, a token an account', async () => {
  expect(await whoIs(ADMIN)).toEqual({
    username: 'kubernetes-admin',
    groups: ['system:masters', 'system:authenticated'],
  });
  const account = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const { body } = await ask(account, ADMIN, { spec: {} });
  const bearer = { headers: { authorization: `Bearer ${body.status.token}` } };
  expect(await whoIs(bearer)).toMatchObject({ username: 'system:serviceaccount:default:default' });
  expect(await whoIs({ headers: { authorization: 'Bearer made-up' } })).toBe(401);
});

test('who shows nothing is nobody, whoever else may have signed a certificate', async () => {
  const strangers = await makeCertificates(['elsewhere']);
  for (const options of [{}, { cert: strangers.admin.certificate, key: strangers.admin.key }]) {
    const { body } = await ask('/api/v1/namespaces', { ...options, headers: { 'impersonate-user': 'bob' } });
    expect(body).toMatchObject({ kind: 'Status', code: 403, reason: 'Forbidden' });
    expect(body.message).toContain('User "system:anonymous" cannot impersonate resource "users"');
  }
});

test('the administrator may be somebody else', async () => {
  const headers = { 'impersonate-user': 'bob', 'impersonate-group': 'developers' };
  expect(await whoIs({ ...ADMIN, headers })).toEqual({
    username: 'bob',
    groups: ['developers', 'system:authenticated'],
  });
});

test('a client that does not know the authority refuses the server', async () => {
  await expect(ask('/version', { ca: (await makeCertificates([])).authority })).rejects.toThrow(/certificate/);
  await expect(ask('/version', { host: 'localhost', servername: 'elsewhere.example' })).rejects.toThrow(/elsewhere/);
});

const binary = findBinary('kubectl');
test.skipIf('missing' in binary)(
  'kubectl works with the kubeconfig as it is written',
  { timeout: 20_000 },
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'drydock-https-'));
    const { body } = await ask('/api/v1/namespaces/default/serviceaccounts/default/token', ADMIN, { spec: {} });
    const token = body.status.token as string;
    const path = writeKubeconfig(`https://127.0.0.1:${port}`, port, join(home, 'config'), { ...certificates, token });
    expect(parse(readFileSync(path, 'utf8'))['current-context']).toBe('drydock');
    const kubectl = async (...argv: string[]) =>
      (await run('path' in binary ? binary.path : '', argv, { HOME: home, KUBECONFIG: path })).stdout;
    expect(await kubectl('get', 'nodes', '-o', 'name')).toBe('node/control-plane\nnode/node-1\n');
    expect(await kubectl('auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}')).toBe('kubernetes-admin');
    const asAccount = ['--context', 'drydock-default', 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'];
    expect(await kubectl(...asAccount)).toBe('system:serviceaccount:default:default');
    rmSync(home, { recursive: true });
  },
);
