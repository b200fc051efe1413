import { withDefaults } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { invalid, required } from '../field-errors.ts';
import type { ClusterRole, PolicyRule, Role } from '../kinds.ts';
import { checkPathSegmentName } from '../names.ts';
import { createdAtColumn, nameColumn } from '../printer-columns.ts';
import { validateSelector } from '../selector-validation.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { RBAC_GROUP } from './names.ts';

// https://kubernetes.io/docs/reference/access-authn-authz/rbac/

/** After kubernetes/kubernetes pkg/apis/rbac/validation ValidatePolicyRule. */
function validateRule(errors: FieldError[], rule: PolicyRule, namespaced: boolean, at: string): void {
  const { verbs = [], apiGroups = [], resources = [], nonResourceURLs = [] } = rule;
  if (verbs.length === 0) errors.push(required(`${at}.verbs`, 'verbs must contain at least one value'));
  if (nonResourceURLs.length > 0) {
    if (namespaced) {
      const detail = 'namespaced rules cannot apply to non-resource URLs';
      errors.push(invalid(`${at}.nonResourceURLs`, nonResourceURLs, detail));
    }
    if (apiGroups.length > 0 || resources.length > 0 || (rule.resourceNames?.length ?? 0) > 0) {
      const detail = 'rules cannot apply to both regular resources and non-resource URLs';
      errors.push(invalid(`${at}.nonResourceURLs`, nonResourceURLs, detail));
    }
    return;
  }
  if (apiGroups.length === 0) {
    errors.push(required(`${at}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (resources.length === 0) {
    errors.push(required(`${at}.resources`, 'resource rules must supply at least one resource'));
  }
}

function validateRules(
  errors: FieldError[],
  rules: readonly PolicyRule[] | null | undefined,
  namespaced: boolean,
): void {
  rules?.forEach((rule, index) => {
    validateRule(errors, rule, namespaced, `rules[${index}]`);
  });
}

/** A role without rules says so. */
const NO_RULES = { rules: null };

export const role = storedKind<Role>({
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'Role',
  plural: 'roles',
  schema: 'io.k8s.api.rbac.v1.Role',
  applyDefaults: (object) => withDefaults(object, NO_RULES),
  ...validation<Role>({
    namespaced: true,
    checkName: checkPathSegmentName,
    validate: (errors, { rules }) => validateRules(errors, rules, true),
  }),
  columns: [nameColumn, createdAtColumn],
});

export const clusterRole = storedKind<ClusterRole>({
  group: RBAC_GROUP,
  version: 'v1',
  kind: 'ClusterRole',
  plural: 'clusterroles',
  schema: 'io.k8s.api.rbac.v1.ClusterRole',
  applyDefaults: (object) => withDefaults(object, NO_RULES),
  ...validation<ClusterRole>({
    namespaced: false,
    checkName: checkPathSegmentName,
    validate(errors, { rules, aggregationRule }) {
      validateRules(errors, rules, false);
      if (aggregationRule === undefined) return;
      const field = 'aggregationRule.clusterRoleSelectors';
      const selectors = aggregationRule.clusterRoleSelectors ?? [];
      if (selectors.length === 0) {
        errors.push(required(field, 'at least one clusterRoleSelector required if aggregationRule is non-nil'));
      }
      selectors.forEach((selector, index) => {
        validateSelector(errors, selector, `${field}[${index}]`);
      });
    },
  }),
  columns: [nameColumn, createdAtColumn],
});
