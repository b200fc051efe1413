import { withDefaults, withField } from '../copy-on-write.ts';
import { humanDuration } from '../duration.ts';
import type { CertificateSigningRequest } from '../extension-kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import type { UserInfo } from '../request.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validateSigningRequest, validateSigningRequestChange } from './validation.ts';

/** `Approved,Issued`: what has been decided, and whether there is a certificate. */
export function conditionText({ status }: CertificateSigningRequest): string {
  const types = new Set((status?.conditions ?? []).map(({ type }) => type));
  const parts: string[] = [];
  if (types.has('Denied')) parts.push('Denied');
  else if (types.has('Approved')) parts.push('Approved');
  else parts.push('Pending');
  if (types.has('Failed')) parts.push('Failed');
  if ((status?.certificate ?? '') !== '') parts.push('Issued');
  return parts.join(',');
}

type Spec = NonNullable<CertificateSigningRequest['spec']>;
type Status = NonNullable<CertificateSigningRequest['status']>;

const HALVES = specAndStatus<CertificateSigningRequest>({ counted: false, status: {} });

/** Conditions say when they came and when they last changed, whether the client did or not. */
function withTimes(next: CertificateSigningRequest, previous: CertificateSigningRequest, now: string): Status {
  const before = previous.status?.conditions ?? [];
  const conditions = (next.status?.conditions ?? []).map((condition) => {
    const old = before.find(({ type }) => type === condition.type);
    const since = old?.status === condition.status ? old.lastTransitionTime : now;
    return withDefaults(condition, { lastUpdateTime: now, lastTransitionTime: since ?? now });
  });
  return { ...next.status, ...(conditions.length === 0 ? {} : { conditions }) };
}

/** The request says who made it, whatever its maker wrote there. */
function withRequester(object: CertificateSigningRequest, user: UserInfo | undefined): CertificateSigningRequest {
  const { username: _, uid: _uid, groups: _groups, extra: _extra, ...spec } = object.spec ?? ({} as Spec);
  if (user === undefined) return { ...object, spec };
  const { username, uid, groups } = user;
  return { ...object, spec: { ...spec, username, ...(uid === undefined ? {} : { uid }), groups: [...groups] } };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/ */
export const certificateSigningRequest = storedKind<CertificateSigningRequest>({
  group: 'certificates.k8s.io',
  version: 'v1',
  kind: 'CertificateSigningRequest',
  plural: 'certificatesigningrequests',
  shortNames: ['csr'],
  schema: 'io.k8s.api.certificates.v1.CertificateSigningRequest',
  subresources: ['approval', 'status'],
  ...HALVES,
  prepareForCreate: (object, context) => withRequester(HALVES.prepareForCreate(object, context), context.user),
  prepareForUpdate(next, previous, context) {
    if (context.subresource === 'approval') {
      // Nothing but the conditions is taken over.
      const status = { ...previous.status, conditions: withTimes(next, previous, context.timestamp).conditions ?? [] };
      return { ...previous, metadata: next.metadata, status };
    }
    const prepared = HALVES.prepareForUpdate(next, previous, context);
    if (!context.status) return prepared;
    return withField(prepared, 'status', withTimes(prepared, previous, context.timestamp));
  },
  ...validation<CertificateSigningRequest>({
    namespaced: false,
    // Whatever one likes to call a request.
    checkName: () => [],
    validate: validateSigningRequest,
    validateChange: validateSigningRequestChange,
  }),
  selectableFields: ({ spec }) => ({ 'spec.signerName': spec?.signerName ?? '' }),
  columns: [
    nameColumn,
    ageColumn,
    column(
      'SignerName',
      'signerName indicates the requested signer, and is a qualified name.',
      ({ spec }) => spec?.signerName || '<none>',
    ),
    column('Requestor', 'Base64-encoded PKCS#10 CSR data', ({ spec }) => spec?.username ?? ''),
    column(
      'RequestedDuration',
      'expirationSeconds is the requested duration of validity of the issued certificate. The certificate signer may issue a certificate with a different validity duration so a client must check the delta between the notBefore and and notAfter fields in the issued certificate to determine the actual duration.',
      ({ spec }) => (spec?.expirationSeconds === undefined ? '<none>' : humanDuration(spec.expirationSeconds * 1000)),
    ),
    column(
      'Condition',
      'conditions applied to the request. Known conditions are "Approved", "Denied", and "Failed".',
      conditionText,
    ),
  ],
});
