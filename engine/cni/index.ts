export { createBridgePlugin } from './bridge-plugin.ts';
export { bridgeConflist } from './network-config.ts';
export { pluginFiles } from './plugin-binaries.ts';
