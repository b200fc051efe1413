import { KEY_BYTES, makePrivateKey } from '../../linux/tls.ts';
import type { Simulation } from '../../sim/index.ts';

/** An RSA key of 2048 bits. */
export interface ClusterKey {
  readonly modulus: Uint8Array;
  /** PEM, PKCS #8. */
  readonly pem: string;
  /** RSASSA-PKCS1-v1_5 with SHA-256, always the same for the same bytes; a seal of this world (`linux/tls`) unless told. */
  readonly sign?: (bytes: Uint8Array) => Uint8Array;
}

/** What kubeadm makes first: https://kubernetes.io/docs/setup/best-practices/certificates/ */
export interface ClusterKeys {
  /** `ca.key`, which signs certificates. */
  readonly authority: ClusterKey;
  /** `sa.key`, which signs the tokens of ServiceAccounts. */
  readonly serviceAccounts: ClusterKey;
}

/** Keys in form only, which is enough where nobody comes from outside: finding real ones takes a second. */
export function makeClusterKeys(sim: Simulation): ClusterKeys {
  const random = sim.random('cluster keys');
  const make = () => makePrivateKey(Uint8Array.from({ length: KEY_BYTES }, () => random.below(256)));
  return { authority: make(), serviceAccounts: make() };
}
