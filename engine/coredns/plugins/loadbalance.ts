import type { DnsRecord } from '../../linux/dns/message.ts';
import type { Random } from '../../sim/index.ts';
import { type Plugin, whenAnswered } from '../query.ts';

/** Tells addresses in another order every time, aliases first. https://coredns.io/plugins/loadbalance/ */
export function loadbalancePlugin(random: Random): Plugin {
  return (next) => (query) =>
    whenAnswered(next(query), (reply) => {
      if (reply.answers.length < 2) return reply;
      const aliases = reply.answers.filter(({ type }) => type === 'CNAME');
      const addresses = reply.answers.filter(({ type }) => isAddress(type));
      const others = reply.answers.filter(({ type }) => type !== 'CNAME' && !isAddress(type));
      return { ...reply, answers: [...aliases, ...shuffled(addresses, random), ...others] };
    });
}

function isAddress(type: string): boolean {
  return type === 'A' || type === 'AAAA' || type === 'MX';
}

function shuffled(records: readonly DnsRecord[], random: Random): DnsRecord[] {
  const order = [...records];
  for (let last = order.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
