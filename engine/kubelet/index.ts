export {
  ConfigurationError,
  DEFAULT_CONFIGURATION,
  type KubeletAccess,
  type KubeletConfiguration,
} from './configuration.ts';
export { KubeletJournal } from './journal.ts';
export { startKubelet } from './kubelet.ts';
export type { Kubelet } from './options.ts';
export { CONFIG_HASH } from './static-pods.ts';
