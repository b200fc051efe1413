import type { FieldError } from '../field-error.ts';
import { invalid, required } from '../field-errors.ts';
import type { Container } from '../kinds.ts';
import { checkConfigMapKey, checkEnvironmentName } from '../names.ts';
import { ENV_FIELDS, validateFieldRef, validateResourceFieldRef } from './downward-validation.ts';

type EnvVar = NonNullable<Container['env']>[number];
type EnvFromSource = NonNullable<Container['envFrom']>[number];
type Source = NonNullable<EnvVar['valueFrom']>;

const ONE_OF = 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`';
const MORE_THAN_ONE = 'may not have more than one field specified at a time';

export function validateEnv(errors: FieldError[], variables: readonly EnvVar[], field: string): void {
  for (let index = 0; index < variables.length; index++) {
    const variable = variables[index]!;
    const at = `${field}[${index}]`;
    if ((variable.name ?? '') === '') errors.push(required(`${at}.name`));
    else
      for (const detail of checkEnvironmentName(variable.name)) {
        errors.push(invalid(`${at}.name`, variable.name, detail));
      }
    if (variable.valueFrom !== undefined) {
      validateSource(errors, variable.valueFrom, variable.value ?? '', `${at}.valueFrom`);
    }
  }
}

function validateSource(errors: FieldError[], source: Source, value: string, field: string): void {
  let count = 0;
  if (source.fieldRef !== undefined) {
    count++;
    validateFieldRef(errors, source.fieldRef, ENV_FIELDS, `${field}.fieldRef`);
  }
  if (source.resourceFieldRef !== undefined) {
    count++;
    validateResourceFieldRef(errors, source.resourceFieldRef, false, `${field}.resourceFieldRef`);
  }
  for (const name of ['configMapKeyRef', 'secretKeyRef'] as const) {
    const reference = source[name];
    if (reference === undefined) continue;
    count++;
    if ((reference.name ?? '') === '') errors.push(required(`${field}.${name}.name`));
    if ((reference.key ?? '') === '') errors.push(required(`${field}.${name}.key`));
    else
      for (const detail of checkConfigMapKey(reference.key)) {
        errors.push(invalid(`${field}.${name}.key`, reference.key, detail));
      }
  }
  if (source.fileKeyRef !== undefined) count++;
  if (count === 0) errors.push(invalid(field, '', ONE_OF));
  else if (value !== '') errors.push(invalid(field, '', 'may not be specified when `value` is not empty'));
  else if (count > 1) errors.push(invalid(field, '', MORE_THAN_ONE));
}

/** Sources as a whole are reported without their index: so does the real server. */
export function validateEnvFrom(errors: FieldError[], sources: readonly EnvFromSource[], field: string): void {
  sources.forEach((source, index) => {
    const at = `${field}[${index}]`;
    if (source.prefix !== undefined && source.prefix !== '') {
      for (const detail of checkEnvironmentName(source.prefix)) {
        errors.push(invalid(`${at}.prefix`, source.prefix, detail));
      }
    }
    let count = 0;
    for (const name of ['configMapRef', 'secretRef'] as const) {
      const reference = source[name];
      if (reference === undefined) continue;
      count++;
      if ((reference.name ?? '') === '') errors.push(required(`${at}.${name}.name`));
    }
    if (count === 0) errors.push(invalid(field, '', 'must specify one of: `configMapRef` or `secretRef`'));
    else if (count > 1) errors.push(invalid(field, '', MORE_THAN_ONE));
  });
}
