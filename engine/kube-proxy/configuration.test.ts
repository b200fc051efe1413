import { expect, test } from 'vitest';
import { readConfiguration } from './configuration.ts';

const HEAD = 'apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\n';

test('what the file leaves empty has its default', () => {
  const written =
    'mode: ""\nclusterCIDR: ""\nhealthzBindAddress: ""\nnodePortAddresses: null\niptables: {minSyncPeriod: 0s, syncPeriod: 0s, masqueradeBit: null, localhostNodePorts: null}\n';
  const defaults = readConfiguration(HEAD);
  expect(readConfiguration(HEAD + written)).toEqual(defaults);
  expect(defaults).toMatchObject({
    mode: 'iptables',
    clusterCidr: undefined,
    detectLocalMode: 'ClusterCIDR',
    healthz: { address: '0.0.0.0', port: 10_256 },
    metrics: { address: '127.0.0.1', port: 10_249 },
    masqueradeBit: 14,
    localhostNodePorts: true,
    minSyncMs: 1000,
    syncMs: 30_000,
  });
});

test('in the mode nftables node ports are open on the primary address, and the section nftables counts', () => {
  const text = `${HEAD}mode: nftables\nnftables: {masqueradeBit: 5}\niptables: {masqueradeBit: 3}\n`;
  expect(readConfiguration(text)).toMatchObject({ nodePortAddresses: ['primary'], masqueradeBit: 5 });
});

test('what it says counts', () => {
  const text = `${HEAD}mode: ipvs
clusterCIDR: 10.244.0.0/16,fd00::/48
metricsBindAddress: 0.0.0.0:9000
nodePortAddresses: [primary]
iptables: {masqueradeAll: true, masqueradeBit: 3}
ipvs: {syncPeriod: 1m30s, minSyncPeriod: 500ms, scheduler: lc}
`;
  expect(readConfiguration(text)).toMatchObject({
    mode: 'ipvs',
    clusterCidr: '10.244.0.0/16',
    metrics: { address: '0.0.0.0', port: 9000 },
    nodePortAddresses: ['primary'],
    masqueradeAll: true,
    masqueradeBit: 3,
    syncMs: 90_000,
    minSyncMs: 500,
    scheduler: 'lc',
  });
});

test.each([
  ['mode: ebpf', 'KubeProxyConfiguration.ProxyMode: Invalid value: "ebpf": must be iptables,ipvs,nftables or blank'],
  ['clusterCIDR: ten', 'KubeProxyConfiguration.ClusterCIDR: Invalid value: "ten": must be a valid CIDR block'],
  ['detectLocalMode: Magic', 'KubeProxyConfiguration.DetectLocalMode: Invalid value: "Magic"'],
  ['iptables: {masqueradeBit: 32}', 'MasqueradeBit: Invalid value: 32: must be within the range [0, 31]'],
  ['iptables: {syncPeriod: soon}', 'SyncPeriod: Invalid value: "soon"'],
  ['iptables: {syncPeriod: 1s, minSyncPeriod: 10s}', 'SyncPeriod: Invalid value: "1s": must be greater than or equal'],
  ['healthzBindAddress: here', 'HealthzBindAddress: Invalid value: "here": must be IP:port'],
])('%s is refused', (line, message) => {
  expect(() => readConfiguration(HEAD + line)).toThrow(message);
});

test('another kind, another version and no YAML at all are refused', () => {
  expect(() => readConfiguration('a: [')).toThrow('failed to decode');
  expect(() => readConfiguration('a: b')).toThrow("Object 'Kind' is missing");
  expect(() => readConfiguration('kind: KubeProxyConfiguration\napiVersion: v1')).toThrow(
    'no kind "KubeProxyConfiguration" is registered for version "v1"',
  );
});
