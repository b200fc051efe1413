import { ISSUER, tokenUser, verifyToken } from '../authentication/service-account-tokens.ts';
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
    const claims = verifyToken(token, server.clock.nowMs / 1000, server.lookup);
    const wanted = audiences.length === 0 ? [ISSUER] : audiences;
    const common = wanted.filter((audience) => claims?.aud.includes(audience) === true);
    if (claims === undefined || common.length === 0) return { user: {}, error: 'invalid bearer token' };
    return { authenticated: true, user: tokenUser(claims), audiences: common };
  },
};

export const IDENTITY_REVIEWS: readonly Review[] = [selfSubjectReview, tokenReview];
