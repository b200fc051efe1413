export { completeKubectl } from './completion.ts';

export { createKubectl } from './kubectl.ts';
