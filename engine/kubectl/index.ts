export { completeKubectl } from './completion.ts';

export { credentialsOf } from './credentials.ts';
export { createKubectl } from './kubectl.ts';
