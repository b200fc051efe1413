import { readYamlText } from '../client/yaml-text.ts';

/** What of KubeProxyConfiguration takes effect, with its defaults. https://kubernetes.io/docs/reference/config-api/kube-proxy-config.v1alpha1/ */
export interface ProxyConfiguration {
  readonly mode: ProxyMode;
  readonly clusterCidr: string | undefined;
  readonly detectLocalMode: 'ClusterCIDR' | 'NodeCIDR' | 'BridgeInterface' | 'InterfaceNamePrefix';
  readonly bridgeInterface: string;
  readonly interfaceNamePrefix: string;
  readonly healthz: BindAddress;
  readonly metrics: BindAddress;
  readonly masqueradeAll: boolean;
  readonly masqueradeBit: number;
  readonly localhostNodePorts: boolean;
  readonly minSyncMs: number;
  readonly syncMs: number;
  /** `primary`, or networks; undefined for every address. */
  readonly nodePortAddresses: readonly string[] | undefined;
  readonly hostnameOverride: string | undefined;
  /** Of the mode ipvs. */
  readonly scheduler: string;
}

/** `userspace` is history: Kubernetes 1.26 took it out. */
export type ProxyMode = 'iptables' | 'ipvs' | 'nftables' | 'userspace';

interface BindAddress {
  readonly address: string;
  readonly port: number;
}

/** A configuration that kube-proxy does not start with. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

interface ModeFields {
  readonly localhostNodePorts?: boolean | null;
  readonly masqueradeAll?: boolean;
  readonly masqueradeBit?: number | null;
  readonly minSyncPeriod?: string;
  readonly syncPeriod?: string;
}

interface ConfigurationFile {
  readonly mode?: string;
  readonly clusterCIDR?: string;
  readonly detectLocalMode?: string;
  readonly detectLocal?: { readonly bridgeInterface?: string; readonly interfaceNamePrefix?: string };
  readonly healthzBindAddress?: string;
  readonly metricsBindAddress?: string;
  readonly iptables?: ModeFields;
  readonly nftables?: ModeFields;
  readonly ipvs?: ModeFields & { readonly scheduler?: string };
  readonly nodePortAddresses?: readonly string[] | null;
  readonly hostnameOverride?: string;
}

const API_VERSION = 'kubeproxy.config.k8s.io/v1alpha1';
const KIND = 'KubeProxyConfiguration';
const MODES: readonly string[] = ['iptables', 'ipvs', 'nftables', 'userspace'];

/** Of the mode ipvs: how an endpoint is chosen. */
const SCHEDULERS: readonly string[] = ['rr', 'wrr', 'lc', 'wlc', 'sh', 'dh', 'sed', 'nq'];
const LOCAL_MODES: readonly string[] = ['ClusterCIDR', 'NodeCIDR', 'BridgeInterface', 'InterfaceNamePrefix'];
const MAX_LENGTH = 1024 * 1024;

/**
 * Reads the file that `kube-proxy --config` names.
 *
 * @throws ConfigurationError
 */
export function readConfiguration(text: string): ProxyConfiguration {
  const file = decode(text);
  const { detectLocal = {}, nodePortAddresses } = file;
  const mode = proxyMode(file.mode);
  // Marks and node ports of the mode ipvs are those of its iptables rules.
  const { masqueradeBit, masqueradeAll } = (mode === 'nftables' ? file.nftables : file.iptables) ?? {};
  const bit = masqueradeBit ?? 14;
  const kind = { iptables: 'IPTables', userspace: 'IPTables', ipvs: 'IPVS', nftables: 'NFTables' }[mode];
  if (!Number.isInteger(bit) || bit < 0 || bit > 31) {
    const owner = mode === 'nftables' ? 'NFTables' : 'IPTables';
    throw invalid(`KubeProxy${owner}Configuration.MasqueradeBit`, bit, 'must be within the range [0, 31]');
  }
  const { minSyncPeriod, syncPeriod } = (mode === 'userspace' ? file.iptables : file[mode]) ?? {};
  const minSyncMs = period(`KubeProxy${kind}Configuration.MinSyncPeriod`, minSyncPeriod, 1000);
  const syncMs = period(`KubeProxy${kind}Configuration.SyncPeriod`, syncPeriod, 30_000);
  if (minSyncMs > syncMs) {
    const detail = `must be greater than or equal to KubeProxyConfiguration.${kind}.MinSyncPeriod`;
    throw invalid(`KubeProxy${kind}Configuration.SyncPeriod`, syncPeriod ?? '30s', detail);
  }
  return {
    mode,
    clusterCidr: clusterCidr(file.clusterCIDR),
    detectLocalMode: localMode(file.detectLocalMode),
    bridgeInterface: detectLocal.bridgeInterface ?? '',
    interfaceNamePrefix: detectLocal.interfaceNamePrefix ?? '',
    healthz: bindAddress('HealthzBindAddress', file.healthzBindAddress, '0.0.0.0:10256'),
    metrics: bindAddress('MetricsBindAddress', file.metricsBindAddress, '127.0.0.1:10249'),
    masqueradeAll: masqueradeAll ?? false,
    masqueradeBit: bit,
    localhostNodePorts: file.iptables?.localhostNodePorts ?? true,
    minSyncMs,
    syncMs,
    nodePortAddresses: isEmpty(nodePortAddresses)
      ? mode === 'nftables'
        ? ['primary']
        : undefined
      : nodePortAddresses!,
    hostnameOverride: file.hostnameOverride === '' ? undefined : file.hostnameOverride,
    scheduler: schedulerOf(file.ipvs?.scheduler),
  };
}

