import type { Query, Reply } from './query.ts';

/** What CoreDNS tells Prometheus. https://coredns.io/plugins/metrics/ */
export class DnsMetrics {
  readonly #requests = new Map<string, number>();
  readonly #responses = new Map<string, number>();

  count({ type, protocol }: Query, { code }: Reply, server: string): void {
    const common = `server="dns://${server}",zone="."`;
    add(this.#requests, `${common},view="",proto="${protocol}",family="1",type="${known(type)}"`);
    add(this.#responses, `${common},view="",rcode="${code}",plugin=""`);
  }

  text(version: string): string {
    return [
      "# HELP coredns_build_info A metric with a constant '1' value labeled by version, revision, and goversion from which CoreDNS was built.",
      '# TYPE coredns_build_info gauge',
      `coredns_build_info{goversion="go1.24.1",revision="707c7c1",version="${version}"} 1`,
      '# HELP coredns_dns_requests_total Counter of DNS requests made per zone, protocol and family.',
      '# TYPE coredns_dns_requests_total counter',
      ...lines('coredns_dns_requests_total', this.#requests),
      '# HELP coredns_dns_responses_total Counter of response status codes.',
      '# TYPE coredns_dns_responses_total counter',
      ...lines('coredns_dns_responses_total', this.#responses),
      '',
    ].join('\n');
  }
}

/** Types that nobody uses count as one, so that nobody can make a series of each. */
function known(type: string): string {
  return /^(A|AAAA|CNAME|MX|NS|PTR|SOA|SRV|TXT|ANY)$/.test(type) ? type : 'other';
}

function add(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function lines(name: string, counts: ReadonlyMap<string, number>): string[] {
  return [...counts].map(([labels, count]) => `${name}{${labels}} ${count}`);
}
