import type { Container, Job, Pod, PodTemplateSpec } from '../../api/kinds.ts';
import { StatusError } from '../../api/status-error.ts';
import type { ResourceClient } from '../../client/client.ts';
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

/**
 * @param index of a Pod of an Indexed Job.
 * @param annotations its count of failures, where they are counted by index.
 */
export function jobPodTemplate(
  { metadata, spec }: Job,
  index: number | undefined,
  annotations: Readonly<Record<string, string>> = {},
): PodTemplateSpec {
  const template = spec.template;
  const tracked = { ...template.metadata, finalizers: [...(template.metadata?.finalizers ?? []), TRACKING_FINALIZER] };
  if (index === undefined) return { ...template, metadata: tracked };
  const mark = { [COMPLETION_INDEX]: String(index) };
  return {
    metadata: {
      ...tracked,
      labels: { ...tracked.labels, ...mark },
      annotations: { ...tracked.annotations, ...mark, ...annotations },
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

/** Lets an ended Pod go. */
export function removeTracking(pods: ResourceClient<Pod>, { metadata: { name, namespace, uid } }: Pod): void {
  const patch = { metadata: { uid, '$deleteFromPrimitiveList/finalizers': [TRACKING_FINALIZER] } };
  try {
    pods.patch(name, namespace, 'strategic-merge', patch);
  } catch (error) {
    // Gone, or another Pod of that name: either way there is nothing to let go.
    if (!(error instanceof StatusError && (error.code === 404 || error.reason === 'Invalid'))) throw error;
  }
}

/** Who works on a Job: this controller, unless `managedBy` names another. */
export function isManagedElsewhere({ spec }: Job): boolean {
  return spec.managedBy !== undefined && spec.managedBy !== 'kubernetes.io/job-controller';
}
