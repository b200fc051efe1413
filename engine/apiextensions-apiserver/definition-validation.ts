import type {
  CustomResourceDefinition,
  CustomResourceNames,
  CustomResourceVersion,
} from '../api/apiextensions/custom-resource-definition.ts';
import { isConditionTrue } from '../api/apiextensions/custom-resource-definition.ts';
import { sameValue } from '../api/copy-on-write.ts';
import type { FieldError } from '../api/field-error.ts';
import { forbidden, immutable, invalid, notSupported, required } from '../api/field-errors.ts';
import { checkLabel1035, checkSubdomain1123 } from '../api/names.ts';
import type { CheckRules } from './rule-validation.ts';
import { validateVersionParts } from './version-validation.ts';

// After apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go. What all versions share is judged (and
// named) once, at the place where `v1beta1` had it: `spec.validation`, `spec.subresources`, …

const APPROVAL = 'api-approved.kubernetes.io';
const APPROVAL_PAGE = 'see https://github.com/kubernetes/enhancements/pull/1111';

type Spec = CustomResourceDefinition['spec'];

/** What is wrong with a definition besides its metadata. */
export function validateDefinition(
  definition: CustomResourceDefinition,
  previous: CustomResourceDefinition | undefined,
  checkRules: CheckRules,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const { metadata } = definition;
  const spec = (definition.spec ?? {}) as Spec;
  if (previous === undefined) checkName(errors, definition);
  validateSpec(errors, spec, checkRules);
  validateNames(errors, definition.status?.acceptedNames ?? { plural: '', kind: '' }, 'status.acceptedNames');
  checkStoredVersions(errors, definition);
  if (previous === undefined) checkApproval(errors, spec.group ?? '', metadata.annotations?.[APPROVAL]);
  else checkImmutable(errors, spec, previous);
  return errors;
}

