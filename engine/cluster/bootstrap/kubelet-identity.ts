import { stringify } from 'yaml';
import { makeDirectories } from '../../linux/directory-tree.ts';
import type { Process } from '../../linux/syscalls.ts';

const PKI = '/var/lib/kubelet/pki';

/** Where a kubelet looks for what the API server knows it by: a link to the latest of such files. */
export const KUBELET_CLIENT = `${PKI}/kubelet-client-current.pem`;

/** The file of a certificate that a kubelet was given at a time (milliseconds since 1970), with its key. */
export function kubeletClientFile(wallMs: number): string {
  const moment = new Date(wallMs).toISOString().slice(0, 19).replaceAll(':', '-').replace('T', '-');
  return `${PKI}/kubelet-client-${moment}.pem`;
}

/**
 * Puts down what a kubelet is known by once it has been given a certificate, and the kubeconfig that says so.
 *
 * @param cluster of a kubeconfig: where it is, and whom to believe there
 * @param pem the certificate and its key
 */
export function keepKubeletIdentity(root: Process, kubeconfig: string, cluster: object, pem: string): void {
  const path = kubeletClientFile(root.now());
  makeDirectories(root, PKI);
  root.writeFile(path, pem, { mode: 0o600 });
  if (root.access(KUBELET_CLIENT, 'exists')) root.unlink(KUBELET_CLIENT);
  root.symlink(path, KUBELET_CLIENT);
  root.writeFile(kubeconfig, kubeconfigOf(cluster), { mode: 0o600 });
}

function kubeconfigOf(cluster: object): string {
  const context = { cluster: 'default-cluster', namespace: 'default', user: 'default-auth' };
  return stringify(
    {
      apiVersion: 'v1',
      clusters: [{ cluster, name: 'default-cluster' }],
      contexts: [{ context, name: 'default-context' }],
      'current-context': 'default-context',
      kind: 'Config',
      preferences: {},
      users: [{ name: 'default-auth', user: { 'client-certificate': KUBELET_CLIENT, 'client-key': KUBELET_CLIENT } }],
    },
    { indentSeq: false, lineWidth: 0 },
  );
}
