export { completeKubectl } from './completion.ts';
export type { KubectlOptions } from './invocation.ts';
export type { ServerTarget } from './kubeconfig.ts';
export { createKubectl } from './kubectl.ts';
