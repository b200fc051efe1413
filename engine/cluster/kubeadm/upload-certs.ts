import type { Secret } from '../../api/kinds.ts';
import { secrets } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client } from '../../client/client.ts';
import { aesGcm } from '../../kube-apiserver/encryption/ciphers.ts';
import { Errno } from '../../linux/errno.ts';
import { hexOf } from '../../linux/hash.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import { randomBytes } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { JOINING } from '../bootstrap/kubeadm.ts';
import { ask, clientOf } from './api.ts';
import { createToken, generateToken } from './bootstrap-token.ts';
import { type Command, KubeadmError } from './command.ts';

const NAMESPACE = 'kube-system';
const NAME = 'kubeadm-certs';
const ROLE = 'kubeadm:kubeadm-certs';
const RBAC = 'rbac.authorization.k8s.io';
const PKI = '/etc/kubernetes/pki';
const KEY_LENGTH = 32;
const NONCE_LENGTH = 12;
const HOURS_MS = 2 * 3_600_000;

/** What the machines of a control plane have in common. */
export const SHARED_CERTIFICATES: readonly string[] = [
  'ca.crt',
  'ca.key',
  'front-proxy-ca.crt',
  'front-proxy-ca.key',
  'sa.pub',
  'sa.key',
  'etcd/ca.crt',
  'etcd/ca.key',
];

/**
 * Stores the certificates in the cluster, sealed with a key that only who sees this has, for two hours: the Secret goes with a
 * bootstrap token that is good for nothing else. After `cmd/kubeadm/app/phases/copycerts`.
 */
function* upload(process: Process, client: Client, key: Uint8Array): Task<void> {
  yield* print(
    process,
    `[upload-certs] Storing the certificates in Secret "${NAME}" in the "${NAMESPACE}" Namespace\n`,
  );
  const owner = yield* ownerToken(process, client);
  const data: Record<string, string> = {};
  for (const name of SHARED_CERTIFICATES) {
    const nonce = yield* randomBytes(process, NONCE_LENGTH);
    const sealed = aesGcm(key, () => nonce).write(contentOf(process, `${PKI}/${name}`), '');
    data[name.replaceAll('/', '-')] = btoa(String.fromCharCode(...sealed));
  }
  const metadata = { name: NAME, namespace: NAMESPACE, ownerReferences: [owner] };
  yield* ask(process, () => put(client, metadata, data));
  for (const [path, object] of RULES) yield* ask(process, () => create(client, path, object));
}

function* ownerToken(process: Process, client: Client): Task<object> {
  const token = yield* generateToken(process);
  yield* createToken(process, client, {
    ...token,
    description: 'Proxy for managing TTL for the kubeadm-certs secret',
    expiresMs: process.now() + HOURS_MS,
    usages: [],
    groups: [],
  });
  const name = `bootstrap-token-${token.id}`;
  const { metadata } = yield* ask(process, () => client.resource<Secret>(secrets).get(name, NAMESPACE));
  return { apiVersion: 'v1', kind: 'Secret', name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

/** @throws KubeadmError */
function contentOf(process: Process, path: string): Uint8Array {
  try {
    return process.readFile(path);
  } catch (error) {
    if (!(error instanceof Errno)) throw error;
    throw new KubeadmError(
      `error execution phase upload-certs: error uploading certs: open ${path}: ${error.message.toLowerCase()}`,
    );
  }
}

const named = { apiVersion: `${RBAC}/v1`, metadata: { name: ROLE, namespace: NAMESPACE } };
const RULES_PATH = `/apis/${RBAC}/v1/namespaces/${NAMESPACE}`;
const RULES = [
  [
    `${RULES_PATH}/roles`,
    {
      ...named,
      kind: 'Role',
      rules: [{ verbs: ['get'], apiGroups: [''], resources: ['secrets'], resourceNames: [NAME] }],
    },
  ],
  [
    `${RULES_PATH}/rolebindings`,
    {
      ...named,
      kind: 'RoleBinding',
      roleRef: { apiGroup: RBAC, kind: 'Role', name: ROLE },
      subjects: [{ apiGroup: RBAC, kind: 'Group', name: JOINING }],
    },
  ],
] as const;

/** False for what is there already. */
function create(client: Client, path: string, body: object): boolean {
  try {
    client.request({ method: 'POST', path, body });
    return true;
  } catch (error) {
    if (error instanceof StatusError && error.reason === 'AlreadyExists') return false;
    throw error;
  }
}

function put(client: Client, metadata: object, data: object): void {
  const path = `/api/v1/namespaces/${NAMESPACE}/secrets`;
  if (create(client, path, { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data })) return;
  client.resource<Secret>(secrets).patch(NAME, NAMESPACE, 'merge', { metadata, data });
}

/** @throws KubeadmError for what is no key of AES-256 in hexadecimal digits */
export function readCertificateKey(text: string): Uint8Array {
  if (text.length % 2 !== 0 || /[^0-9a-fA-F]/.test(text))
    throw new KubeadmError('error decoding certificate key: encoding/hex: invalid byte or odd length hex string');
  if (text.length !== 2 * KEY_LENGTH)
    throw new KubeadmError(
      `certificateKey: Invalid value: "": decoded certificate key must be ${KEY_LENGTH} bytes long`,
    );
  return Uint8Array.from(text.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
}

export const UPLOAD_CERTS: Command = {
  name: 'upload-certs',
  short: 'Upload certificates to kubeadm-certs',
  flags: {
    'upload-certs': {
      type: 'bool',
      default: false,
      usage: 'Upload control-plane certificates to the kubeadm-certs Secret.',
    },
    'certificate-key': {
      type: 'string',
      default: '',
      usage: 'Key used to encrypt the control-plane certificates in the kubeadm-certs Secret: 32 bytes, hex encoded.',
    },
    'skip-certificate-key-print': {
      type: 'bool',
      default: false,
      usage: "Don't print the key used to encrypt the control-plane certificates.",
    },
  },
  *run(asked) {
    const { process, flags } = asked;
    if (!flags.bool('upload-certs')) {
      yield* print(process, '[upload-certs] Skipping phase. Please see --upload-certs\n');
      return;
    }
    const given = flags.string('certificate-key');
    const key = given === '' ? yield* randomBytes(process, KEY_LENGTH) : readCertificateKey(given);
    yield* upload(process, clientOf(asked), key);
    if (!flags.bool('skip-certificate-key-print'))
      yield* print(process, `[upload-certs] Using certificate key:\n${hexOf(key)}\n`);
  },
};
