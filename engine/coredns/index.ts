export { type CorednsSurroundings, corednsProgram } from './coredns.ts';
