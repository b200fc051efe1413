import { formatNetwork } from './network.ts';
import type { Match, PortRange, Rule, Target } from './rule.ts';

/** A rule as `iptables-save` writes it, without `-A CHAIN`. */
export function ruleText({ matches, target }: Rule): string {
  const words = matches.map((match) => withNegation(match, matchText(match)));
  if (target !== undefined) words.push(targetText(target));
  return words.filter((word) => word !== '').join(' ');
}

function withNegation(match: Match, text: string): string {
  if (!('negated' in match) || !match.negated) return text;
  // Of a module the negation stands before the option, not before `-m`.
  return /^-m \S+ /.test(text) ? text.replace(/^(-m \S+) /, '$1 ! ') : `! ${text}`;
}

function matchText(match: Match): string {
  switch (match.kind) {
    case 'protocol':
      return `-p ${match.protocol}`;
    case 'source':
      return `-s ${formatNetwork(match.network)}`;
    case 'destination':
      return `-d ${formatNetwork(match.network)}`;
    case 'in':
      return `-i ${match.name}`;
    case 'out':
      return `-o ${match.name}`;
    case 'ports':
      return `-m ${match.module} --${match.side === 'source' ? 'sport' : 'dport'} ${rangeText(match.range)}`;
    case 'multiport': {
      const option = { source: 'sports', destination: 'dports', both: 'ports' }[match.side];
      return `-m multiport --${option} ${match.ranges.map(rangeText).join(',')}`;
    }
    case 'comment':
      return `-m comment --comment ${quoted(match.text)}`;
    case 'random':
      return `-m statistic --mode random --probability ${(match.probability / 2 ** 31).toFixed(11)}`;
    case 'nth':
      return `-m statistic --mode nth --every ${match.every} --packet ${match.packet}`;
    case 'mark':
      return `-m mark --mark ${maskedText(match.value, match.mask)}`;
    case 'addressType':
      return `-m addrtype --${match.side === 'source' ? 'src' : 'dst'}-type ${match.type}`;
    case 'state':
      return `-m ${match.module} --${match.module === 'state' ? 'state' : 'ctstate'} ${match.states.join(',')}`;
    case 'recent': {
      const seconds = match.seconds === undefined ? '' : ` --seconds ${match.seconds}`;
      const reap = match.reap ? ' --reap' : '';
      return `-m recent --${match.action}${seconds}${reap} --name ${match.name} --mask 255.255.255.255 --rsource`;
    }
    case 'set':
      return `-m set --match-set ${match.name} ${match.sides.join(',')}`;
  }
}

function targetText(target: Target): string {
  switch (target.kind) {
    case 'verdict':
      return `-j ${target.verdict}`;
    case 'chain':
      return `-${target.goto ? 'g' : 'j'} ${target.chain}`;
    case 'REJECT':
      return `-j REJECT --reject-with ${target.with}`;
    case 'DNAT':
      return `-j DNAT --to-destination ${endpointText(target.address, target.port)}`;
    case 'REDIRECT':
      return target.port === undefined ? '-j REDIRECT' : `-j REDIRECT --to-ports ${target.port}`;
    case 'SNAT':
      return `-j SNAT --to-source ${endpointText(target.address, target.port)}`;
    case 'MASQUERADE':
      return `-j MASQUERADE${target.randomFully ? ' --random-fully' : ''}`;
    case 'MARK':
      return `-j MARK --set-xmark ${hex(target.value)}/${hex(target.mask)}`;
    case 'LOG':
      return `-j LOG${target.prefix === '' ? '' : ` --log-prefix ${quoted(target.prefix)}`}`;
  }
}

function endpointText(address = '', port?: number): string {
  return port === undefined ? address : `${address}:${port}`;
}

function rangeText({ first, last }: PortRange): string {
  return first === last ? String(first) : `${first}:${last}`;
}

function maskedText(value: number, mask: number): string {
  return mask === 0xffff_ffff ? hex(value) : `${hex(value)}/${hex(mask)}`;
}

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** As xtables_save_string: only letters, digits, `_` and `-` may stand bare. */
function quoted(text: string): string {
  return /^[-_0-9A-Za-z]+$/.test(text) ? text : `"${text.replace(/["'\\]/g, '\\$&')}"`;
}
