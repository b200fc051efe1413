import { beforeAll, expect, test } from 'vitest';
import type { CertificateSigningRequest } from '../../api/extension-kinds.ts';
import { Testbed } from './testbed.ts';

// https://kubernetes.io/docs/tasks/tls/certificate-issue-client-csr/

const CLIENT = 'kubernetes.io/kube-apiserver-client';

let bed: Testbed;

beforeAll(() => {
  bed = new Testbed({ workers: [{}] });
});

interface Wanted {
  readonly subject: string;
  readonly signerName: string;
  readonly usages: readonly string[];
  readonly names?: string;
  readonly expirationSeconds?: number;
}

/** Makes a key and a request with openssl, as a learner does, and posts it. @param more flags of kubectl */
function ask(name: string, { subject, names, ...spec }: Wanted, ...more: readonly string[]): void {
  const extension = names === undefined ? '' : `-addext subjectAltName=${names}`;
  const script = `openssl req -new -newkey rsa:2048 -nodes -keyout ${name}.key -subj '${subject}' ${extension} -out ${name}.csr; base64 -w0 ${name}.csr`;
  const request = bed.sh(script).stdout.trim();
  const object = { apiVersion: 'certificates.k8s.io/v1', kind: 'CertificateSigningRequest', metadata: { name } };
  const text = JSON.stringify({ ...object, spec: { request, ...spec } });
  bed.cluster.submit({ kind: 'file.write', path: `${name}.json`, text });
  bed.kubectl('create', '-f', `${name}.json`, ...more);
  bed.pass(2);
}

function condition(name: string): string {
  return bed.kubectl('get', 'csr', name, '--no-headers').trim().split(/\s+/).at(-1)!;
}

/** What openssl says of the certificate that was given. */
function issued(name: string): string {
  const path = '-o jsonpath={.status.certificate}';
  return bed.sh(
    `kubectl get csr ${name} ${path} | base64 -d > ${name}.crt; openssl x509 -noout -subject -issuer -in ${name}.crt`,
  ).stdout;
}

test('a person approves, and the certificate is for whom it was asked', () => {
  ask('jane', { subject: '/O=devs/CN=jane', signerName: CLIENT, usages: ['client auth'], expirationSeconds: 86_400 });
  expect(condition('jane')).toBe('Pending');
  expect(bed.kubectl('certificate', 'approve', 'jane')).toContain('jane approved');
  bed.pass(2);
  expect(condition('jane')).toBe('Approved,Issued');
  expect(issued('jane')).toBe('subject=O=devs, CN=jane\nissuer=CN=kubernetes\n');
  const authority = "kubectl get configmap kube-root-ca.crt -o 'jsonpath={.data.ca\\.crt}' > ca.crt";
  expect(bed.sh(`${authority}; openssl verify -CAfile ca.crt jane.crt`).stdout).toBe('jane.crt: OK\n');
});

test('who is denied gets none, and what does not fit its signer fails', () => {
  ask('denied', { subject: '/CN=mallory', signerName: CLIENT, usages: ['client auth'] });
  bed.kubectl('certificate', 'deny', 'denied');
  ask('server', { subject: '/CN=jane', signerName: CLIENT, usages: ['server auth'] });
  bed.kubectl('certificate', 'approve', 'server');
  bed.pass(2);
  expect(condition('denied')).toBe('Denied');
  expect(condition('server')).toBe('Approved,Failed');
});

test("a kubelet's own client certificate is approved by itself, its serving certificate by a person", () => {
  const as = ['--as=system:node:node-1', '--as-group=system:nodes', '--as-group=system:authenticated'];
  const subject = '/O=system:nodes/CN=system:node:node-1';
  const signerName = `${CLIENT}-kubelet`;
  ask('kubelet', { subject, signerName, usages: ['digital signature', 'client auth'] }, ...as);
  expect(condition('kubelet')).toBe('Approved,Issued');
  const serving = { signerName: 'kubernetes.io/kubelet-serving', usages: ['digital signature', 'server auth'] };
  ask('serving', { subject, ...serving, names: 'IP:10.0.0.11' }, ...as);
  expect(condition('serving')).toBe('Pending');
  bed.kubectl('certificate', 'approve', 'serving');
  bed.pass(2);
  expect(condition('serving')).toBe('Approved,Issued');
});

test('what somebody else has to sign waits for somebody else, and what is over is cleaned up', () => {
  ask('foreign', { subject: '/CN=x', signerName: 'example.com/own', usages: ['client auth'] });
  bed.kubectl('certificate', 'approve', 'foreign');
  bed.pass(2);
  expect(condition('foreign')).toBe('Approved');
  expect(bed.get<CertificateSigningRequest>('csr', 'foreign').status?.certificate).toBeUndefined();
  bed.pass(3700);
  expect(bed.kubectlAnyway('get', 'csr').stdout).toBe('');
});
