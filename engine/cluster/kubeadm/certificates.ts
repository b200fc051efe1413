import { parse, stringify } from 'yaml';
import { configFromObject } from '../../kubectl/kubeconfig-contents.ts';
import { Errno } from '../../linux/errno.ts';
import type { Process } from '../../linux/syscalls.ts';
import { type Certificate, publicKeyInfo, readCertificates } from '../../linux/tls/certificate.ts';
import { publicHalf } from '../../linux/tls/private-key.ts';
import { DerError, KEY_BYTES, makePrivateKey, randomBytes } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { issueCertificate } from '../pki/cluster-authority.ts';
import type { ClusterKey } from '../pki/cluster-keys.ts';
import type { IssuedKey } from '../pki/cluster-pki.ts';
import { KubeadmError } from './command.ts';

const YEAR_MS = 365 * 86_400_000;
const SERIAL_BYTES = 16;
const SERVER = '1.3.6.1.5.5.7.3.1';
const CLIENT = '1.3.6.1.5.5.7.3.2';
const KUBERNETES = '/etc/kubernetes';
const PKI = `${KUBERNETES}/pki`;

/** A certificate that kubeadm looks after: a file, or part of a kubeconfig. */
export interface Managed {
  readonly name: string;
  readonly longName: string;
  /** Of the file that holds it; its key's is the same with `.key`. */
  readonly path: string;
  readonly authority: string;
}

const inFile = (name: string, path: string, authority: string, longName: string): Managed => ({
  name,
  longName,
  path: `${PKI}/${path}.crt`,
  authority,
});

const inKubeconfig = (name: string, whose: string): Managed => ({
  name,
  longName: `certificate embedded in the kubeconfig file for the ${whose}`,
  path: `${KUBERNETES}/${name}`,
  authority: 'ca',
});

/** https://kubernetes.io/docs/tasks/administer-cluster/kubeadm/kubeadm-certs/ */
export const MANAGED: readonly Managed[] = [
  inKubeconfig('admin.conf', 'admin to use and for kubeadm itself'),
  inFile('apiserver', 'apiserver', 'ca', 'certificate for serving the Kubernetes API'),
  inFile('apiserver-etcd-client', 'apiserver-etcd-client', 'etcd-ca', 'certificate the apiserver uses to access etcd'),
  inFile(
    'apiserver-kubelet-client',
    'apiserver-kubelet-client',
    'ca',
    'certificate for the API server to connect to kubelet',
  ),
  inKubeconfig('controller-manager.conf', 'controller manager to use'),
  inFile(
    'etcd-healthcheck-client',
    'etcd/healthcheck-client',
    'etcd-ca',
    'certificate for liveness probes to healthcheck etcd',
  ),
  inFile('etcd-peer', 'etcd/peer', 'etcd-ca', 'certificate for etcd nodes to communicate with each other'),
  inFile('etcd-server', 'etcd/server', 'etcd-ca', 'certificate for serving etcd'),
  inFile('front-proxy-client', 'front-proxy-client', 'front-proxy-ca', 'certificate for the front proxy client'),
  inKubeconfig('scheduler.conf', 'scheduler manager to use'),
  inKubeconfig('super-admin.conf', 'super-admin'),
];

export const AUTHORITIES: readonly (readonly [name: string, path: string])[] = [
  ['ca', `${PKI}/ca.crt`],
  ['etcd-ca', `${PKI}/etcd/ca.crt`],
  ['front-proxy-ca', `${PKI}/front-proxy-ca.crt`],
];

/** The certificate in a file, or that of a kubeconfig's first user; undefined where there is none. @throws KubeadmError */
export function certificateIn(process: Process, path: string): Certificate | undefined {
  try {
    const text = process.readText(path);
    const pem = path.endsWith('.conf') ? embedded(text) : text;
    return pem === undefined ? undefined : readCertificates(pem)[0];
  } catch (error) {
    if (error instanceof Errno) return undefined;
    if (error instanceof DerError)
      throw new KubeadmError(`failed to load existing certificate ${path}: ${error.message}`);
    throw error;
  }
}

