import type { Container, Job, Pod, PodTemplateSpec } from '../../api/kinds.ts';
import { COMPLETION_INDEX } from './completion-indexes.ts';

/**
 * Keeps an ended Pod until its Job has counted it.
 * https://kubernetes.io/docs/concepts/workloads/controllers/job/#job-tracking-with-finalizers
 */
export const TRACKING_FINALIZER = 'batch.kubernetes.io/job-tracking';

const INDEX_VARIABLE = {
  name: 'JOB_COMPLETION_INDEX',
  valueFrom: { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
};

export function isTracked(pod: Pod): boolean {
  return pod.metadata.finalizers?.includes(TRACKING_FINALIZER) === true;
}

/** @param index of a Pod of an Indexed Job. */
export function jobPodTemplate({ metadata, spec }: Job, index: number | undefined): PodTemplateSpec {
  const template = spec.template;
  const tracked = { ...template.metadata, finalizers: [...(template.metadata?.finalizers ?? []), TRACKING_FINALIZER] };
  if (index === undefined) return { ...template, metadata: tracked };
  const mark = { [COMPLETION_INDEX]: String(index) };
  return {
    metadata: {
      ...tracked,
      labels: { ...tracked.labels, ...mark },
      annotations: { ...tracked.annotations, ...mark },
    },
    spec: {
      ...template.spec!,
      hostname: `${metadata.name}-${index}`,
      containers: template.spec!.containers.map(withIndexVariable),
      initContainers: template.spec!.initContainers?.map(withIndexVariable),
    },
  };
}

/** Unless the container sets the variable itself. */
function withIndexVariable(container: Container): Container {
  if (container.env?.some(({ name }) => name === INDEX_VARIABLE.name)) return container;
  return { ...container, env: [...(container.env ?? []), INDEX_VARIABLE] };
}
