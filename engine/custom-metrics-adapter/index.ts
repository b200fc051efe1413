export { startAdapter } from './adapter.ts';
