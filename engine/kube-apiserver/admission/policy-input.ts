import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest, Lookup } from './admission.ts';
import type { PolicyInput } from './policy-port.ts';

/** https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/#validation-expression */
export function inputOf(
  request: AdmissionRequest,
  object: KubeObject | undefined,
  params: KubeObject | null,
  lookup: Lookup,
): PolicyInput {
  const { kind, operation, namespace, name, subresource, user, dryRun, stored } = request;
  const { group, version } = kind;
  const gvk = { group, version, kind: kind.kind };
  const gvr = { group, version, resource: kind.plural };
  return {
    object: operation === 'DELETE' ? null : (object ?? null),
    oldObject: stored ?? null,
    params,
    namespaceObject: namespace === '' ? null : (lookup('namespaces', '', namespace) ?? null),
    request: {
      kind: gvk,
      resource: gvr,
      subResource: subresource,
      requestKind: gvk,
      requestResource: gvr,
      requestSubResource: subresource,
      name,
      namespace,
      operation,
      userInfo: user,
      dryRun,
      options: {},
    },
  };
}
