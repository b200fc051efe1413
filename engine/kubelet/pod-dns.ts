import type { Pod } from '../api/kinds.ts';
import type { PodSandboxConfig } from '../containerd/cri.ts';
import type { KubeletContext } from './kubelet-context.ts';
import { isHostNetwork } from './pod-format.ts';
import type { DnsConfig } from './resolv-conf.ts';

const MAX_NAME_SERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_LENGTH = 2048;

/**
 * What a Pod's /etc/resolv.conf says. After `pkg/kubelet/network/dns/dns.go`.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-dns-policy
 *
 * @param omissions is added what had to be left out of it
 */
export function podDns(context: KubeletContext, pod: Pod, omissions: string[]): PodSandboxConfig['dnsConfig'] {
  const base = baseConfig(context, pod);
  const own = pod.spec.dnsConfig;
  if (own === undefined) return base === undefined ? undefined : withinLimits(base, omissions);
  const { servers, searches, options } = base ?? EMPTY;
  const all = {
    servers: unique([...servers, ...(own.nameservers ?? [])]),
    searches: unique([...searches, ...(own.searches ?? [])]),
    options: mergeOptions(options, own.options ?? []),
  };
  return withinLimits(all, omissions);
}

const EMPTY: DnsConfig = { servers: [], searches: [], options: [] };

/** Without the Pod's own additions; undefined where there is no file to take the node's from. */
function baseConfig({ clusterDns, resolvConf }: KubeletContext, pod: Pod): DnsConfig | undefined {
  const policy = pod.spec.dnsPolicy ?? 'ClusterFirst';
  if (policy === 'None') return EMPTY;
  const ofNode = resolvConf?.read();
  const useCluster = policy === 'ClusterFirstWithHostNet' || (policy === 'ClusterFirst' && !isHostNetwork(pod));
  if (!useCluster || clusterDns === undefined) return ofNode;
  const { server, domain } = clusterDns;
  const namespace = pod.metadata.namespace ?? 'default';
  return {
    servers: [server],
    searches: unique([`${namespace}.svc.${domain}`, `svc.${domain}`, domain, ...(ofNode?.searches ?? [])]),
    options: ['ndots:5'],
  };
}

type Option = NonNullable<NonNullable<Pod['spec']['dnsConfig']>['options']>[number];

/** An option of the Pod takes the place of one of the same name. */
function mergeOptions(base: readonly string[], own: readonly Option[]): string[] {
  const names = new Set(own.map(({ name }) => name));
  const kept = base.filter((option) => !names.has(option.split(':')[0]!));
  return [...kept, ...own.map(({ name = '', value }) => (value === undefined ? name : `${name}:${value}`))];
}

function withinLimits({ servers, searches, options }: DnsConfig, omissions: string[]): DnsConfig {
  const kept = servers.slice(0, MAX_NAME_SERVERS);
  if (kept.length < servers.length) {
    const line = `the applied nameserver line is: ${kept.join(' ')}`;
    omissions.push(`Nameserver limits were exceeded, some nameservers have been omitted, ${line}`);
  }
  const paths = searches.slice(0, MAX_SEARCHES);
  while (paths.join(' ').length > MAX_SEARCH_LENGTH) paths.pop();
  if (paths.length < searches.length) {
    const line = `the applied search line is: ${paths.join(' ')}`;
    omissions.push(`Search Line limits were exceeded, some search paths have been omitted, ${line}`);
  }
  return { servers: kept, searches: paths, options };
}

function unique(list: readonly string[]): string[] {
  return [...new Set(list)];
}
