export { type Adapter, startAdapter } from './adapter.ts';
