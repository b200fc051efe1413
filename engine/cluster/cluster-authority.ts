import type { CertificateAuthority } from '../kube-controller-manager/certificates/certificate-authority.ts';
import { DerError, readSigningRequest, writeCertificate, writePem } from '../linux/tls.ts';
import type { Simulation } from '../sim/index.ts';

/** As `root-ca.ts` names itself. */
const SUBJECT = [['CN', 'kubernetes']] as const;
const SERIAL_BYTES = 16;
const SIGNATURE_BYTES = 256;

/**
 * The cluster's CA as the controller manager has it. Its signatures are seals of this world (`linux/tls/certificate.ts`): nobody has the
 * key of the certificate in `root-ca.ts`.
 */
export function clusterAuthority(sim: Simulation): CertificateAuthority {
  const random = sim.random('cluster authority');
  const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.below(256));
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
      const serial = bytes(SERIAL_BYTES);
      serial[0] = (serial[0]! & 0x7f) | 1;
      const issuer = { subject: SUBJECT, modulus: bytes(SIGNATURE_BYTES) };
      const der = writeCertificate({ subject, dnsNames, addresses, keyInfo, ...terms, issuer, serial });
      return writePem('CERTIFICATE', der);
    },
  };
}
