import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest } from '../admission/admission.ts';
import type { ResourceRequest } from '../context.ts';
import type { CreateOptions } from '../registry/store.ts';

/** What admission is told of a request. */
function admissionRequest(
  sent: ResourceRequest,
  operation: AdmissionRequest['operation'],
  dryRun: boolean,
  stored?: KubeObject,
  name = sent.info.name,
): AdmissionRequest {
  const { kind, info, user, warnings } = sent;
  // A Namespace is created in itself.
  const namespace = kind.namespaced ? info.namespace : '';
  const { subresource } = info;
  const options = () => optionsOf(sent, operation);
  return { operation, kind, namespace, name, subresource, user, dryRun, stored, warnings, options };
}

/** The options that a request has in its query, or a deletion in its body. */
function optionsOf({ request, query }: ResourceRequest, operation: AdmissionRequest['operation']): object {
  const verb = {
    CREATE: 'Create',
    UPDATE: request.method === 'PATCH' ? 'Patch' : 'Update',
    DELETE: 'Delete',
    CONNECT: '',
  }[operation];
  if (verb === '') return {};
  const body = operation === 'DELETE' && typeof request.body === 'object' ? request.body : {};
  const texts = ['fieldManager', 'fieldValidation', 'propagationPolicy'].map(
    (name) => [name, query.text(name)] as const,
  );
  return {
    ...body,
    kind: `${verb}Options`,
    apiVersion: 'meta.k8s.io/v1',
    ...Object.fromEntries(texts.filter(([, text]) => text !== '')),
    ...(query.has('dryRun') ? { dryRun: query.all('dryRun') } : {}),
  };
}

/** How a request creates: for whom, with which managers of its fields, and the two turns that admission has. */
export function admitCreation(
  request: ResourceRequest,
  dryRun: boolean,
  managedFields: CreateOptions['managedFields'],
): CreateOptions {
  const { admission } = request.server;
  // Before a name is generated, refusals name what it will begin with.
  let asked: AdmissionRequest | undefined;
  const named = ({ metadata: { name, generateName = '' } }: KubeObject) => {
    const called = request.info.name || name || generateName;
    if (asked?.name !== called) asked = admissionRequest(request, 'CREATE', dryRun, undefined, called);
    return asked;
  };
  return {
    dryRun,
    user: request.user,
    managedFields,
    admit: (object) => admission.admit(named(object), object),
    validate: (object) => admission.validate(named(object), object),
  };
}

/** The two turns that admission has over what an update or a patch leads to: before it is validated, and after. */
export function admitUpdate(request: ResourceRequest, dryRun: boolean) {
  const { admission } = request.server;
  let asked: AdmissionRequest;
  return {
    admit: (object: KubeObject, stored: KubeObject) => {
      asked = admissionRequest(request, 'UPDATE', dryRun, stored);
      return admission.admit(asked, object);
    },
    validate: (object: KubeObject) => admission.validate(asked, object),
  };
}

/** Admission of a deletion; `stored` is absent for a whole collection. */
export function admitDeletion(request: ResourceRequest, dryRun: boolean, stored: KubeObject | undefined): void {
  const { admission } = request.server;
  const asked = admissionRequest(request, 'DELETE', dryRun, stored);
  admission.admit(asked, undefined);
  admission.validate(asked, undefined);
}

/** Admission of what is posted to a subresource; returns it as it is by then. */
export function admitSubresource<T>(
  request: ResourceRequest,
  operation: 'CREATE' | 'CONNECT',
  object: T,
  dryRun = false,
): T {
  const { admission } = request.server;
  const asked = admissionRequest(request, operation, dryRun);
  const admitted = admission.admit(asked, object as KubeObject);
  admission.validate(asked, admitted);
  return admitted as T;
}
