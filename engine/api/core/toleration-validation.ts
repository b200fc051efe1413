import type { FieldError } from '../field-error.ts';
import { invalid, notSupported } from '../field-errors.ts';
import type { Toleration } from '../kinds.ts';
import { checkLabelValue, checkQualifiedName } from '../names.ts';
import { TAINT_EFFECTS } from './taint-validation.ts';

const OPERATORS = ['Equal', 'Exists'];

/** After kubernetes/kubernetes pkg/apis/core/validation ValidateTolerations. */
export function validateTolerations(errors: FieldError[], tolerations: readonly Toleration[], field: string): void {
  for (let index = 0; index < tolerations.length; index++) {
    const toleration = tolerations[index]!;
    const at = `${field}[${index}]`;
    const { key = '', effect = '', tolerationSeconds } = toleration as Toleration & { effect?: string };
    const operator: string = toleration.operator ?? '';
    if (key !== '') for (const detail of checkQualifiedName(key)) errors.push(invalid(`${at}.key`, key, detail));
    else if (operator !== 'Exists') {
      const detail = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      errors.push(invalid(`${at}.operator`, operator, detail));
    }
    if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
      errors.push(invalid(`${at}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set"));
    }
    validateOperator(errors, toleration, operator, at);
    if (effect !== '' && !TAINT_EFFECTS.includes(effect)) {
      errors.push(notSupported(`${at}.effect`, effect, TAINT_EFFECTS));
    }
  }
}

function validateOperator(errors: FieldError[], toleration: Toleration, operator: string, field: string): void {
  const value = toleration.value ?? '';
  if (operator === '' || operator === 'Equal') {
    const details = checkLabelValue(value);
    if (details.length > 0) errors.push(invalid(`${field}.operator`, value, details.join(';')));
  } else if (operator !== 'Exists') errors.push(notSupported(`${field}.operator`, operator, OPERATORS));
  else if (value !== '') {
    // The real server prints its internal type here.
    const printed = {
      Key: toleration.key ?? '',
      Operator: operator,
      Value: value,
      Effect: toleration.effect ?? '',
      TolerationSeconds: toleration.tolerationSeconds ?? null,
    };
    errors.push(invalid(`${field}.operator`, printed, "value must be empty when `operator` is 'Exists'"));
  }
}
