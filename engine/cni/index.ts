export { createBridgePlugin } from './bridge-plugin.ts';
export { bridgeConflist, NET_CONFIG_DIRECTORY } from './network-config.ts';
export type { CniPlugin, CniResult } from './plugin.ts';
