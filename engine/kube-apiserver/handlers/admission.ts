import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import type { ResourceRequest } from '../context.ts';

/** What admission is told of a request. */
function admissionRequest(
  { kind, info, user, warnings }: ResourceRequest,
  operation: AdmissionRequest['operation'],
  dryRun: boolean,
  stored?: KubeObject,
): AdmissionRequest {
  // A Namespace is created in itself.
  const namespace = kind.namespaced ? info.namespace : '';
  const { name, subresource } = info;
  return { operation, kind, namespace, name, subresource, user, dryRun, stored, warn: (text) => warnings.push(text) };
}

/** Who creates, and the two turns that admission has. */
export function admitCreation(request: ResourceRequest, dryRun: boolean) {
  const { admission } = request.server;
  const asked = admissionRequest(request, 'CREATE', dryRun);
  const named = ({ metadata }: KubeObject) => (asked.name === '' ? { ...asked, name: metadata.name } : asked);
  return {
    user: request.user,
    admit: (object: KubeObject) => admission.admit(named(object), object),
    validate: (object: KubeObject) => admission.validate(named(object), object),
  };
}

/** Admission of what an update or a patch leads to, before it is validated. */
export function admitUpdate(
  request: ResourceRequest,
  object: KubeObject,
  stored: KubeObject,
  dryRun: boolean,
): KubeObject {
  return request.server.admission.admit(admissionRequest(request, 'UPDATE', dryRun, stored), object);
}

/** Admission's judgement of an update, for `UpdateOptions.validate`. */
export function judgeUpdate(request: ResourceRequest, dryRun: boolean) {
  return (object: KubeObject, stored: KubeObject): void =>
    request.server.admission.validate(admissionRequest(request, 'UPDATE', dryRun, stored), object);
}

/** Admission of a deletion; `stored` is absent for a whole collection. */
export function admitDeletion(request: ResourceRequest, dryRun: boolean, stored: KubeObject | undefined): void {
  const { admission } = request.server;
  const asked = admissionRequest(request, 'DELETE', dryRun, stored);
  admission.admit(asked, undefined);
  admission.validate(asked, undefined);
}

/** Admission of what is posted to a subresource. */
export function admitSubresource(
  request: ResourceRequest,
  operation: 'CREATE' | 'CONNECT',
  object: unknown,
  dryRun = false,
): void {
  const { admission } = request.server;
  const asked = admissionRequest(request, operation, dryRun);
  admission.validate(asked, admission.admit(asked, object as KubeObject));
}
