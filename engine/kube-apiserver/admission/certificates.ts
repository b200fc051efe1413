import { forbidden } from '../../api/errors.ts';
import type { KubeObject } from '../../api/object.ts';
import type { Access } from '../authorization/access.ts';
import type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
import type { AdmissionServices } from './services.ts';

// https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#authorization

interface SigningRequest extends KubeObject {
  readonly spec: {
    readonly signerName?: string;
    readonly request?: string;
    readonly username?: string;
    readonly uid?: string;
    readonly groups?: readonly string[];
    readonly extra?: AdmissionRequest['user']['extra'];
  };
  readonly status?: { readonly certificate?: string; readonly conditions?: readonly { readonly type?: string }[] };
}

const GROUP = 'certificates.k8s.io';
const REQUESTS = 'certificatesigningrequests';

/** Who approves or denies must be allowed to `approve` for the signer. */
export function certificateApproval({ authorizer }: AdmissionServices): AdmissionPlugin {
  return {
    name: 'CertificateApproval',
    resources: [`${REQUESTS}/approval`],
    validate(request) {
      if (request.operation !== 'UPDATE') return;
      requireSigner(authorizer, request, 'approve', 'user not permitted to approve requests with signerName');
    },
  };
}

/** Who issues or fails a certificate must be allowed to `sign` for the signer. */
export function certificateSigning({ authorizer }: AdmissionServices): AdmissionPlugin {
  return {
    name: 'CertificateSigning',
    resources: [`${REQUESTS}/status`],
    validate(request, object) {
      if (request.operation !== 'UPDATE') return;
      const before = (request.stored as SigningRequest).status ?? {};
      const after = (object as SigningRequest).status ?? {};
      const failed = ({ conditions = [] }: typeof before) => conditions.some(({ type }) => type === 'Failed');
      if (before.certificate === after.certificate && failed(before) === failed(after)) return;
      requireSigner(authorizer, request, 'sign', 'user not permitted to sign requests with signerName');
    },
  };
}

function requireSigner(
  authorizer: AdmissionServices['authorizer'],
  request: AdmissionRequest,
  verb: string,
  refusal: string,
): void {
  const { user, kind, name, stored } = request;
  const signer = (stored as SigningRequest).spec.signerName ?? '';
  const domain = `${signer.split('/')[0]}/*`;
  const allowed = [signer, domain].some((resource) => {
    const base = { user, verb, group: GROUP, resource: 'signers', subresource: '', namespace: '', path: '' };
    return authorizer.authorize({ ...base, name: resource } satisfies Access).allowed;
  });
  if (!allowed) throw forbidden(kind, name, `${refusal} ${JSON.stringify(signer)}`);
}

const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
const MASTERS = 'system:masters';
/** The object identifier 2.5.4.10, `O`, as DER has it. */
const ORGANIZATION = '\x06\x03\x55\x04\x0a';

/** Nobody becomes a member of system:masters by a certificate. */
export const certificateSubjectRestriction: AdmissionPlugin = {
  name: 'CertificateSubjectRestriction',
  resources: [REQUESTS],
  validate({ operation, kind }, object) {
    if (operation !== 'CREATE' || object === undefined) return;
    const { signerName, request = '' } = (object as SigningRequest).spec;
    if (signerName !== CLIENT_SIGNER || !organizations(request).includes(MASTERS)) return;
    const why = `use of ${CLIENT_SIGNER} signer with ${MASTERS} group is not allowed`;
    throw forbidden(kind, object.metadata.name, why);
  },
};

/** The organizations that a PEM certificate request, itself in base64, names as its subject's. */
function organizations(request: string): readonly string[] {
  const der = decodeBase64(decodeBase64(request).replace(/-----[^-]+-----/g, ''));
  const found: string[] = [];
  for (let at = der.indexOf(ORGANIZATION); at >= 0; at = der.indexOf(ORGANIZATION, at + 1)) {
    const start = at + ORGANIZATION.length;
    const length = der.charCodeAt(start + 1);
    found.push(der.slice(start + 2, start + 2 + length));
  }
  return found;
}

/** What is no base64 holds nothing: validation has its own word on it. */
function decodeBase64(text: string): string {
  try {
    return atob(text.replace(/\s/g, ''));
  } catch {
    return '';
  }
}

/**
 * Notes on a new request who asks: what an approver goes by. Always on; the real server does it in the registry
 * (pkg/registry/certificates/certificates/strategy.go).
 */
export const certificateRequester: AdmissionPlugin = {
  name: 'certificate requester',
  resources: [REQUESTS],
  admit({ operation, user }, object) {
    if (operation !== 'CREATE' || object === undefined) return object;
    const request = object as SigningRequest;
    const { username: _n, uid: _u, groups: _g, extra: _e, ...spec } = request.spec ?? {};
    const { username, uid, groups, extra } = user;
    const who = { username, groups, ...(uid === undefined ? {} : { uid }), ...(extra === undefined ? {} : { extra }) };
    return { ...request, spec: { ...spec, ...who } } as SigningRequest;
  },
};
