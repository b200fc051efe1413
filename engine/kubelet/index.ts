export { ConfigurationError, readConfiguration } from './configuration.ts';
export { KubeletJournal } from './journal.ts';
export { startKubelet } from './kubelet.ts';
export type { Kubelet } from './options.ts';
