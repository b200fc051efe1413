import type { FieldError } from './field-error.ts';
import { forbidden, invalid, required } from './field-errors.ts';
import type { LabelSelectorFields } from './label-selector.ts';
import { validateLabels } from './metadata-validation.ts';
import { checkLabelValue, checkQualifiedName } from './names.ts';

type Requirement = NonNullable<LabelSelectorFields['matchExpressions']>[number];

/** After k8s.io/apimachinery/pkg/apis/meta/v1/validation ValidateLabelSelector. */
export function validateSelector(errors: FieldError[], selector: LabelSelectorFields, field: string): void {
  if (selector.matchLabels !== undefined) validateLabels(errors, selector.matchLabels, `${field}.matchLabels`);
  selector.matchExpressions?.forEach((requirement, index) => {
    validateRequirement(errors, requirement, `${field}.matchExpressions[${index}]`);
  });
}

function validateRequirement(errors: FieldError[], { key, operator, values = [] }: Requirement, field: string): void {
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(required(`${field}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(forbidden(`${field}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"));
    }
  } else errors.push(invalid(`${field}.operator`, operator ?? '', 'not a valid selector operator'));
  for (const detail of checkQualifiedName(key ?? '')) errors.push(invalid(`${field}.key`, key ?? '', detail));
  values.forEach((value, index) => {
    for (const detail of checkLabelValue(value)) errors.push(invalid(`${field}.values[${index}]`, value, detail));
  });
}
