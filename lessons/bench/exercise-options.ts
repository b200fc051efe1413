import type { ClusterOptions } from '@drydock/engine';
import { type Exercise, learnersCluster } from '@drydock/graders';
import { EXERCISE_BASHRC } from './terminal-words.ts';

/** The cluster of an exercise's page, with the files the learner starts with. */
export function exerciseOptions(exercise: Exercise): ClusterOptions {
  const options = learnersCluster(exercise);
  return { ...options, files: { '.bashrc': EXERCISE_BASHRC, ...options.files } };
}
