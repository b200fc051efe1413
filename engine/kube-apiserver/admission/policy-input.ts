import type { KindDescriptor } from '../../api/descriptor.ts';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest, Lookup } from './admission.ts';
import type { PolicyInput } from './policy-port.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression */
export function inputOf(
  request: AdmissionRequest,
  object: KubeObject | undefined,
  params: KubeObject | null,
  lookup: Lookup,
  /** As what it is judged. */
  as = request.kind,
): PolicyInput {
  const { kind, operation, namespace, name, subresource, user, dryRun, stored } = request;
  const asked = namesOf(kind);
  const judged = namesOf(as);
  return {
    object: operation === 'DELETE' ? null : (object ?? null),
    oldObject: stored ?? null,
    params,
    namespaceObject: namespace === '' ? null : (lookup('namespaces', '', namespace) ?? null),
    request: {
      ...judged,
      subResource: subresource,
      requestKind: asked.kind,
      requestResource: asked.resource,
      requestSubResource: subresource,
      name,
      namespace,
      operation,
      userInfo: user,
      dryRun,
      options: request.options(),
    },
  };
}

function namesOf({ group, version, kind, plural }: KindDescriptor) {
  return { kind: { group, version, kind }, resource: { group, version, resource: plural } };
}
