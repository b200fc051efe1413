import { BASHRC, type ClusterOptions } from '@drydock/engine';
import { type Exercise, learnersCluster } from '@drydock/graders';

/** Words that the terminal of an exercise knows: the page hears of them by a sequence that no terminal shows. */
const EXERCISE_WORDS = ['goal', 'check', 'hint', 'undo', 'reset', 'solution']
  .map((word) => `${word}() { printf '\\033]777;drydock;${word}\\007'; }\n`)
  .join('');

/** The cluster of an exercise's page, with the files the learner starts with. */
export function exerciseOptions(exercise: Exercise): ClusterOptions {
  const options = learnersCluster(exercise);
  return { ...options, files: { '.bashrc': BASHRC + EXERCISE_WORDS, ...options.files } };
}
