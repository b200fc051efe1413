import { parse } from 'yaml';
import type { Process } from '../../linux/syscalls.ts';
import { notHere, phaseError } from './command.ts';
import { textAt } from './configuration.ts';
import { readCertificateKey, SHARED_CERTIFICATES } from './upload-certs.ts';

const PKI = '/etc/kubernetes/pki';

/** What somebody says who wants a further machine of the control plane. */
export interface ControlPlaneWish {
  readonly certificateKey: string;
}

/**
 * Says why a machine does not become another one of the control plane: for what the real kubeadm finds missing, or since there
 * is no such thing here. What it would take: `engine/ARCHITECTURE.md`.
 *
 * @param cluster the ClusterConfiguration
 * @throws KubeadmError
 */
export function refuseControlPlane(process: Process, cluster: string, { certificateKey }: ControlPlaneWish): never {
  const configuration = parse(cluster, { maxAliasCount: 0 }) as Record<string, unknown> | null;
  if (textAt(configuration ?? {}, 'controlPlaneEndpoint') === '') {
    throw notReady(
      "unable to add a new control plane instance to a cluster that doesn't have a stable controlPlaneEndpoint address",
    );
  }
  if (certificateKey !== '') readCertificateKey(certificateKey);
  else {
    const missing = SHARED_CERTIFICATES.map((name) => `${PKI}/${name}`).find((path) => !process.access(path, 'read'));
    if (missing !== undefined) {
      throw notReady(
        `failure loading certificate for CA: couldn't load the certificate file ${missing}: open ${missing}: no such file or directory`,
      );
    }
  }
  throw notHere('a second control plane');
}

function notReady(why: string) {
  return phaseError(
    'preflight',
    `\nOne or more conditions for hosting a new control plane instance is not satisfied.\n\n${why}\n\n` +
      'Please ensure that:\n* The cluster has a stable controlPlaneEndpoint address.\n' +
      '* The certificates that must be shared among control plane instances are provided.\n\n',
  );
}
