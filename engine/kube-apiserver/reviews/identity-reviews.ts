import { ISSUER } from '../authentication/service-account-tokens.ts';
import type { Review } from './review.ts';

// https://kubernetes.io/docs/reference/access-authn-authz/authentication/

const GROUP = 'authentication.k8s.io';

/** Who am I? What `kubectl auth whoami` shows. */
const selfSubjectReview: Review = {
  group: GROUP,
  version: 'v1',
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  namespaced: false,
  schema: 'io.k8s.api.authentication.v1.SelfSubjectReview',
  answer: (_, { user }) => ({ userInfo: user }),
};

/** Whose token is this? */
const tokenReview: Review = {
  group: GROUP,
  version: 'v1',
  kind: 'TokenReview',
  plural: 'tokenreviews',
  namespaced: false,
  schema: 'io.k8s.api.authentication.v1.TokenReview',
  answer: (object, { server }) => {
    const { token = '', audiences = [] } = (object['spec'] ?? {}) as { token?: string; audiences?: readonly string[] };
    const joining = server.authenticator.bootstrapUser(token);
    if (joining !== undefined) return { authenticated: true, user: joining, audiences: [ISSUER] };
    const known = server.authenticator.examine(token);
    if (known === undefined) return { user: {}, error: 'invalid bearer token' };
    if (typeof known === 'string') return { user: {}, error: `[invalid bearer token, ${known}]` };
    const wanted = audiences.length === 0 ? [ISSUER] : audiences;
    const common = wanted.filter((audience) => known.claims.aud.includes(audience));
    if (common.length === 0) return { user: {}, error: audienceError(known.claims.aud, wanted) };
    return { authenticated: true, user: known.user, audiences: common };
  },
};

function audienceError(has: readonly string[], wanted: readonly string[]): string {
  const show = (audiences: readonly string[]) => `[${audiences.map((each) => JSON.stringify(each)).join(' ')}]`;
  return `[invalid bearer token, token audiences ${show(has)} is invalid for the target audiences ${show(wanted)}]`;
}

export const IDENTITY_REVIEWS: readonly Review[] = [selfSubjectReview, tokenReview];
