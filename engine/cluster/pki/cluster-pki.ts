import type { TokenKey } from '../../kube-apiserver/index.ts';
import { createSha256 } from '../../linux/hash.ts';
import { KEY_BYTES, makePrivateKey, publicKeyInfo, seal, writePem } from '../../linux/tls.ts';
import type { Simulation } from '../../sim/index.ts';
import { type IssuedCertificate, issueCertificate, rootCertificate } from './cluster-authority.ts';
import { type ClusterKeys, makeClusterKeys } from './cluster-keys.ts';

const YEAR_MS = 365 * 86_400_000;
const BACKDATE_MS = 3_600_000;
/** The first address for Services, which is the API server's. */
const SERVICE_ADDRESS = '10.96.0.1';

const SERVICE = 'kubernetes.default.svc.cluster.local'.split('.');

/** By which names and addresses the API server on a machine is known. */
export function serverNames(
  nodeName: string,
  address: string,
): { readonly dnsNames: readonly string[]; readonly addresses: readonly string[] } {
  return {
    dnsNames: [nodeName, ...[1, 2, 3, 5].map((labels) => SERVICE.slice(0, labels).join('.'))],
    addresses: [SERVICE_ADDRESS, address],
  };
}

/** Both PEM. */
export interface IssuedKey {
  readonly certificate: string;
  readonly key: string;
}

/** What kubeadm leaves in `/etc/kubernetes/pki`. https://kubernetes.io/docs/setup/best-practices/certificates/ */
export class ClusterPki {
  readonly keys: ClusterKeys;
  /** The CA's certificate, PEM. */
  readonly rootCa: string;
  readonly #sim: Simulation;

  /** @param keys made, in form only, unless told */
  constructor(sim: Simulation, keys: ClusterKeys = makeClusterKeys(sim)) {
    this.keys = keys;
    this.#sim = sim;
    this.rootCa = rootCertificate(keys.authority, sim.wallMs);
  }

  /** PEM. */
  get serviceAccountsPublicKey(): string {
    return writePem('PUBLIC KEY', publicKeyInfo(this.keys.serviceAccounts.modulus));
  }

  /** With what the API server signs tokens. Its name is a digest of the public key, as `pkg/serviceaccount/jwt.go` makes it. */
  get tokenKey(): TokenKey {
    const { modulus, sign } = this.keys.serviceAccounts;
    const hash = createSha256();
    hash.update(publicKeyInfo(modulus));
    const id = btoa(String.fromCharCode(...hash.digest()))
      .replaceAll('+', '-')
      .replaceAll('/', '_')
      .replaceAll('=', '');
    return { id, modulus, sign: sign ?? ((bytes) => seal(modulus, bytes)) };
  }

  /** What is made now says so. Milliseconds since 1970. */
  get nowMs(): number {
    return this.#sim.wallMs;
  }

  /** A new key of the API server on this machine, and its certificate. @param endpoint the balancer's address */
  serverCertificate(nodeName: string, address: string, endpoint?: string): IssuedKey {
    const { dnsNames, addresses } = serverNames(nodeName, address);
    return this.#issue('apiserver certificate', {
      subject: [['CN', 'kube-apiserver']],
      dnsNames,
      addresses: endpoint === undefined ? addresses : [...addresses, endpoint],
      usages: ['serverAuth'],
    });
  }

  /** A new key by which a client is known, and its certificate. */
  clientCertificate(user: string, groups: readonly string[] = []): IssuedKey {
    const organizations = groups.map((group) => ['O', group] as const);
    return this.#issue(`certificate ${user}`, { subject: [...organizations, ['CN', user]], usages: ['clientAuth'] });
  }

  /** By which a machine's kubelet is known, and its key, in one text. */
  kubeletCertificate(nodeName: string): string {
    const { certificate, key } = this.clientCertificate(`system:node:${nodeName}`, ['system:nodes']);
    return certificate + key;
  }

  #issue(purpose: string, wanted: Pick<IssuedCertificate, 'subject' | 'dnsNames' | 'addresses' | 'usages'>): IssuedKey {
    const random = this.#sim.random(purpose);
    const bytes = (count: number) => Uint8Array.from({ length: count }, () => random.below(256));
    const { pem, modulus } = makePrivateKey(bytes(KEY_BYTES));
    const request = {
      ...wanted,
      notBeforeMs: this.#sim.wallMs - BACKDATE_MS,
      notAfterMs: this.#sim.wallMs + YEAR_MS,
      keyInfo: publicKeyInfo(modulus),
    };
    return { certificate: issueCertificate(this.keys.authority, request, bytes(16)), key: pem };
  }
}
