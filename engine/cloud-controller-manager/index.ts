export type { LoadBalancerNetwork } from './load-balancers.ts';
export { startCloudControllerManager } from './service-controller.ts';
