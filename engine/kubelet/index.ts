export { ConfigurationError, readConfiguration } from './configuration.ts';
export { type Kubelet, startKubelet } from './kubelet.ts';
