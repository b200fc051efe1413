import type { DnsRecord } from '../../linux/dns/message.ts';
import { argumentError, type Directive, directiveError } from '../corefile.ts';
import {
  emptyReply,
  type Handler,
  isWithin,
  normalName,
  type Outcome,
  type Plugin,
  type Query,
  type Reply,
  whenAnswered,
  zoneOf,
} from '../query.ts';
import type { WatchedCluster } from './cluster-objects.ts';
import { namesOfAddress, type PodMode, type RecordOptions, type Target, targetsOf } from './cluster-records.ts';

export interface KubernetesOptions extends RecordOptions {
  /** Normal. */
  readonly zones: readonly string[];
  readonly ttl: number;
  /** Zones whose unknown names the next plugin is asked about; undefined: none. */
  readonly fallthrough: readonly string[] | undefined;
}

const DEFAULT_TTL = 5;
const MAX_TTL = 3600;
const DNS_VERSION = '1.1.0';
const DNS_VERSION_TTL = 28_800;
const POD_MODES: readonly string[] = ['disabled', 'verified', 'insecure'];

/** Throws CorefileError. https://coredns.io/plugins/kubernetes/ */
export function kubernetesOptions(directive: Directive, serverZones: readonly string[]): KubernetesOptions {
  const zones = directive.args.length > 0 ? directive.args.map(normalName) : serverZones;
  if (zones.every(isReverse)) {
    throw directiveError(directive, 'non-reverse zone name must be used');
  }
  let [pods, ttl, endpointPodNames]: [PodMode, number, boolean] = ['disabled', DEFAULT_TTL, false];
  let fallthrough: readonly string[] | undefined;
  let namespaces: ReadonlySet<string> | undefined;
  for (const property of directive.properties) {
    const { name, args } = property;
    if (name === 'pods') {
      if (args.length !== 1) throw argumentError(directive, property);
      if (!POD_MODES.includes(args[0]!)) {
        const text = `wrong value for pods: ${args[0]},  must be one of: ${POD_MODES.join(', ')}`;
        throw directiveError(directive, text, property);
      }
      pods = args[0] as PodMode;
    } else if (name === 'ttl') {
      ttl = ttlOf(directive, property);
    } else if (name === 'fallthrough') {
      fallthrough = args.length === 0 ? [''] : args.map(normalName);
    } else if (name === 'namespaces') {
      if (args.length === 0) throw argumentError(directive, property);
      namespaces = new Set(args);
    } else if (name === 'endpoint_pod_names') {
      if (args.length > 0) throw argumentError(directive, property);
      endpointPodNames = true;
    } else if (
      ['endpoint', 'tls', 'kubeconfig', 'labels', 'namespace_labels', 'noendpoints', 'ignore'].includes(name)
    ) {
      throw directiveError(directive, `property '${name}' is not there in this simulated CoreDNS`, property);
    } else {
      throw directiveError(directive, `unknown property '${name}'`, property);
    }
  }
  return { zones, pods, ttl, endpointPodNames, fallthrough, namespaces };
}

function ttlOf(directive: Directive, property: Directive['properties'][number]): number {
  const [text] = property.args;
  if (text === undefined) throw argumentError(directive, property);
  const ttl = Number(text);
  if (!/^-?\d+$/.test(text))
    throw directiveError(directive, `strconv.Atoi: parsing "${text}": invalid syntax`, property);
  if (ttl < 0 || ttl > MAX_TTL)
    throw directiveError(directive, `ttl must be in range [0, ${MAX_TTL}]: ${ttl}`, property);
  return ttl;
}

function isReverse(zone: string): boolean {
  return zone.endsWith('in-addr.arpa') || zone.endsWith('ip6.arpa');
}

/** What a query found: records, or that there is no such name. */
type Finding = { readonly answers: readonly DnsRecord[]; readonly additional?: readonly DnsRecord[] } | 'no such name';

/**
 * Answers for the cluster's zone.
 * @param resolve asks the whole server again, for names that lead elsewhere.
 */
export function kubernetesPlugin(options: KubernetesOptions, cluster: WatchedCluster, resolve: Handler): Plugin {
  const zone = new ClusterZone(options, cluster);
  return (next) => (query) => {
    const name = normalName(query.name);
    const within = zoneOf(name, options.zones);
    if (within === undefined) return next(query);
    if (query.type === 'AXFR' || query.type === 'IXFR') return emptyReply('REFUSED');
    const found = zone.find(query, within);
    if (found === 'no such name') {
      if (options.fallthrough?.some((each) => isWithin(name, each)) === true) return next(query);
      if (!cluster.hasSynced) return emptyReply('SERVFAIL', 'plugin/kubernetes: not synced');
      return zone.denial('NXDOMAIN', within);
    }
    if (found.answers.length === 0) return zone.denial('NOERROR', within);
    const reply: Reply = {
      ...emptyReply('NOERROR'),
      authoritative: true,
      answers: found.answers,
      additional: found.additional ?? [],
    };
    return followAlias(reply, query, resolve);
  };
}

