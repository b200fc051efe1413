import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, required } from '../field-errors.ts';
import type { PodSpec } from '../kinds.ts';
import type { LabelSelectorFields } from '../label-selector.ts';
import { checkLabel1123, checkQualifiedName } from '../names.ts';
import { validateSelector } from '../selector-validation.ts';

type Affinity = NonNullable<PodSpec['affinity']>;
type NodeAffinity = NonNullable<Affinity['nodeAffinity']>;
type NodeTerm = NonNullable<NodeAffinity['preferredDuringSchedulingIgnoredDuringExecution']>[number]['preference'];
type Requirement = NonNullable<NodeTerm['matchExpressions']>[number];
type PodAffinity = NonNullable<Affinity['podAffinity']>;
type PodTerm = NonNullable<PodAffinity['requiredDuringSchedulingIgnoredDuringExecution']>[number];

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/ */
export function validateAffinity(errors: FieldError[], affinity: Affinity, field: string): void {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  if (nodeAffinity !== undefined) validateNodeAffinity(errors, nodeAffinity, `${field}.nodeAffinity`);
  if (podAffinity !== undefined) validatePodAffinity(errors, podAffinity, `${field}.podAffinity`);
  if (podAntiAffinity !== undefined) validatePodAffinity(errors, podAntiAffinity, `${field}.podAntiAffinity`);
}

function validateWeight(errors: FieldError[], weight: number | undefined, field: string): void {
  const value = weight ?? 0;
  if (value < 1 || value > 100) errors.push(invalid(`${field}.weight`, value, 'must be in the range 1-100'));
}

export function validateNodeAffinity(errors: FieldError[], affinity: NodeAffinity, field: string): void {
  const selector = affinity[REQUIRED];
  if (selector !== undefined) {
    const at = `${field}.${REQUIRED}.nodeSelectorTerms`;
    const terms = selector.nodeSelectorTerms ?? [];
    if (terms.length === 0) errors.push(required(at, 'must have at least one node selector term'));
    terms.forEach((term, index) => {
      validateNodeTerm(errors, term, `${at}[${index}]`);
    });
  }
  affinity[PREFERRED]?.forEach(({ weight, preference }, index) => {
    const at = `${field}.${PREFERRED}[${index}]`;
    validateWeight(errors, weight, at);
    validateNodeTerm(errors, preference ?? {}, `${at}.preference`);
  });
}

function validateNodeTerm(errors: FieldError[], { matchExpressions = [], matchFields = [] }: NodeTerm, field: string) {
  matchExpressions.forEach((requirement, index) => {
    validateRequirement(errors, requirement, `${field}.matchExpressions[${index}]`);
  });
  matchFields.forEach(({ key, operator, values = [] }, index) => {
    const at = `${field}.matchFields[${index}]`;
    if (operator !== 'In' && operator !== 'NotIn') {
      errors.push(invalid(`${at}.operator`, operator ?? '', 'not a valid selector operator'));
    } else if (values.length !== 1) {
      errors.push(
        required(`${at}.values`, "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"),
      );
    }
    if (key !== 'metadata.name') errors.push(invalid(`${at}.key`, key ?? '', 'not a valid field selector key'));
  });
}

function validateRequirement(errors: FieldError[], { key, operator, values = [] }: Requirement, field: string): void {
  switch (operator as string) {
    case 'In':
    case 'NotIn':
      if (values.length > 0) break;
      errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length === 0) break;
      errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
      break;
    case 'Gt':
    case 'Lt':
      if (values.length === 1) break;
      errors.push(required(`${field}.values`, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
      break;
    default:
      errors.push(invalid(`${field}.operator`, operator ?? '', 'not a valid selector operator'));
  }
  for (const detail of checkQualifiedName(key ?? '')) errors.push(invalid(`${field}.key`, key ?? '', detail));
}

function validatePodAffinity(errors: FieldError[], affinity: PodAffinity, field: string): void {
  affinity[REQUIRED]?.forEach((term, index) => {
    validatePodTerm(errors, term, `${field}.${REQUIRED}[${index}]`);
  });
  affinity[PREFERRED]?.forEach(({ weight, podAffinityTerm }, index) => {
    const at = `${field}.${PREFERRED}[${index}]`;
    validateWeight(errors, weight, at);
    validatePodTerm(errors, podAffinityTerm ?? { topologyKey: '' }, `${at}.podAffinityTerm`);
  });
}

function validatePodTerm(errors: FieldError[], term: PodTerm, field: string): void {
  const { labelSelector, namespaceSelector, namespaces = [], topologyKey = '' } = term;
  if (labelSelector !== undefined)
    validateSelector(errors, labelSelector as LabelSelectorFields, `${field}.labelSelector`);
  if (namespaceSelector !== undefined) {
    validateSelector(errors, namespaceSelector as LabelSelectorFields, `${field}.namespaceSelector`);
  }
  for (const namespace of namespaces) {
    for (const detail of checkLabel1123(namespace)) errors.push(invalid(`${field}.namespace`, namespace, detail));
  }
  if (topologyKey === '') errors.push(required(`${field}.topologyKey`, 'can not be empty'));
  for (const detail of checkQualifiedName(topologyKey)) {
    errors.push(invalid(`${field}.topologyKey`, topologyKey, detail));
  }
}
