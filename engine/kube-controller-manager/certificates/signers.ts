import type { CertificateSigningRequest } from '../../api/extension-kinds.ts';
import type { RequestedSubject } from './certificate-authority.ts';

// What the signers of kubernetes.io sign: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers

export const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet';

const NODES = 'system:nodes';
const NODE_PREFIX = 'system:node:';

type Spec = NonNullable<CertificateSigningRequest['spec']>;

/** Why a request does not fit its signer; undefined for one that does. After `pkg/controller/certificates/signer` and `pkg/apis/certificates/helpers.go`. */
type Check = (subject: RequestedSubject, usages: readonly string[]) => string | undefined;

/** Both kinds of a kubelet's certificate say who it is in the same way. */
function checkNode({ commonName, organizations }: RequestedSubject): string | undefined {
  if (organizations.length !== 1 || organizations[0] !== NODES) return 'subject organization is not system:nodes';
  if (!commonName.startsWith(NODE_PREFIX)) return 'subject common name does not begin with system:node:';
  return undefined;
}

/** Exactly these, of which key encipherment may be missing. */
function hasUsages(usages: readonly string[], ...needed: readonly string[]): boolean {
  const given = usages.filter((usage) => usage !== 'key encipherment');
  return given.length === needed.length && needed.every((usage) => given.includes(usage));
}

export const checkKubeletClient: Check = (subject, usages) => {
  const problem = checkNode(subject);
  if (problem !== undefined) return problem;
  if (subject.dnsNames.length > 0) return 'DNS subjectAltNames are not allowed';
  if (subject.addresses.length > 0) return 'IP subjectAltNames are not allowed';
  if (hasUsages(usages, 'digital signature', 'client auth')) return undefined;
  return 'usages did not match [client auth digital signature key encipherment]';
};

const checkKubeletServing: Check = (subject, usages) => {
  const problem = checkNode(subject);
  if (problem !== undefined) return problem;
  if (subject.dnsNames.length + subject.addresses.length === 0) return 'DNS or IP subjectAltName is required';
  if (hasUsages(usages, 'digital signature', 'server auth')) return undefined;
  return 'usages did not match [digital signature key encipherment server auth]';
};

const checkClient: Check = (_subject, usages) => {
  const allowed = ['digital signature', 'key encipherment', 'client auth'];
  const other = usages.filter((usage) => !allowed.includes(usage));
  if (!usages.includes('client auth')) return `invalid usage for client certificate: ${usages.join(', ')}`;
  return other.length === 0 ? undefined : `invalid usage for client certificate: ${other.join(', ')}`;
};

const SIGNERS: Readonly<Record<string, Check>> = {
  'kubernetes.io/kube-apiserver-client': checkClient,
  [KUBELET_CLIENT]: checkKubeletClient,
  'kubernetes.io/kubelet-serving': checkKubeletServing,
  'kubernetes.io/legacy-unknown': () => undefined,
};

/** Undefined for signers that somebody else has to be. */
export function signerOf({ signerName }: Pick<Spec, 'signerName'>): Check | undefined {
  return Object.hasOwn(SIGNERS, signerName) ? SIGNERS[signerName] : undefined;
}

/** The request's text, PEM. */
export function requestText({ spec }: CertificateSigningRequest): string {
  try {
    return atob(String(spec?.request ?? ''));
  } catch {
    return '';
  }
}

export function hasCondition({ status }: CertificateSigningRequest, type: string): boolean {
  return status?.conditions?.some((condition) => condition.type === type) ?? false;
}