/** An ExternalName: what the other name leads to comes along, if anything. */
function followAlias(reply: Reply, query: Query, resolve: Handler): Outcome {
  const alias = reply.answers.find(({ type }) => type === 'CNAME');
  if (alias === undefined || (query.type !== 'A' && query.type !== 'AAAA')) return reply;
  return whenAnswered(resolve({ ...query, name: alias.data }), ({ answers }) => ({
    ...reply,
    answers: [...reply.answers, ...answers],
  }));
}

class ClusterZone {
  readonly #options: KubernetesOptions;
  readonly #cluster: WatchedCluster;

  constructor(options: KubernetesOptions, cluster: WatchedCluster) {
    this.#options = options;
    this.#cluster = cluster;
  }

  /** There is nothing, with the SOA record that says for how long this may be believed. */
  denial(code: 'NXDOMAIN' | 'NOERROR', zone: string): Reply {
    return { ...emptyReply(code), authoritative: true, authority: [this.#soa(zone)] };
  }

  find(query: Query, zone: string): Finding {
    const { ttl } = this.#options;
    const name = normalName(query.name);
    if (isReverse(zone)) return this.#reverse(query);
    const inside = name === zone ? '' : name.slice(0, name.length - zone.length - 1);
    if (query.type === 'SOA' && inside === '') return { answers: [this.#soa(zone)] };
    if (query.type === 'NS' && inside === '') {
      const data = `kube-dns.kube-system.svc.${zone}`;
      return { answers: [{ name: query.name, type: 'NS', ttl, data }], additional: this.#nameServer(data) };
    }
    if (query.type === 'TXT' && inside === 'dns-version') {
      return { answers: [{ name: query.name, type: 'TXT', ttl: DNS_VERSION_TTL, data: `"${DNS_VERSION}"` }] };
    }
    if (inside === 'dns-version') return { answers: [] };
    if (inside === 'ns.dns') return { answers: query.type === 'A' ? this.#nameServer(query.name) : [] };
    const targets = targetsOf(inside, this.#cluster, this.#options);
    if (targets === undefined) return 'no such name';
    return this.#records(query, targets, zone);
  }

  #records(query: Query, targets: readonly Target[], zone: string): Finding {
    const { ttl } = this.#options;
    const aliases = targets.filter(({ host }) => !isAddress(host));
    const addresses = targets.filter(({ host }) => isAddress(host));
    switch (query.type) {
      case 'A':
      case 'AAAA':
      case 'CNAME': {
        const names = aliases.map(({ host }) => ({ name: query.name, type: 'CNAME', ttl, data: host }));
        const hosts = new Set(query.type === 'A' ? addresses.map(({ host }) => host) : []);
        return { answers: [...names, ...[...hosts].map((data) => ({ name: query.name, type: 'A', ttl, data }))] };
      }
      case 'SRV': {
        const weight = Math.max(1, Math.floor(100 / Math.max(1, addresses.length)));
        const answers = unique(addresses, ({ owner, port }) => `${owner} ${port}`)
          .filter(({ port }) => port >= 0)
          .map(({ owner, port }) => {
            const data = `0 ${weight} ${port} ${owner}.${zone}`;
            return { name: query.name, type: 'SRV', ttl, data };
          });
        const additional = unique(addresses, ({ owner, host }) => `${owner} ${host}`).map(({ owner, host }) => ({
          name: `${owner}.${zone}`,
          type: 'A',
          ttl,
          data: host,
        }));
        return { answers, additional };
      }
      default:
        return { answers: [] };
    }
  }

  #reverse(query: Query): Finding {
    const name = normalName(query.name);
    const labels = name.replace(/\.?in-addr\.arpa$/, '').split('.');
    if (query.type !== 'PTR' || labels.length !== 4) return 'no such name';
    const names = namesOfAddress(labels.reverse().join('.'), this.#cluster, this.#options);
    if (names.length === 0) return 'no such name';
    const { ttl } = this.#options;
    return { answers: names.map((data) => ({ name: query.name, type: 'PTR', ttl, data: `${data}.${this.#primary}` })) };
  }

  /** The first zone that is not a reverse one. */
  get #primary(): string {
    return this.#options.zones.find((zone) => !isReverse(zone))!;
  }

  #nameServer(name: string): DnsRecord[] {
    const addresses = this.#cluster.service('kube-system', 'kube-dns')?.spec.clusterIPs ?? [];
    return addresses.map((data) => ({ name, type: 'A', ttl: this.#options.ttl, data }));
  }

  #soa(zone: string): DnsRecord {
    const { ttl } = this.#options;
    const data = `ns.dns.${zone} hostmaster.${zone} ${this.#cluster.serial} 7200 1800 86400 ${ttl}`;
    return { name: zone, type: 'SOA', ttl, data };
  }
}

function isAddress(host: string): boolean {
  return /^[\d.]+$/.test(host) || host.includes(':');
}

function unique<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(items.map((item) => [key(item), item])).values()];
}
