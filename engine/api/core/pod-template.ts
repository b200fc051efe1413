import { sameValue, withField } from '../copy-on-write.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import type { PodTemplate } from '../kinds.ts';
import { column, nameColumn } from '../printer-columns.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';
import { defaultPodTemplate } from './pod-defaults.ts';
import { validatePodTemplate } from './pod-template-validation.ts';

const NO_TEMPLATE = Object.freeze({}) as NonNullable<PodTemplate['template']>;

function containersOf({ template }: PodTemplate) {
  return template?.spec?.containers ?? [];
}

function formatLabels(labels: Readonly<Record<string, string>> = {}): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? '<none>' : pairs.sort().join(',');
}

/** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-template-v1/ */
export const podTemplate = storedKind<PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  plural: 'podtemplates',
  schema: 'io.k8s.api.core.v1.PodTemplate',
  applyDefaults: (object) => withField(object, 'template', defaultPodTemplate(object.template ?? NO_TEMPLATE)),
  prepareForCreate: firstGeneration,
  prepareForUpdate: (next, previous) => nextGeneration(next, previous, !sameValue(next.template, previous.template)),
  ...validation<PodTemplate>({
    namespaced: true,
    validate: (errors, object) => validatePodTemplate(errors, object.template ?? NO_TEMPLATE, 'template'),
  }),
  columns: [
    nameColumn,
    column('Containers', 'Names of each container in the template.', (object) =>
      containersOf(object)
        .map(({ name }) => name)
        .join(','),
    ),
    column('Images', 'Images referenced by each container in the template.', (object) =>
      containersOf(object)
        .map(({ image = '' }) => image)
        .join(','),
    ),
    column('Pod Labels', 'The labels for the pod template.', ({ template }) =>
      formatLabels(template?.metadata?.labels),
    ),
  ],
});
