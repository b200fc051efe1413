import type { Secret } from '../../api/kinds.ts';
import { secrets } from '../../api/resources.ts';
import { StatusError } from '../../api/status-error.ts';
import type { Client } from '../../client/client.ts';
import { aesGcm } from '../../kube-apiserver/encryption/ciphers.ts';
import { TransformError } from '../../kube-apiserver/encryption/transformer.ts';
import { print } from '../../linux/stdio.ts';
import type { Process } from '../../linux/syscalls.ts';
import type { Task } from '../../sim/index.ts';
import { ask } from './api.ts';
import { type KubeadmError, phaseError } from './command.ts';
import { SHARED_CERTIFICATES } from './upload-certs.ts';

const PKI = '/etc/kubernetes/pki';
const NAMESPACE = 'kube-system';
const NAME = 'kubeadm-certs';

/**
 * Fetches what the machines of a control plane have in common, as `kubeadm init phase upload-certs` has stored it, and opens it with
 * the key that this printed. After `cmd/kubeadm/app/phases/copycerts`.
 *
 * @throws KubeadmError when it is gone, or the key is another
 */
export function* downloadCertificates(process: Process, client: Client, key: Uint8Array): Task<void> {
  yield* print(
    process,
    `[download-certs] Downloading the certificates in Secret "${NAME}" in the "${NAMESPACE}" Namespace\n`,
  );
  const secret = yield* ask(process, () => find(client), `${PHASE}: error downloading the secret`);
  if (secret === undefined) {
    throw failed(
      `error downloading the secret: Secret "${NAME}" was not found in the "${NAMESPACE}" Namespace. This Secret might have expired. ` +
        'Please, run `kubeadm init phase upload-certs --upload-certs` on a control plane to generate a new one',
    );
  }
  yield* print(process, `[download-certs] Saving the certificates to the folder: "${PKI}"\n`);
  process.makeDirectories(`${PKI}/etcd`);
  for (const name of SHARED_CERTIFICATES) {
    const stored = secret.data?.[name.replaceAll('/', '-')];
    if (stored === undefined) throw failed(`couldn't find required key ${name} in secret data`);
    process.writeFile(`${PKI}/${name}`, open(key, stored), { mode: name.endsWith('.key') ? 0o600 : 0o644 });
  }
}

const PHASE = 'error execution phase control-plane-prepare/download-certs: error downloading certs';

function failed(why: string): KubeadmError {
  return phaseError('control-plane-prepare/download-certs', `error downloading certs: ${why}`);
}

function find(client: Client): Secret | undefined {
  try {
    return client.resource<Secret>(secrets).get(NAME, NAMESPACE);
  } catch (error) {
    if (error instanceof StatusError && ['NotFound', 'Forbidden'].includes(error.reason)) return undefined;
    throw error;
  }
}

/** @throws KubeadmError */
function open(key: Uint8Array, stored: string): Uint8Array {
  try {
    const sealed = Uint8Array.from(atob(stored), (byte) => byte.charCodeAt(0));
    return aesGcm(key, () => key).read(sealed, '').plain;
  } catch (error) {
    if (!(error instanceof TransformError)) throw error;
    throw failed(`error decrypting secret data with provided key: ${error.message}`);
  }
}