function checkName(errors: FieldError[], { metadata, spec }: CustomResourceDefinition): void {
  const expected = `${spec?.names?.plural ?? ''}.${spec?.group ?? ''}`;
  if (metadata.name === expected) return;
  errors.push(invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
}

function validateSpec(errors: FieldError[], spec: Spec, checkRules: CheckRules): void {
  const { group = '', scope = '', versions = [] } = spec;
  if (group === '') errors.push(required('spec.group'));
  else {
    const problems = checkSubdomain1123(group);
    if (problems.length > 0) errors.push(invalid('spec.group', group, problems.join(',')));
    else if (!group.includes('.'))
      errors.push(invalid('spec.group', group, 'should be a domain with at least one dot'));
  }
  checkEnum(errors, 'spec.scope', scope, ['Cluster', 'Namespaced']);
  if (spec.preserveUnknownFields === true) {
    const why =
      'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    errors.push(invalid('spec.preserveUnknownFields', true, why));
  }
  validateVersions(errors, versions, checkRules);
  validateRequiredNames(errors, spec.names);
  validateConversion(errors, spec.conversion);
}

function validateVersions(
  errors: FieldError[],
  versions: readonly CustomResourceVersion[],
  checkRules: CheckRules,
): void {
  versions.forEach((version, index) => {
    if (version.schema?.openAPIV3Schema === undefined) {
      errors.push(required(`spec.versions[${index}].schema.openAPIV3Schema`));
    }
  });
  versions.forEach(({ name = '' }, index) => {
    const problems = checkLabel1035(name);
    if (problems.length > 0) errors.push(invalid(`spec.versions[${index}].name`, name, problems.join(',')));
  });
  validateVersionParts(errors, versions, checkRules);
  const names = versions.map(({ name }) => name);
  if (new Set(names).size < names.length) {
    errors.push(invalid('spec.versions', versions.map(internalVersion), 'must contain unique version names'));
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    const why = 'must have exactly one version marked as storage version';
    errors.push(invalid('spec.versions', versions.map(internalVersion), why));
  }
}

/** A version as the server prints it in errors, what all versions share left out. */
function internalVersion({ name, served, storage, deprecated, deprecationWarning }: CustomResourceVersion) {
  return {
    Name: name,
    Served: served,
    Storage: storage,
    Deprecated: deprecated ?? false,
    DeprecationWarning: deprecationWarning ?? null,
    Schema: null,
    Subresources: null,
    AdditionalPrinterColumns: null,
    SelectableFields: null,
  };
}

function validateRequiredNames(errors: FieldError[], names: CustomResourceNames | undefined): void {
  for (const key of ['plural', 'singular', 'kind', 'listKind'] as const) {
    if ((names?.[key] ?? '') === '') errors.push(required(`spec.names.${key}`));
  }
  if (names !== undefined) validateNames(errors, names, 'spec.names');
}

function validateNames(errors: FieldError[], names: CustomResourceNames, path: string): void {
  const { plural = '', singular = '', kind = '', listKind = '', shortNames = [], categories = [] } = names;
  const check = (field: string, name: string, checked = name, lead = '') => {
    const problems = name === '' ? [] : checkLabel1035(checked);
    if (problems.length > 0) errors.push(invalid(`${path}.${field}`, name, lead + problems.join(',')));
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  check('plural', plural);
  check('singular', singular);
  check('kind', kind, kind.toLowerCase(), mixed);
  check('listKind', listKind, listKind.toLowerCase(), mixed);
  for (const [index, name] of (shortNames ?? []).entries()) check(`shortNames[${index}]`, name);
  if (kind !== '' && kind === listKind) {
    errors.push(invalid(`${path}.listKind`, listKind, 'kind and listKind may not be the same'));
  }
  for (const [index, name] of (categories ?? []).entries()) check(`categories[${index}]`, name);
}

function validateConversion(errors: FieldError[], conversion: Spec['conversion']): void {
  if (conversion === undefined) return;
  const { strategy = '', webhook } = conversion;
  checkEnum(errors, 'spec.conversion.strategy', strategy, ['None', 'Webhook']);
  const place = 'spec.conversion.webhookClientConfig';
  if (strategy !== 'Webhook') {
    if (webhook?.clientConfig === undefined) return;
    errors.push(forbidden(place, 'should not be set when strategy is not set to Webhook'));
    return;
  }
  if (webhook?.clientConfig === undefined) {
    errors.push(required(place, 'required when strategy is set to Webhook'));
  } else if ((webhook.clientConfig.url === undefined) === (webhook.clientConfig.service === undefined)) {
    errors.push(required(place, 'exactly one of url or service is required'));
  }
  if ((webhook?.conversionReviewVersions?.length ?? 0) === 0) {
    errors.push(required('spec.conversion.conversionReviewVersions'));
  }
}

function checkEnum(errors: FieldError[], field: string, value: string, supported: readonly string[]): void {
  if (value === '') errors.push(required(field));
  else if (!supported.includes(value)) errors.push(notSupported(field, value, supported));
}

function checkStoredVersions(errors: FieldError[], { spec, status }: CustomResourceDefinition): void {
  const path = 'status.storedVersions';
  const stored = status?.storedVersions ?? [];
  if (stored.length === 0) {
    errors.push(invalid(path, status?.storedVersions, 'must have at least one stored version'));
    return;
  }
  const { versions = [] } = spec ?? {};
  for (const { name, storage } of versions) {
    if (storage && !stored.includes(name)) errors.push(invalid(path, stored, `must have the storage version ${name}`));
  }
  stored.forEach((name, index) => {
    if (versions.some((version) => version.name === name)) return;
    const why =
      `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a ` +
      `storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`;
    errors.push(invalid(`${path}[${index}]`, name, why));
  });
}

function isProtected(group: string): boolean {
  return ['k8s.io', 'kubernetes.io'].some((domain) => group === domain || group.endsWith(`.${domain}`));
}

/** https://kubernetes.io/docs/reference/labels-annotations-taints/#api-approved-kubernetes-io */
function checkApproval(errors: FieldError[], group: string, annotation: string | undefined): void {
  if (!isProtected(group)) return;
  const place = `metadata.annotations[${APPROVAL}]`;
  const must = `protected groups must have approval annotation "${APPROVAL}"`;
  if ((annotation ?? '') === '') {
    errors.push(required(place, `${must}, ${APPROVAL_PAGE}`));
  } else if (!annotation!.startsWith('unapproved') && !/^[a-z][a-z0-9+.-]*:\/\/[^/]+/i.test(annotation!)) {
    const why = `${must} with either a URL or a reason starting with "unapproved", ${APPROVAL_PAGE}`;
    errors.push(invalid(place, annotation, why));
  }
}

/** What stored objects depend on. */
function checkImmutable(errors: FieldError[], spec: Spec, previous: CustomResourceDefinition): void {
  const before = previous.spec;
  if (isConditionTrue(previous, 'Established')) {
    if (spec.scope !== before.scope) errors.push(immutable('spec.scope', spec.scope));
    if (spec.names.kind !== before.names.kind) errors.push(immutable('spec.names.kind', spec.names.kind));
  }
  if (spec.group !== before.group) errors.push(immutable('spec.group', spec.group));
  if (!sameValue(spec.names.plural, before.names.plural)) {
    errors.push(immutable('spec.names.plural', spec.names.plural));
  }
}