function decode(text: string): ConfigurationFile {
  if (text.length > MAX_LENGTH) throw new ConfigurationError(`the file is too large (${text.length} characters)`);
  let value: unknown;
  try {
    value = readYamlText(text, { maxAliasCount: 100 });
  } catch (error) {
    throw new ConfigurationError(`failed to decode: ${(error as Error).message.split('\n')[0]}`);
  }
  const { apiVersion, kind } = (typeof value === 'object' && value !== null ? value : {}) as {
    apiVersion?: unknown;
    kind?: unknown;
  };
  if (typeof kind !== 'string' || kind === '') {
    throw new ConfigurationError(`failed to decode: Object 'Kind' is missing in '${text.slice(0, 200)}'`);
  }
  if (apiVersion !== API_VERSION || kind !== KIND) {
    const scheme = 'scheme "k8s.io/kubernetes/pkg/proxy/apis/config/scheme/scheme.go:30"';
    throw new ConfigurationError(
      `failed to decode: no kind "${kind}" is registered for version "${String(apiVersion)}" in ${scheme}`,
    );
  }
  return value as ConfigurationFile;
}

function proxyMode(mode = ''): ProxyMode {
  if (mode === '') return 'iptables';
  if (MODES.includes(mode)) return mode as ProxyMode;
  const detail = 'must be iptables,ipvs,nftables or blank (blank means the best-available proxy [currently iptables])';
  throw invalid('KubeProxyConfiguration.ProxyMode', mode, detail);
}

function schedulerOf(scheduler = ''): string {
  if (scheduler === '') return 'rr';
  if (SCHEDULERS.includes(scheduler)) return scheduler;
  throw invalid('KubeProxyIPVSConfiguration.Scheduler', scheduler, `must be one of ${SCHEDULERS.join(',')}`);
}

function localMode(mode = ''): ProxyConfiguration['detectLocalMode'] {
  if (mode === '') return 'ClusterCIDR';
  if (LOCAL_MODES.includes(mode)) return mode as ProxyConfiguration['detectLocalMode'];
  const detail = `must be ${LOCAL_MODES.toSorted().join(',')} or blank (blank defaults to ClusterCIDR)`;
  throw invalid('KubeProxyConfiguration.DetectLocalMode', mode, detail);
}

function clusterCidr(text = ''): string | undefined {
  if (text === '') return undefined;
  const [ipv4] = text.split(',').filter((each) => !each.includes(':'));
  if (ipv4 !== undefined && !/^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/.test(ipv4)) {
    throw invalid(
      'KubeProxyConfiguration.ClusterCIDR',
      text,
      'must be a valid CIDR block (e.g. 10.100.0.0/16 or fde4:8dba:82e1::/48)',
    );
  }
  return ipv4;
}

function bindAddress(field: string, text: string | undefined, fallback: string): BindAddress {
  const match = /^([\d.]*)(?::(\d+))?$/.exec(text === undefined || text === '' ? fallback : text);
  const port = Number(match?.[2] ?? fallback.split(':')[1]);
  if (match === null || port > 65_535) throw invalid(`KubeProxyConfiguration.${field}`, text, 'must be IP:port');
  return { address: match[1] === '' ? '0.0.0.0' : match[1]!, port };
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** A Go duration such as `1m30s`; none, or none at all, means the default. */
function period(field: string, text: string | undefined, fallbackMs: number): number {
  if (text === undefined || text === '') return fallbackMs;
  if (!/^([\d.]+(ms|s|m|h))+$/.test(text) && text !== '0') throw invalid(field, text, 'must be a duration');
  let ms = 0;
  for (const [, amount, unit] of text.matchAll(/([\d.]+)(ms|s|m|h)/g)) ms += Number(amount) * UNIT_MS[unit!]!;
  return ms === 0 ? fallbackMs : ms;
}

function isEmpty(list: readonly string[] | null | undefined): boolean {
  return list === undefined || list === null || list.length === 0;
}

function invalid(field: string, value: unknown, detail: string): ConfigurationError {
  return new ConfigurationError(`${field}: Invalid value: ${JSON.stringify(value)}: ${detail}`);
}
