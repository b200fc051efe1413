export { createHelm } from './helm.ts';
