import { sameValue } from '../copy-on-write.ts';
import type { CertificateSigningRequest } from '../extension-kinds.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../field-errors.ts';
import { validateSignerName } from './signer-name.ts';

// After kubernetes/kubernetes pkg/apis/certificates/validation/validation.go.

type Spec = NonNullable<CertificateSigningRequest['spec']>;
type Condition = NonNullable<NonNullable<CertificateSigningRequest['status']>['conditions']>[number];

const USAGES =
  'any,cert sign,client auth,code signing,content commitment,crl sign,data encipherment,decipher only,digital signature,email protection,encipher only,ipsec end system,ipsec tunnel,ipsec user,key agreement,key encipherment,microsoft sgc,netscape sgc,ocsp signing,s/mime,server auth,signing,timestamping'.split(
    ',',
  );
const LEGACY_SIGNER = 'kubernetes.io/legacy-unknown';
const MIN_SECONDS = 600;
const DECISIONS = ['Approved', 'Denied'];
const LASTING = [...DECISIONS, 'Failed'];
const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/;
const NO_SPEC = Object.freeze({}) as Spec;

export function validateSigningRequest(
  errors: FieldError[],
  { spec = NO_SPEC, status }: CertificateSigningRequest,
): void {
  const { request = '', usages = [], signerName = '', expirationSeconds } = spec;
  const problem = requestProblem(request);
  if (problem !== undefined) errors.push(invalid('spec.request', request, problem));
  if (usages.length === 0) errors.push(required('spec.usages', 'usages must be provided'));
  usages.forEach((usage, index) => {
    const at = `spec.usages[${index}]`;
    if (!USAGES.includes(usage)) errors.push(notSupported(at, usage, USAGES));
    if (usages.indexOf(usage) < index) errors.push(duplicate(at, usage));
  });
  if (signerName === LEGACY_SIGNER) {
    const detail = 'the legacy signerName is not allowed via this API version';
    errors.push(invalid('spec.signerName', signerName, detail));
  } else validateSignerName(errors, signerName, 'spec.signerName');
  if (expirationSeconds !== undefined && expirationSeconds < MIN_SECONDS) {
    const detail = 'may not specify a duration less than 600 seconds (10 minutes)';
    errors.push(invalid('spec.expirationSeconds', expirationSeconds, detail));
  }
  validateConditions(errors, status?.conditions ?? []);
}

/** Whether the text is PEM of the right kind. What is inside is not looked at: signatures are not checked here. */
function requestProblem(base64: string): string | undefined {
  const [, type, body = ''] = PEM.exec(decode(base64)) ?? [];
  if (type !== 'CERTIFICATE REQUEST') return 'PEM block type must be CERTIFICATE REQUEST';
  // DER of a sequence begins with 0x30, hence with an M.
  return body.trim().startsWith('M') ? undefined : "asn1: structure error: tags don't match";
}

function decode(base64: string): string {
  try {
    return atob(base64);
  } catch {
    return '';
  }
}

function validateConditions(errors: FieldError[], conditions: readonly Condition[]): void {
  conditions.forEach(({ type = '', status = '' }: Partial<Condition>, index) => {
    const at = `status.conditions[${index}]`;
    const allowed = LASTING.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
    if (type === '') errors.push(required(`${at}.type`));
    if (status === '') errors.push(required(`${at}.status`));
    else if (!allowed.includes(status)) errors.push(notSupported(`${at}.status`, status, allowed));
    const before = conditions.slice(0, index).map((each) => each.type);
    const opposite = DECISIONS.find((each) => each !== type);
    if (DECISIONS.includes(type) && before.includes(opposite!)) {
      errors.push(invalid(`${at}.type`, type, 'Approved and Denied conditions are mutually exclusive'));
    }
    if (before.includes(type)) errors.push(duplicate(`${at}.type`, type));
  });
}

/** What is decided stays so; who may decide writes through `approval`, who signs through `status`. */
export function validateSigningRequestChange(
  errors: FieldError[],
  next: CertificateSigningRequest,
  previous: CertificateSigningRequest,
  { status, subresource }: { readonly status: boolean; readonly subresource?: string },
): void {
  const field = 'status.conditions';
  const before = (type: string) => conditionsOf(previous, type);
  const after = (type: string) => conditionsOf(next, type);
  for (const type of LASTING) {
    if (after(type).length < before(type).length) {
      errors.push(forbidden(field, `updates may not remove a condition of type ${JSON.stringify(type)}`));
    }
  }
  if (subresource !== 'approval') {
    for (const type of DECISIONS) {
      const quoted = JSON.stringify(type);
      if (after(type).length > before(type).length) {
        errors.push(forbidden(field, `updates may not add a condition of type ${quoted}`));
      } else if (after(type).length === before(type).length && !sameValue(after(type), before(type))) {
        errors.push(forbidden(field, `updates may not modify a condition of type ${quoted}`));
      }
    }
  }
  const { certificate = '' } = previous.status ?? {};
  if ((next.status?.certificate ?? '') === certificate) return;
  if (!status) errors.push(forbidden('status.certificate', 'updates may not set certificate content'));
  else if (certificate !== '') {
    errors.push(forbidden('status.certificate', 'updates may not modify existing certificate content'));
  }
}

function conditionsOf({ status }: CertificateSigningRequest, type: string): readonly Condition[] {
  return (status?.conditions ?? []).filter((condition) => condition.type === type);
}
