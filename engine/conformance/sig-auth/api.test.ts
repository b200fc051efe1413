import { expect, test } from 'vitest';
import { grant, startRbacServer } from '../../kube-apiserver/testing/rbac-server.ts';
import { type Body, MERGE, startTestServer } from '../../kube-apiserver/testing/test-server.ts';
import { liveThrough } from '../lifecycle.ts';
import { CERTIFICATE_REQUEST } from './certificate-request.ts';

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';
const ACCOUNTS = '/api/v1/namespaces/default/serviceaccounts';
const AUTHORIZATION = '/apis/authorization.k8s.io/v1';

test('CertificateSigningRequest API', () => {
  const server = startTestServer();
  const object = {
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    spec: {
      request: CERTIFICATE_REQUEST,
      signerName: 'example.com/e2e',
      expirationSeconds: 3600,
      usages: ['digital signature', 'key encipherment', 'server auth'],
    },
  };
  liveThrough(server, { collection: REQUESTS, object });

  const { request } = server;
  request('POST', REQUESTS, { ...object, metadata: { name: 'asked' } });
  const { body } = request('GET', `${REQUESTS}/asked`);
  const approved = { type: 'Approved', status: 'True', reason: 'E2E', message: 'Set from an e2e test' };
  const answer = request('PUT', `${REQUESTS}/asked/approval`, { ...body, status: { conditions: [approved] } });
  expect(answer.body.status.conditions).toEqual([expect.objectContaining(approved)]);
  const failed = { type: 'Failed', status: 'True', reason: 'E2E', message: 'Set from an e2e test' };
  const conditions = [...answer.body.status.conditions, failed];
  const patched = request('PATCH', `${REQUESTS}/asked/status`, { status: { conditions } }, MERGE);
  expect(patched.body.status.conditions).toEqual([expect.objectContaining(approved), expect.objectContaining(failed)]);
  expect(request('GET', `${REQUESTS}/asked/status`).body.status).toEqual(patched.body.status);
  expect(request('GET', `${REQUESTS}/asked/approval`).body.status).toEqual(patched.body.status);
});

test('ServiceAccount lifecycle test', () => {
  liveThrough(startTestServer(), {
    collection: ACCOUNTS,
    object: { apiVersion: 'v1', kind: 'ServiceAccount' },
    change: { automountServiceAccountToken: false },
  });
});

test('ServiceAccount, update a ServiceAccount', () => {
  const { request } = startTestServer();
  const made = request('POST', ACCOUNTS, { metadata: { name: 'e2e' }, automountServiceAccountToken: false });
  expect(made.body.automountServiceAccountToken).toBe(false);
  request('PUT', `${ACCOUNTS}/e2e`, { ...made.body, automountServiceAccountToken: true });
  const { items } = request('GET', `${ACCOUNTS}?fieldSelector=metadata.name%3De2e`).body;
  expect(items.map((account: Body) => account.automountServiceAccountToken)).toEqual([true]);
});

test('SubjectReview, API Operations', () => {
  const { root } = startRbacServer();
  const resourceAttributes = { namespace: 'default', verb: 'list', resource: 'configmaps' };
  const spec = { user: 'system:serviceaccount:default:e2e', resourceAttributes };
  const review = (path: string) => root('POST', `${AUTHORIZATION}/${path}`, { spec }).body.status;
  const local = 'namespaces/default/localsubjectaccessreviews';
  expect(review('subjectaccessreviews')).toEqual({ allowed: false });
  expect(review(local)).toEqual({ allowed: false });
  grant(root, spec.user, [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]);
  expect(review('subjectaccessreviews').allowed).toBe(true);
  expect(review(local)).toEqual(review('subjectaccessreviews'));
});
