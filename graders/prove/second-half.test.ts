import { proveExercises } from './exercises.ts';

proveExercises(1, 2);
