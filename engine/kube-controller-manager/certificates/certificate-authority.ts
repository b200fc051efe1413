/** What a certificate request asks for. */
export interface RequestedSubject {
  readonly commonName: string;
  readonly organizations: readonly string[];
  readonly dnsNames: readonly string[];
  readonly addresses: readonly string[];
}

/** On what terms a certificate is given. */
export interface Terms {
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly usages: readonly ('serverAuth' | 'clientAuth')[];
}

/** The port to the cluster's CA: `--cluster-signing-cert-file` and `--cluster-signing-key-file`. */
export interface CertificateAuthority {
  /** Undefined for what is no request. @param request PEM */
  read(request: string): RequestedSubject | undefined;
  /** The certificate, PEM. */
  sign(request: string, terms: Terms): string;
}
