import { expect, test } from 'vitest';
import { grant, startRbacServer } from '../testing/rbac-server.ts';

const REQUESTS = '/apis/certificates.k8s.io/v1/certificatesigningrequests';

/** Made by `openssl req` with the subject `/O=developers/CN=jane`. */
const DEVELOPER =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIZU1JR0dBZ0VBTUNReEV6QVJCZ05WQkFvTUNtUmxkbVZzYjNCbGNuTXhEVEFMQmdOVkJBTU1CR3BoYm1VdwpXVEFUQmdjcWhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBUThVdzlmSVNRdWN6NHM2S1UzTG1FVGlQUWg1NjY0CitUOUZSK3pHbjlTRmx4ZksrclVLbFBPN3NWUERaYnhUQ2lLcXcwckZjYXFpZ2dyTGRJWE1LbkFvb0FBd0NnWUkKS29aSXpqMEVBd0lEUndBd1JBSWdYZ21EOWVvNVpNRTJoVGdKOWd2dy9pN3QxaHN0bXFmRmYva1lHOHROK21NQwpJQjE1MnEvYTRYdTFKTjVvdXFkajQ0OFJmQkJ6KzRMM3Q1dFpDakFEQmJJNAotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K';
/** The same with `/O=system:masters/CN=jane`. */
const MASTER =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIak1JR0tBZ0VBTUNneEZ6QVZCZ05WQkFvTURuTjVjM1JsYlRwdFlYTjBaWEp6TVEwd0N3WURWUVFEREFScQpZVzVsTUZrd0V3WUhLb1pJemowQ0FRWUlLb1pJemowREFRY0RRZ0FFR1hXWDl1T2ZkM0ZRbDUwVGdNVERvS2gxCnBQM0RvWm16bnlyelVmeEdZQlFKTU1uZkxyZkhJU2dBY1J5cXJyOUg1M0VFRWN2WWovRHZNWlM1dGNmcjJLQUEKTUFvR0NDcUdTTTQ5QkFNQ0EwZ0FNRVVDSVFEZkFHOEt5TXlhRGpSU3creEw4RmpvSDhhUEZGcnRwWmtFQVh0dQp3U21XUVFJZ05EVUp0eHRhWVpvS3ZqQjllMmhXUkl3ZDBwSmpQTUsrbk5tMXpvSEw5SEE9Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';

function signingRequest(request: string, signerName = 'kubernetes.io/kube-apiserver-client') {
  const spec = { request, signerName, usages: ['client auth'], username: 'forged' };
  return { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name: 'c' }, spec };
}

test('a request bears the name of who made it', () => {
  const { root } = startRbacServer();
  const { spec } = root('POST', REQUESTS, signingRequest(DEVELOPER)).body;
  expect(spec).toMatchObject({ username: 'root', groups: ['system:masters', 'system:authenticated'] });
});

test('nobody becomes a master by a certificate', () => {
  const { root } = startRbacServer();
  expect(root('POST', REQUESTS, signingRequest(MASTER)).body.message).toBe(
    'certificatesigningrequests.certificates.k8s.io "c" is forbidden: use of kubernetes.io/kube-apiserver-client signer with system:masters group is not allowed',
  );
});

test('who approves must be allowed to for the signer', () => {
  const { root, as } = startRbacServer();
  root('POST', REQUESTS, signingRequest(DEVELOPER, 'example.com/own'));
  const rule = {
    apiGroups: ['certificates.k8s.io'],
    resources: ['certificatesigningrequests/approval'],
    verbs: ['update'],
  };
  grant(root, 'jane', [rule]);
  const stored = root('GET', `${REQUESTS}/c`);
  const conditions = [{ type: 'Approved', status: 'True', reason: 'x' }];
  const approved = { ...stored.body, status: { conditions } };
  expect(as('jane')('PUT', `${REQUESTS}/c/approval`, approved).body.message).toBe(
    'certificatesigningrequests.certificates.k8s.io "c" is forbidden: user not permitted to approve requests with signerName "example.com/own"',
  );
  expect(root('PUT', `${REQUESTS}/c/approval`, approved).status).toBe(200);
});
