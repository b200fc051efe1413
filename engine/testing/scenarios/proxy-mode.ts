import type { Testbed } from './testbed.ts';

export const PROXY_MODES = ['iptables', 'nftables', 'ipvs', 'userspace'] as const;

export type TestedMode = (typeof PROXY_MODES)[number];

const NODES = ['control-plane', 'node-1', 'node-2'];

/** As one does it on a real cluster: the ConfigMap is edited, and the Pods are made anew. */
export function switchMode(
  bed: Testbed,
  mode: TestedMode,
  change: (config: string) => string = (config) => config,
): void {
  const config = bed.kubectl('get', 'configmap', 'kube-proxy', '-n', 'kube-system', '-o', 'yaml');
  bed.apply(change(config.replace(/^( +)mode: .*$/m, `$1mode: ${mode}`)));
  bed.kubectl('delete', 'pod', '-n', 'kube-system', '-l', 'k8s-app=kube-proxy');
  const modeOf = (node: string) => bed.run(node, 'curl', '-s', '-m', '1', 'localhost:10249/proxyMode').stdout;
  bed.until(`every kube-proxy is in the mode ${mode}`, () => NODES.every((node) => modeOf(node) === mode));
  bed.pass(3);
}