function embedded(text: string): string | undefined {
  const data = configFromObject(parse(text) as Record<string, unknown>).users[0]?.user['client-certificate-data'];
  return typeof data === 'string' ? atob(data) : undefined;
}

/** What a certificate is to say. */
export interface CertificateTerms {
  readonly subject: Certificate['subject'];
  readonly dnsNames?: readonly string[];
  readonly addresses?: readonly string[];
  readonly usages: readonly ('serverAuth' | 'clientAuth')[];
  /** A year unless told. */
  readonly validityMs?: number;
}

/** A certificate, for a new key, by an authority on this machine. Undefined where that one's key is not there. */
export function* issue(
  process: Process,
  cluster: ClusterKey,
  authority: string,
  { validityMs = YEAR_MS, subject, usages, dnsNames = [], addresses = [] }: CertificateTerms,
): Task<IssuedKey | undefined> {
  const ca = authorityKey(process, cluster, authority);
  if (ca === undefined) return undefined;
  const key = makePrivateKey(yield* randomBytes(process, KEY_BYTES));
  const serial = yield* randomBytes(process, SERIAL_BYTES);
  const notBeforeMs = process.now();
  const terms = { subject, usages, dnsNames, addresses, notBeforeMs, notAfterMs: notBeforeMs + validityMs };
  return { certificate: issueCertificate(ca, { ...terms, keyInfo: publicKeyInfo(key.modulus) }, serial), key: key.pem };
}

/** Writes a new certificate, for a new key, that says what the old one says. False where the CA's key is not there. */
export function* renew(
  process: Process,
  cluster: ClusterKey,
  { path, authority }: Managed,
  { subject, dnsNames, addresses, extendedUsages = [] }: Certificate,
): Task<boolean> {
  const usages = [
    ...(extendedUsages.includes(SERVER) ? (['serverAuth'] as const) : []),
    ...(extendedUsages.includes(CLIENT) ? (['clientAuth'] as const) : []),
  ];
  const issued = yield* issue(process, cluster, authority, { subject, dnsNames, addresses, usages });
  if (issued === undefined) return false;
  if (path.endsWith('.conf')) embed(process, path, issued);
  else writePair(process, path, issued);
  return true;
}

/** @param path of the certificate; the key's is beside it */
export function writePair(process: Process, path: string, { certificate, key }: IssuedKey): void {
  process.makeDirectories(path.slice(0, path.lastIndexOf('/')));
  process.writeFile(path, certificate, { mode: 0o644 });
  process.writeFile(path.replace(/crt$/, 'key'), key, { mode: 0o600 });
}

/** What the CA's key file signs with: as the cluster itself, if it is its key. */
function authorityKey(process: Process, cluster: ClusterKey, name: string): ClusterKey | undefined {
  const certificate = AUTHORITIES.find(([each]) => each === name)?.[1] ?? '';
  try {
    const pem = process.readText(certificate.replace(/crt$/, 'key'));
    if (pem === cluster.pem) return cluster;
    const modulus = Uint8Array.from(publicHalf(pem)?.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    return { modulus, pem };
  } catch (error) {
    if (error instanceof Errno || error instanceof DerError) return undefined;
    throw error;
  }
}

function embed(process: Process, path: string, { certificate, key }: IssuedKey): void {
  const file = parse(process.readText(path)) as Record<string, unknown>;
  const { users } = configFromObject(file);
  const renewed = users.map(({ name, user }, index) => ({
    name,
    user: index > 0 ? user : { ...user, 'client-certificate-data': btoa(certificate), 'client-key-data': btoa(key) },
  }));
  process.writeFile(path, stringify({ ...file, users: renewed }, { indentSeq: false, lineWidth: 0 }), { mode: 0o600 });
}
