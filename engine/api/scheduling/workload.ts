import { mapItems, sameValue } from '../copy-on-write.ts';
import type { FieldError } from '../field-error.ts';
import { duplicate, immutable, invalidFor, required, tooMany } from '../field-errors.ts';
import { checkLabel1123, checkPathSegmentName, checkSubdomain1123 } from '../names.ts';
import { ageColumn, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validatePolicy, validateReference } from './pod-group-terms.ts';
import { type Workload, withoutGatedTerms } from './workload-kinds.ts';

const MAX_TEMPLATES = 8;

function withoutGatedFields(object: Workload): Workload {
  const templates = object.spec?.podGroupTemplates;
  if (templates === undefined) return object;
  const podGroupTemplates = mapItems([...templates], withoutGatedTerms);
  return { ...object, spec: { ...object.spec, podGroupTemplates } };
}

function validateTemplates(errors: FieldError[], templates: Workload['spec']['podGroupTemplates'] = []): void {
  const list = 'spec.podGroupTemplates';
  if (templates.length === 0) errors.push(required(list));
  if (templates.length > MAX_TEMPLATES) errors.push(tooMany(list, templates.length, MAX_TEMPLATES));
  const seen = new Set<string>();
  templates.forEach(({ name, schedulingPolicy }, index) => {
    const field = `${list}[${index}]`;
    validateReference(errors, `${field}.name`, name, checkLabel1123);
    if (seen.has(name)) errors.push(duplicate(field, name));
    seen.add(name);
    validatePolicy(errors, schedulingPolicy, `${field}.schedulingPolicy`);
  });
}

/** Templates for PodGroups: https://kubernetes.io/docs/concepts/workloads/workload-api/ */
export const workload = storedKind<Workload>({
  group: 'scheduling.k8s.io',
  version: 'v1alpha2',
  kind: 'Workload',
  plural: 'workloads',
  schema: 'io.k8s.api.scheduling.v1alpha2.Workload',
  prepareForCreate: withoutGatedFields,
  prepareForUpdate: withoutGatedFields,
  ...validation<Workload>({
    namespaced: true,
    validate(errors, { spec }) {
      validateTemplates(errors, spec?.podGroupTemplates);
      const reference = spec?.controllerRef;
      if (reference === undefined) return;
      const { apiGroup = '', kind, name } = reference;
      const field = 'spec.controllerRef';
      if (apiGroup !== '') invalidFor(errors, `${field}.apiGroup`, apiGroup, checkSubdomain1123(apiGroup));
      validateReference(errors, `${field}.kind`, kind, checkPathSegmentName);
      validateReference(errors, `${field}.name`, name, checkPathSegmentName);
    },
    validateChange(errors, { spec: next }, { spec: previous }) {
      for (const name of ['controllerRef', 'podGroupTemplates'] as const) {
        if (!sameValue(next?.[name], previous?.[name])) errors.push(immutable(`spec.${name}`, next?.[name]));
      }
    },
  }),
  columns: [nameColumn, ageColumn],
});
