import type { CertificateAuthority } from '../../kube-controller-manager/certificates/certificate-authority.ts';
import {
  type CertificateRequest,
  DerError,
  publicKeyInfo,
  readSigningRequest,
  writeCertificate,
  writePem,
} from '../../linux/tls.ts';
import type { Simulation } from '../../sim/index.ts';
import type { ClusterKey } from './cluster-keys.ts';

/** As kubeadm names it. */
const SUBJECT = [['CN', 'kubernetes']] as const;
const SERIAL_BYTES = 16;
const DAY_MS = 86_400_000;
/** Clocks may be behind. */
const BACKDATE_MS = 3_600_000;
const LIFE_MS = 3650 * DAY_MS;

/** The certificate of a cluster's CA (PEM), as kubeadm makes one when the cluster begins. It has signed itself. */
export function rootCertificate(key: ClusterKey, epochMs: number): string {
  const der = writeCertificate({
    subject: SUBJECT,
    dnsNames: ['kubernetes'],
    isAuthority: true,
    notBeforeMs: epochMs - BACKDATE_MS,
    notAfterMs: epochMs + LIFE_MS,
    keyInfo: publicKeyInfo(key.modulus),
    issuer: issuer(key),
    serial: positive(key.modulus.slice(0, SERIAL_BYTES)),
  });
  return writePem('CERTIFICATE', der);
}

/** What is asked of the CA. */
export type IssuedCertificate = Omit<CertificateRequest, 'issuer' | 'serial'>;

/** Signs a certificate (PEM) as the cluster's CA. @param serial 16 bytes that no other certificate has */
export function issueCertificate(key: ClusterKey, request: IssuedCertificate, serial: Uint8Array): string {
  return writePem('CERTIFICATE', writeCertificate({ ...request, issuer: issuer(key), serial: positive(serial) }));
}

/** The cluster's CA as the controller manager has it. */
export function clusterAuthority(sim: Simulation, key: ClusterKey): CertificateAuthority {
  const random = sim.random('cluster authority');
  return {
    read(request) {
      try {
        const { subject, dnsNames, addresses } = readSigningRequest(request);
        const of = (wanted: string) => subject.filter(([type]) => type === wanted).map(([, value]) => value);
        return { commonName: of('CN')[0] ?? '', organizations: of('O'), dnsNames, addresses };
      } catch (error) {
        if (error instanceof DerError) return undefined;
        throw error;
      }
    },
    sign(request, terms) {
      const { subject, dnsNames, addresses, keyInfo } = readSigningRequest(request);
      const serial = Uint8Array.from({ length: SERIAL_BYTES }, () => random.below(256));
      return issueCertificate(key, { subject, dnsNames, addresses, keyInfo, ...terms }, serial);
    },
  };
}

function issuer({ modulus, sign }: ClusterKey): CertificateRequest['issuer'] {
  return { subject: SUBJECT, modulus, ...(sign && { sign }) };
}

function positive(serial: Uint8Array): Uint8Array {
  return serial.map((byte, index) => (index === 0 ? (byte & 0x7f) | 1 : byte));
}
