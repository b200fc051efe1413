import type { CertificateSigningRequest } from '../../api/extension-kinds.ts';
import { certificateSigningRequests } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import { Client } from '../../client/client.ts';
import { ConnectionError } from '../../client/transport.ts';
import { readYamlText } from '../../client/yaml-text.ts';
import { configFromObject } from '../../kubectl/kubeconfig-contents.ts';
import type { Process } from '../../linux/syscalls.ts';
import { writeSigningRequest } from '../../linux/tls/signing-request.ts';
import { KEY_BYTES, makePrivateKey, randomBytes } from '../../linux/tls.ts';
import type { Task } from '../../sim/index.ts';
import { BOOTSTRAP_KUBECONFIG, KUBELET_KUBECONFIG } from '../bootstrap/kubeadm.ts';
import { keepKubeletIdentity } from '../bootstrap/kubelet-identity.ts';
import type { Connect } from '../component/asker.ts';

const SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet';
const LOOK_MS = 500;
const TIMEOUT_MS = 15 * 60_000;

/**
 * What a kubelet does that has a token only: asks the cluster for a certificate, waits until that is approved and signed, and
 * writes the kubeconfig by which it is known from then on. Returns what went wrong.
 * https://kubernetes.io/docs/reference/access-authn-authz/kubelet-tls-bootstrapping/
 */
export function* bootstrapKubelet(process: Process, connect: Connect): Task<string | undefined> {
  const text = process.readText(BOOTSTRAP_KUBECONFIG);
  const { clusters, users } = configFromObject(readYamlText(text, { maxAliasCount: 0 }) as Record<string, unknown>);
  const cluster = clusters[0]?.cluster ?? {};
  const [user] = users;
  const asker = { name: user?.name ?? '', token: String(user?.user['token'] ?? '') };
  const client = new Client(connect(cluster.server, asker), { userAgent: 'kubelet' });
  const key = makePrivateKey(yield* randomBytes(process, KEY_BYTES));
  try {
    const certificate = yield* request(process, client, key.modulus);
    if (certificate === undefined) return 'failed to run Kubelet: timed out waiting for the condition';
    keepKubeletIdentity(process, KUBELET_KUBECONFIG, cluster, certificate + key.pem);
    return undefined;
  } catch (error) {
    if (!(error instanceof StatusError || error instanceof ConnectionError)) throw error;
    return `failed to run Kubelet: cannot create certificate signing request: ${error.message}`;
  }
}

/** The certificate, PEM, when it is there in time. */
function* request(process: Process, client: Client, modulus: Uint8Array): Task<string | undefined> {
  const requests = client.resource<CertificateSigningRequest>(certificateSigningRequests);
  const subject = [['O', 'system:nodes'] as const, ['CN', `system:node:${process.hostname}`] as const];
  const { metadata } = requests.create({
    apiVersion: 'certificates.k8s.io/v1',
    kind: 'CertificateSigningRequest',
    metadata: { generateName: 'csr-' },
    spec: {
      request: btoa(writeSigningRequest({ subject, dnsNames: [], addresses: [] }, modulus)),
      signerName: SIGNER,
      usages: ['digital signature', 'client auth'],
    },
  });
  const deadlineMs = process.now() + TIMEOUT_MS;
  while (process.now() < deadlineMs) {
    const { status } = requests.get(metadata.name);
    if (status?.certificate) return atob(status.certificate);
    yield* process.sleep(LOOK_MS);
  }
  return undefined;
}
