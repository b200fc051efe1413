import 'reflect-metadata';
import { createPublicKey, generateKeyPairSync, verify, webcrypto } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cryptoProvider, PemConverter, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import { afterAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { issueCertificate } from '../cluster/pki/cluster-authority.ts';
import { makeCertificates } from './certificates.ts';
import { makeKeys, readKeys } from './cluster-keys.ts';
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
/** How far the server's clock is ahead. */
let aheadMs = 0;
const certificates = cluster.certificates(['localhost', '127.0.0.1', '::1']);
const server = createHttpServer(cluster, certificates, () => cluster.wallMs() + aheadMs);
const strangers = makeCertificates(readKeys(makeKeys()).authority, Date.now(), ['elsewhere']);
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
    groups: ['kubeadm:cluster-admins', 'system:authenticated'],
  });
  const account = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const { body } = await ask(account, ADMIN, { spec: {} });
  const bearer = { headers: { authorization: `Bearer ${body.status.token}` } };
  expect(await whoIs(bearer)).toMatchObject({ username: 'system:serviceaccount:default:default' });
  expect(await whoIs({ headers: { authorization: 'Bearer made-up' } })).toBe(401);
});

test('who shows nothing is nobody, and who shows a certificate of another authority is sent away', async () => {
  const { body } = await ask('/api/v1/namespaces', { headers: { 'impersonate-user': 'bob' } });
  expect(body).toMatchObject({ kind: 'Status', code: 403, reason: 'Forbidden' });
  expect(body.message).toContain('User "system:anonymous" cannot impersonate resource "users"');
  const stranger = { cert: strangers.admin.certificate, key: strangers.admin.key };
  expect((await ask('/api/v1/namespaces', stranger)).body).toMatchObject({ code: 401, reason: 'Unauthorized' });
  // The server's own certificate is for a server.
  const { certificate: cert, key } = certificates.server;
  expect(await whoIs({ cert, key })).toBe(401);
});

test('a certificate that says nothing of its use is good for clients, as openssl x509 signs them', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const keyInfo = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const times = { notBeforeMs: Date.now() - 3_600_000, notAfterMs: Date.now() + 3_600_000 };
  const subject = [['CN', 'jane']] as const;
  const cert = issueCertificate(
    cluster.cluster.options.keys!.authority,
    { subject, keyInfo, ...times },
    Uint8Array.from({ length: 16 }),
  );
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' });
  expect(await whoIs({ cert, key })).toEqual({ username: 'jane', groups: ['system:authenticated'] });
});

test('others can check tokens by the keys that the server publishes', async () => {
  const account = '/api/v1/namespaces/default/serviceaccounts/default/token';
  const { token } = (await ask(account, ADMIN, { spec: {} })).body.status as { token: string };
  const { keys } = (await ask('/openid/v1/jwks', ADMIN)).body;
  const [header, claims, signature] = token.split('.') as [string, string, string];
  const signed = Buffer.from(`${header}.${claims}`);
  const key = createPublicKey({ key: keys[0], format: 'jwk' });
  expect(verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
});

test('the administrator may be somebody else', async () => {
  const headers = { 'impersonate-user': 'bob', 'impersonate-group': 'developers' };
  expect(await whoIs({ ...ADMIN, headers })).toEqual({
    username: 'bob',
    groups: ['developers', 'system:authenticated'],
  });
});

test('a client that does not know the authority refuses the server', async () => {
  await expect(ask('/version', { ca: strangers.authority })).rejects.toThrow(/certificate/);
  await expect(ask('/version', { host: 'localhost', servername: 'elsewhere.example' })).rejects.toThrow(/elsewhere/);
});

const binary = findBinary('kubectl');
test.skipIf('missing' in binary)('kubectl works with the kubeconfig as it is written', async () => {
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
});

/** A key that nobody else has and a request for a certificate; both PEM. */
async function requestCertificate(name: string): Promise<{ readonly key: string; readonly request: string }> {
  cryptoProvider.set(webcrypto as Crypto);
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const request = await Pkcs10CertificateRequestGenerator.create({ name, keys, signingAlgorithm: algorithm });
  const key = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey), 'PRIVATE KEY');
  return { key, request: request.toString('pem') };
}

// https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/
test.skipIf('missing' in binary)(
  'whose request was approved comes in with the certificate, until it ends',
  async () => {
    const home = mkdtempSync(join(tmpdir(), 'drydock-csr-'));
    const config = writeKubeconfig(`https://127.0.0.1:${port}`, port, join(home, 'config'), certificates);
    const env = { HOME: home, KUBECONFIG: config };
    const path = 'path' in binary ? binary.path : '';
    const kubectl = (...argv: string[]) => run(path, argv, env);
    const refused = async () => (await run(path, ['--context', 'myuser', 'get', 'pods'], env, { code: 1 })).stderr;
    const { key, request } = await requestCertificate('CN=myuser, O=developers');
    const spec = {
      request: Buffer.from(request).toString('base64'),
      signerName: 'kubernetes.io/kube-apiserver-client',
      usages: ['client auth'],
      expirationSeconds: 86_400,
    };
    const csr = {
      apiVersion: 'certificates.k8s.io/v1',
      kind: 'CertificateSigningRequest',
      metadata: { name: 'myuser' },
    };
    writeFileSync(join(home, 'csr.json'), JSON.stringify({ ...csr, spec }));
    await kubectl('create', '-f', join(home, 'csr.json'));
    expect((await kubectl('certificate', 'approve', 'myuser')).stdout).toContain('myuser approved');
    await kubectl('wait', '--for=jsonpath={.status.certificate}', 'csr/myuser', '--timeout=5m');
    const { stdout } = await kubectl('get', 'csr/myuser', '-o', 'jsonpath={.status.certificate}');
    writeFileSync(join(home, 'myuser.crt'), Buffer.from(stdout, 'base64'));
    writeFileSync(join(home, 'myuser.key'), key);
    const files = ['client-certificate', 'client-key'].map(
      (flag, index) => `--${flag}=${join(home, ['myuser.crt', 'myuser.key'][index]!)}`,
    );
    await kubectl('config', 'set-credentials', 'myuser', ...files, '--embed-certs=true');
    await kubectl('config', 'set-context', 'myuser', '--cluster=drydock', '--user=myuser');
    const asMyUser = (...argv: string[]) => kubectl('--context', 'myuser', ...argv);
    expect((await asMyUser('auth', 'whoami')).stdout).toMatch(
      /^ATTRIBUTE +VALUE\nUsername +myuser\nGroups +\[developers system:authenticated\]\nExtra: authentication.kubernetes.io\/credential-id +\[X509SHA256=[0-9a-f]{64}\]\n$/,
    );
    expect(await refused()).toContain('User "myuser" cannot list resource "pods"');
    await kubectl('create', 'rolebinding', 'developers', '--clusterrole=view', '--group=developers');
    expect((await asMyUser('get', 'pods')).stderr).toBe('No resources found in default namespace.\n');
    aheadMs = 2 * 86_400_000;
    expect(await refused()).toContain('You must be logged in to the server');
    aheadMs = 0;
    rmSync(home, { recursive: true });
  },
);
