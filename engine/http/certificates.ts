import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { type IssuedCertificate, issueCertificate, rootCertificate } from '../cluster/pki/cluster-authority.ts';
import type { ClusterKey } from '../cluster/pki/cluster-keys.ts';

/** A certificate and its private key, both PEM. */
interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** What a server over HTTPS needs, and what its first user does. */
export interface Certificates {
  /** Of the cluster's CA, PEM. */
  readonly authority: string;
  readonly server: KeyPair;
  /** kubernetes-admin, as kubeadm makes it. */
  readonly admin: KeyPair;
}

/** Clocks of clients may be behind. */
const SLACK_MS = 60 * 60_000;
const LIFE_MS = 365 * 24 * 60 * 60_000;
const ADMIN = [
  ['O', 'kubeadm:cluster-admins'],
  ['CN', 'kubernetes-admin'],
] as const;

/**
 * What the cluster's own CA signs for whoever comes from outside.
 * https://kubernetes.io/docs/setup/best-practices/certificates/
 *
 * @param epochMs when the cluster began
 * @param hosts names and addresses under which clients reach the server
 */
export function makeCertificates(authority: ClusterKey, epochMs: number, hosts: readonly string[]): Certificates {
  const isAddress = (host: string) => /^[\d.]+$|:/.test(host);
  return {
    authority: rootCertificate(authority, epochMs),
    server: issue(authority, {
      subject: [['CN', 'kube-apiserver']],
      usages: ['serverAuth'],
      dnsNames: hosts.filter((host) => !isAddress(host)),
      addresses: hosts.filter(isAddress),
    }),
    admin: issue(authority, { subject: ADMIN, usages: ['clientAuth'] }),
  };
}

function issue(
  authority: ClusterKey,
  request: Pick<IssuedCertificate, 'subject' | 'usages' | 'dnsNames' | 'addresses'>,
): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const now = Date.now();
  const times = { notBeforeMs: now - SLACK_MS, notAfterMs: now + LIFE_MS };
  const keyInfo = new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));
  const certificate = issueCertificate(authority, { ...request, ...times, keyInfo }, new Uint8Array(randomBytes(16)));
  return { certificate, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string };
}
