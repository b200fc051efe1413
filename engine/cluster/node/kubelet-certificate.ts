import { makeDirectories } from '../../linux/directory-tree.ts';
import type { Process } from '../../linux/syscalls.ts';
import { KEY_BYTES, makePrivateKey, publicKeyInfo, writeCertificate, writePem } from '../../linux/tls.ts';
import type { Simulation } from '../../sim/index.ts';

const DIRECTORY = '/var/lib/kubelet/pki';
const YEAR_MS = 365 * 86_400_000;
const HOUR_MS = 3_600_000;

/** Where a kubelet keeps what it shows at its port. */
export const KUBELET_SERVING = { certificate: `${DIRECTORY}/kubelet.crt`, key: `${DIRECTORY}/kubelet.key` };

/**
 * What a kubelet makes itself that has not been given a certificate: one of an authority of its own that nobody knows, as
 * `GenerateSelfSignedCertKey` of k8s.io/client-go does. Who asks a kubelet has to take it on trust.
 */
export function ensureServingCertificate(root: Process, sim: Simulation, hostname: string): void {
  if (root.access(KUBELET_SERVING.certificate, 'exists') && root.access(KUBELET_SERVING.key, 'exists')) return;
  const random = sim.random(`kubelet certificate ${hostname}`);
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.below(256));
  const now = sim.wallMs;
  const stamp = Math.floor(now / 1000);
  const issuer = {
    subject: [['CN', `${hostname}-ca@${stamp}`]],
    modulus: makePrivateKey(bytes(KEY_BYTES)).modulus,
  } as const;
  const { pem, modulus } = makePrivateKey(bytes(KEY_BYTES));
  const signed = { issuer, notBeforeMs: now - HOUR_MS, notAfterMs: now + YEAR_MS };
  const own = writeCertificate({
    ...signed,
    subject: [['CN', `${hostname}@${stamp}`]],
    dnsNames: [hostname],
    usages: ['serverAuth'],
    keyInfo: publicKeyInfo(modulus),
    serial: Uint8Array.of(2),
  });
  const authority = writeCertificate({
    ...signed,
    subject: issuer.subject,
    isAuthority: true,
    keyInfo: publicKeyInfo(issuer.modulus),
    serial: Uint8Array.of(1),
  });
  makeDirectories(root, DIRECTORY);
  root.writeFile(KUBELET_SERVING.certificate, writePem('CERTIFICATE', own) + writePem('CERTIFICATE', authority));
  root.writeFile(KUBELET_SERVING.key, pem, { mode: 0o600 });
}
