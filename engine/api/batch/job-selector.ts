import { withField } from '../copy-on-write.ts';
import type { Job } from '../kinds.ts';

// https://kubernetes.io/docs/concepts/workloads/controllers/job/#specifying-your-own-pod-selector

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid';
const JOB_NAME = 'batch.kubernetes.io/job-name';
/** The same two before they had a prefix; still written. */
const OLD_CONTROLLER_UID = 'controller-uid';
const OLD_JOB_NAME = 'job-name';

/** The labels by which a Job finds its Pods unless `manualSelector` is set. */
export function generatedLabels({ metadata: { uid = '', name = '' } }: Job): Readonly<Record<string, string>> {
  return { [CONTROLLER_UID]: uid, [JOB_NAME]: name, [OLD_CONTROLLER_UID]: uid, [OLD_JOB_NAME]: name };
}

/**
 * Gives a new Job a selector of its own, and its template the labels to match. What the user set stays as it is, and
 * validation tells about conflicts. After kubernetes/kubernetes pkg/registry/batch/job/strategy.go generateSelector.
 */
export function withGeneratedSelector(job: Job): Job {
  const { template, selector, manualSelector } = job.spec;
  if (manualSelector === true) return job;
  const { labels } = template.metadata ?? {};
  return withField(job, 'spec', {
    ...job.spec,
    selector: { ...selector, matchLabels: { [CONTROLLER_UID]: job.metadata.uid ?? '', ...selector?.matchLabels } },
    template: { ...template, metadata: { ...template.metadata, labels: { ...generatedLabels(job), ...labels } } },
  });
}
