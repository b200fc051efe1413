import type { KindDescriptor } from '../../../api/descriptor.ts';
import type { KubeObject } from '../../../api/object.ts';
import { type Status, StatusError } from '../../../api/status-error.ts';
import type { AdmissionRequest } from '../admission.ts';
import { reviewForm } from './review-form.ts';

const VERSIONS: readonly string[] = ['v1', 'v1beta1'];

/** What a webhook's answer says, as far as it is looked at. */
export interface ReviewResponse {
  readonly allowed: boolean;
  readonly status?: Partial<Status>;
  readonly patch?: string;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, unknown>>;
}

/**
 * The question to a webhook. https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#request
 *
 * @param versions of AdmissionReview that the webhook understands, the one it likes best first
 */
export function admissionReview(
  request: AdmissionRequest,
  kind: KindDescriptor,
  object: KubeObject | undefined,
  uid: string,
  versions: readonly string[],
) {
  const { operation, subresource, user, dryRun, stored } = request;
  const form = reviewForm(request, kind);
  const asked = reviewForm(request, request.kind);
  const version = versions.find((each) => VERSIONS.includes(each)) ?? 'v1';
  return {
    kind: 'AdmissionReview',
    apiVersion: `admission.k8s.io/${version}`,
    request: {
      uid,
      kind: form.kind,
      resource: resourceOf(kind),
      ...(subresource === '' ? {} : { subResource: subresource }),
      requestKind: asked.kind,
      requestResource: resourceOf(request.kind),
      ...(subresource === '' ? {} : { requestSubResource: subresource }),
      ...namesOf(request, object),
      operation,
      userInfo: user,
      object: operation === 'DELETE' || object === undefined ? null : form.show(object),
      oldObject: stored === undefined ? null : form.show(stored),
      dryRun,
      options: request.options(),
    },
  };
}

function resourceOf({ group, version, plural }: KindDescriptor) {
  return { group, version, resource: plural };
}

/** A name that is yet to be generated is none, and a Namespace is in itself. */
function namesOf({ kind, namespace, name }: AdmissionRequest, object: KubeObject | undefined) {
  const { metadata } = object ?? {};
  const isGenerated = name !== '' && name === metadata?.generateName && (metadata.name ?? '') === '';
  const home = kind.group === '' && kind.kind === 'Namespace' ? name : namespace;
  return { ...(isGenerated || name === '' ? {} : { name }), ...(home === '' ? {} : { namespace: home }) };
}

type Review = ReturnType<typeof admissionReview>;

/**
 * What a webhook has answered. @throws Error for an answer that breaks the rules, in the words of k8s.io/apiserver
 * `pkg/admission/plugin/webhook/request/admissionreview.go`.
 */
export function readReview({ apiVersion, request }: Review, body: unknown, mutating: boolean): ReviewResponse {
  const answer = recordOf(body);
  const response = answer['response'];
  if (typeof response !== 'object' || response === null) throw new Error('webhook response was absent');
  const { uid = '', allowed, status, patch = '', patchType, warnings, auditAnnotations } = recordOf(response);
  if (uid !== request.uid && apiVersion === 'admission.k8s.io/v1') {
    throw new Error(`expected response.uid=${JSON.stringify(request.uid)}, got ${JSON.stringify(uid)}`);
  }
  if (answer['apiVersion'] !== apiVersion || answer['kind'] !== 'AdmissionReview') {
    const got = `${answer['apiVersion'] ?? ''}, Kind=${answer['kind'] ?? ''}`;
    throw new Error(`expected webhook response of ${apiVersion}, Kind=AdmissionReview, got ${got}`);
  }
  const hasPatch = patch !== '' && patch !== null;
  checkPatch(hasPatch, patchType, mutating);
  return {
    allowed: allowed === true,
    ...(typeof status === 'object' && status !== null ? { status: status as Partial<Status> } : {}),
    ...(hasPatch ? { patch: String(patch) } : {}),
    warnings: Array.isArray(warnings) ? warnings.map(String) : [],
    auditAnnotations: recordOf(auditAnnotations),
  };
}

function checkPatch(hasPatch: boolean, patchType: unknown, mutating: boolean): void {
  const hasType = patchType !== undefined && patchType !== null;
  if (!mutating) {
    if (hasPatch) throw new Error('validating webhook may not return response.patch');
    if (hasType) throw new Error('validating webhook may not return response.patchType');
    return;
  }
  if (hasPatch && !hasType) throw new Error('webhook returned response.patch but not response.patchType');
  if (!hasPatch && hasType) throw new Error('webhook returned response.patchType but not response.patch');
  if (hasType && patchType !== 'JSONPatch') throw new Error(`unsupported patch type ${JSON.stringify(patchType)}`);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** The refusal of a webhook that says no. After `plugin/webhook/errors/statuserror.go`. */
export function denial(webhook: string, given: Partial<Status> = {}): StatusError {
  const denied = `admission webhook ${JSON.stringify(webhook)} denied the request`;
  const { message = '', reason = '', code = 0 } = given;
  const why = message === '' ? reason : message;
  return new StatusError({
    metadata: {},
    ...given,
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message: why === '' ? `${denied} without explanation` : `${denied}: ${why}`,
    code: code < 400 ? 400 : code,
  });
}
