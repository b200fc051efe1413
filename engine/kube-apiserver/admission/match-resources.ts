import { type LabelSelectorFields, labelSelectorOf } from '../../api/label-selector.ts';
import type { KubeObject } from '../../api/object.ts';
import type { AdmissionRequest, Lookup } from './admission.ts';

interface Rule {
  readonly apiGroups?: readonly string[];
  readonly apiVersions?: readonly string[];
  readonly operations?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly scope?: string;
}

/** Which requests a policy, a binding or a webhook is about. */
export interface Matching {
  readonly rules?: readonly Rule[] | undefined;
  readonly excluded?: readonly Rule[] | undefined;
  readonly namespaceSelector?: LabelSelectorFields | undefined;
  readonly objectSelector?: LabelSelectorFields | undefined;
}

/**
 * Whether a request is meant. Nothing may stand in its own way: the kinds that configure admission are never meant.
 * https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#matching-requests-rules
 */
export function matchesRequest(
  { rules, excluded = [], namespaceSelector, objectSelector }: Matching,
  request: AdmissionRequest,
  object: KubeObject | undefined,
  lookup: Lookup,
): boolean {
  if (rules !== undefined && !rules.some((rule) => matchesRule(rule, request))) return false;
  if (excluded.some((rule) => matchesRule(rule, request))) return false;
  return selectsNamespace(namespaceSelector, request, object, lookup) && selectsObject(objectSelector, request, object);
}

/** Configurations of admission could not be mended if admission stood in their way. */
export function isExempt({ kind }: AdmissionRequest): boolean {
  return kind.group === 'admissionregistration.k8s.io';
}

function matchesRule(rule: Rule, { kind, operation, subresource, name, namespace }: AdmissionRequest): boolean {
  const { group, version, plural } = kind;
  const has = (list: readonly string[] | undefined, value: string) =>
    list?.includes('*') === true || list?.includes(value) === true;
  if (!has(rule.operations, operation) || !has(rule.apiGroups, group) || !has(rule.apiVersions, version)) return false;
  if (rule.scope === 'Namespaced' && namespace === '') return false;
  if (rule.scope === 'Cluster' && namespace !== '') return false;
  const names = rule.resourceNames ?? [];
  if (names.length > 0 && !names.includes(name)) return false;
  return rule.resources?.some((resource) => matchesResource(resource, plural, subresource)) === true;
}

function matchesResource(pattern: string, plural: string, subresource: string): boolean {
  const [resource = '', sub] = pattern.split('/');
  if (resource !== '*' && resource !== plural) return false;
  return sub === undefined ? subresource === '' : sub === '*' || sub === subresource;
}

function selectsNamespace(
  selector: LabelSelectorFields | undefined,
  { kind, namespace }: AdmissionRequest,
  object: KubeObject | undefined,
  lookup: Lookup,
): boolean {
  if (isEmpty(selector)) return true;
  const home =
    kind.kind === 'Namespace' && kind.group === ''
      ? object
      : namespace === ''
        ? undefined
        : lookup('namespaces', '', namespace);
  // What lives in no Namespace is always meant.
  return home === undefined || labelSelectorOf(selector).matches(home.metadata.labels);
}

/** Before or after the change: it must not be possible to slip through by changing labels. */
function selectsObject(
  selector: LabelSelectorFields | undefined,
  { stored }: AdmissionRequest,
  object: KubeObject | undefined,
): boolean {
  if (isEmpty(selector)) return true;
  const compiled = labelSelectorOf(selector);
  return [object, stored].some((each) => each !== undefined && compiled.matches(each.metadata.labels));
}

function isEmpty(selector: LabelSelectorFields | undefined): boolean {
  return selector === undefined || Object.keys(selector).length === 0;
}
