import type { ClusterOptions } from '@drydock/engine';
import type { Exercise } from '@drydock/graders';

/** The cluster of an exercise, with the files the learner starts with. */
export function exerciseOptions({ cluster, start }: Exercise): ClusterOptions {
  return { ...cluster, files: { ...cluster.files, ...start } };
}
