import { badRequest, invalidObject } from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { invalid } from '../../api/field-errors.ts';
import type { UserInfo } from '../../api/request.ts';
import type { Access } from '../authorization/access.ts';
import type { Review, ReviewContext } from './review.ts';

// https://kubernetes.io/docs/reference/access-authn-authz/authorization/#checking-api-access

const GROUP = 'authorization.k8s.io';

interface AccessReviewSpec {
  readonly resourceAttributes?: {
    readonly namespace?: string;
    readonly verb?: string;
    readonly group?: string;
    readonly version?: string;
    readonly resource?: string;
    readonly subresource?: string;
    readonly name?: string;
  };
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: UserInfo['extra'];
}

/** Whether somebody may do something: asked of the same authorizers that judge requests. */
function judge(kind: string, spec: AccessReviewSpec, user: UserInfo, { server, namespace }: ReviewContext): object {
  const { resourceAttributes, nonResourceAttributes } = spec;
  const errors: FieldError[] = [];
  if (resourceAttributes !== undefined && nonResourceAttributes !== undefined) {
    const detail = 'cannot be specified in combination with resourceAttributes';
    errors.push(invalid('spec.nonResourceAttributes', nonResourceAttributes, detail));
  } else if (resourceAttributes === undefined && nonResourceAttributes === undefined) {
    const detail = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    errors.push(invalid('spec.resourceAttributes', undefined, detail));
  }
  if (kind !== 'SelfSubjectAccessReview' && user.username === '' && user.groups.length === 0) {
    errors.push(invalid('spec.user', '', 'at least one of user or group must be specified'));
  }
  if (kind === 'LocalSubjectAccessReview') checkLocal(errors, spec);
  if (errors.length > 0) throw invalidObject({ group: GROUP, kind }, '', errors);
  if (kind === 'LocalSubjectAccessReview' && resourceAttributes?.namespace !== namespace) {
    throw badRequest(
      `spec.resourceAttributes.namespace must match namespace: expected ${namespace}, got ${resourceAttributes?.namespace ?? ''}`,
    );
  }
  const { allowed, reason } = server.guard.authorize(accessIn(spec, user));
  return { allowed, ...(reason === '' ? {} : { reason }) };
}

function checkLocal(errors: FieldError[], { nonResourceAttributes }: AccessReviewSpec): void {
  if (nonResourceAttributes === undefined) return;
  const detail = 'disallowed on this kind of request';
  errors.push(invalid('spec.nonResourceAttributes', nonResourceAttributes, detail));
}

function accessIn({ resourceAttributes: at = {}, nonResourceAttributes }: AccessReviewSpec, user: UserInfo): Access {
  const { verb = '', group = '', resource = '', subresource = '', namespace = '', name = '' } = at;
  if (nonResourceAttributes === undefined) {
    return { user, verb, group, resource, subresource, namespace, name, path: '' };
  }
  const { path = '', verb: method = '' } = nonResourceAttributes;
  return { user, verb: method, group: '', resource: '', subresource: '', namespace: '', name: '', path: path || '/' };
}

function accessReview(kind: string, plural: string, namespaced: boolean): Review {
  return {
    group: GROUP,
    version: 'v1',
    kind,
    plural,
    namespaced,
    schema: `io.k8s.api.authorization.v1.${kind}`,
    answer: (object, context) => {
      const spec = (object['spec'] ?? {}) as AccessReviewSpec;
      const { user: username = '', groups = [], uid, extra } = spec;
      const other = {
        username,
        groups,
        ...(uid === undefined ? {} : { uid }),
        ...(extra === undefined ? {} : { extra }),
      };
      return judge(kind, spec, kind === 'SelfSubjectAccessReview' ? context.user : other, context);
    },
  };
}

/** What the asker may do in a Namespace: what `kubectl auth can-i --list` shows. */
const rulesReview: Review = {
  group: GROUP,
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
  schema: 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
  answer: (object, { server, user }) => {
    const { namespace = '' } = (object['spec'] ?? {}) as { readonly namespace?: string };
    if (namespace === '') throw badRequest('no namespace on request');
    return server.guard.rulesFor(user, namespace);
  },
};

export const ACCESS_REVIEWS: readonly Review[] = [
  accessReview('LocalSubjectAccessReview', 'localsubjectaccessreviews', true),
  accessReview('SelfSubjectAccessReview', 'selfsubjectaccessreviews', false),
  rulesReview,
  accessReview('SubjectAccessReview', 'subjectaccessreviews', false),
];
