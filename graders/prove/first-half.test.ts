import { proveExercises } from './exercises.ts';

proveExercises(0, 2);
