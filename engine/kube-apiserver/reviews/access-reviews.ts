import { invalidObject } from '../../api/errors.ts';
import type { FieldError } from '../../api/field-error.ts';
import { invalid } from '../../api/field-errors.ts';
import type { UserInfo } from '../../api/request.ts';
import { authorize } from '../authorization.ts';
import type { Review } from './review.ts';

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
}

/** Whether somebody may do something: asked of the same authorizer that judges requests. */
function judge(kind: string, spec: AccessReviewSpec, user: UserInfo): object {
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
  if (errors.length > 0) throw invalidObject({ group: GROUP, kind }, '', errors);
  const at = resourceAttributes ?? {};
  const why = authorize({
    user,
    verb: at.verb ?? nonResourceAttributes?.verb ?? '',
    info: {
      group: at.group ?? '',
      version: at.version ?? '',
      namespace: at.namespace ?? '',
      resource: at.resource ?? '',
      name: at.name ?? nonResourceAttributes?.path ?? '',
      subresource: at.subresource ?? '',
    },
  });
  return why === undefined ? { allowed: true } : { allowed: false, reason: why };
}

function accessReview(kind: string, plural: string, namespaced: boolean): Review {
  return {
    group: GROUP,
    version: 'v1',
    kind,
    plural,
    namespaced,
    schema: `io.k8s.api.authorization.v1.${kind}`,
    answer: (object, { user }) => {
      const spec = (object['spec'] ?? {}) as AccessReviewSpec;
      const { user: username = '', groups = [], uid } = spec;
      const other = { username, groups, ...(uid === undefined ? {} : { uid }) };
      return judge(kind, spec, kind === 'SelfSubjectAccessReview' ? user : other);
    },
  };
}

const EVERYTHING = ['*'];

/** What the asker may do in a Namespace. Until there are roles this is one rule: everything. */
const rulesReview: Review = {
  group: GROUP,
  version: 'v1',
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  namespaced: false,
  schema: 'io.k8s.api.authorization.v1.SelfSubjectRulesReview',
  answer: () => ({
    resourceRules: [{ verbs: EVERYTHING, apiGroups: EVERYTHING, resources: EVERYTHING }],
    nonResourceRules: [{ verbs: EVERYTHING, nonResourceURLs: EVERYTHING }],
    incomplete: false,
  }),
};

export const ACCESS_REVIEWS: readonly Review[] = [
  accessReview('LocalSubjectAccessReview', 'localsubjectaccessreviews', true),
  accessReview('SelfSubjectAccessReview', 'selfsubjectaccessreviews', false),
  rulesReview,
  accessReview('SubjectAccessReview', 'subjectaccessreviews', false),
];
