import { sameValue } from '../copy-on-write.ts';
import { immutable, invalid } from '../field-errors.ts';
import { checkLabel1123, checkSubdomain1123 } from '../names.ts';
import { ageColumn, nameColumn } from '../printer-columns.ts';
import { specAndStatus } from '../spec-and-status.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { validatePolicy, validateReference } from './pod-group-terms.ts';
import { type PodGroup, withoutGatedTerms } from './workload-kinds.ts';

const halves = specAndStatus<PodGroup>({ counted: false });

function withoutGatedFields(object: PodGroup): PodGroup {
  const spec = object.spec && withoutGatedTerms(object.spec);
  return spec === object.spec ? object : { ...object, spec };
}

/** Pods that are scheduled together: https://kubernetes.io/docs/concepts/workloads/podgroup-api/ */
export const podGroup = storedKind<PodGroup>({
  group: 'scheduling.k8s.io',
  version: 'v1alpha2',
  kind: 'PodGroup',
  plural: 'podgroups',
  schema: 'io.k8s.api.scheduling.v1alpha2.PodGroup',
  subresources: ['status'],
  prepareForCreate: (object, context) => halves.prepareForCreate(withoutGatedFields(object), context),
  prepareForUpdate: (next, previous, context) => halves.prepareForUpdate(withoutGatedFields(next), previous, context),
  ...validation<PodGroup>({
    namespaced: true,
    validate(errors, { spec }) {
      validatePolicy(errors, spec?.schedulingPolicy, 'spec.schedulingPolicy');
      const reference = spec?.podGroupTemplateRef;
      if (reference === undefined) return;
      const field = 'spec.podGroupTemplateRef';
      if (reference.workload === undefined) {
        errors.push(invalid(field, '', 'must specify one of: `workload`'));
        return;
      }
      const { workloadName, podGroupTemplateName } = reference.workload;
      validateReference(errors, `${field}.workload.workloadName`, workloadName, checkSubdomain1123);
      validateReference(errors, `${field}.workload.podGroupTemplateName`, podGroupTemplateName, checkLabel1123);
    },
    validateChange(errors, { spec: next }, { spec: previous }) {
      for (const name of ['podGroupTemplateRef', 'schedulingPolicy'] as const) {
        if (!sameValue(next?.[name], previous?.[name])) errors.push(immutable(`spec.${name}`, next?.[name]));
      }
    },
  }),
  columns: [nameColumn, ageColumn],
});
