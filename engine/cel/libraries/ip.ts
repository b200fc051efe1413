import type { Environment } from '@marcbachmann/cel-js';
import { isIPv4, isIPv6 } from '../../api/ip-address.ts';
import { isCidr } from '../../api/ip-block.ts';
import { refuse, registerAll, registerNamespace } from './library.ts';

/** An address as a number of 32 or 128 bits. */
class CelIp {
  readonly bits: bigint;
  readonly family: 4 | 6;

  constructor(bits: bigint, family: 4 | 6) {
    this.bits = bits;
    this.family = family;
  }

  /** The first `length` bits. */
  prefix(length: number): bigint {
    return this.bits >> BigInt(widthOf(this.family) - length);
  }
}

class CelCidr {
  readonly address: CelIp;
  readonly length: number;

  constructor(address: CelIp, length: number) {
    this.address = address;
    this.length = length;
  }

  contains(ip: CelIp): boolean {
    return ip.family === this.address.family && ip.prefix(this.length) === this.address.prefix(this.length);
  }
}

function widthOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

function parseIp(text: string): CelIp | undefined {
  if (isIPv4(text))
    return new CelIp(
      text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n),
      4,
    );
  if (!isIPv6(text) || text.includes('.')) return undefined;
  const [head = '', tail] = text.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0');
  const all = [...before, ...zeros, ...after];
  return new CelIp(
    all.reduce((sum, group) => sum * 65536n + BigInt(`0x${group}`), 0n),
    6,
  );
}

function parseCidr(text: string): CelCidr | undefined {
  if (!isCidr(text)) return undefined;
  const [address = '', length = ''] = text.split('/');
  const ip = parseIp(address);
  return ip === undefined ? undefined : new CelCidr(ip, Number(length));
}

function requireIp(text: string): CelIp {
  return (
    parseIp(text) ??
    refuse(
      `IP Address ${JSON.stringify(text)} parse error during conversion from string: ParseAddr(${JSON.stringify(text)}): unable to parse IP`,
    )
  );
}

function requireCidr(text: string): CelCidr {
  return (
    parseCidr(text) ??
    refuse(
      `network address parse error during conversion from string: netip.ParsePrefix(${JSON.stringify(text)}): no '/'`,
    )
  );
}

/** The shortest way to write an address: https://www.rfc-editor.org/rfc/rfc5952 */
function print({ bits, family }: CelIp): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, index) => ((bits >> BigInt(112 - index * 16)) & 0xffffn).toString(16));
  const runs = groups.join(':').match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest === ''
    ? groups.join(':')
    : groups.join(':').replace(longest, ':').replace(/:{3,}/, '::').replace(/^:$/, '::');
}

function isIn(ip: CelIp, v4: string, v6: string): boolean {
  return parseCidr(ip.family === 4 ? v4 : v6)!.contains(ip);
}

function isGlobalUnicast(ip: CelIp): boolean {
  const broadcast = ip.family === 4 && ip.bits === 0xffffffffn;
  const isMulticast = isIn(ip, '224.0.0.0/4', 'ff00::/8');
  return !(broadcast || ip.bits === 0n || isMulticast || isLoopback(ip) || isLinkLocal(ip));
}

function isLoopback(ip: CelIp): boolean {
  return isIn(ip, '127.0.0.0/8', '::1/128');
}

function isLinkLocal(ip: CelIp): boolean {
  return isIn(ip, '169.254.0.0/16', 'fe80::/10');
}

const IP = 'net.IP';
const CIDR = 'net.CIDR';

/** https://kubernetes.io/docs/reference/using-api/cel/#kubernetes-ip-address-library and the CIDR library below it. */
export function registerIp(environment: Environment): void {
  environment.registerType(IP, { ctor: CelIp, fields: {} });
  environment.registerType(CIDR, { ctor: CelCidr, fields: {} });
  environment.registerOperator(`${IP} == ${IP}`, (a, b) => a.family === b.family && a.bits === b.bits);
  environment.registerOperator(
    `${CIDR} == ${CIDR}`,
    (a, b) => a.length === b.length && a.address.family === b.address.family && a.address.bits === b.address.bits,
  );
  registerAll(environment, {
    [`ip(string): ${IP}`]: requireIp,
    'isIP(string): bool': (text: string) => parseIp(text) !== undefined,
    [`${IP}.family(): int`]: (ip: CelIp) => BigInt(ip.family),
    [`${IP}.isUnspecified(): bool`]: (ip: CelIp) => ip.bits === 0n,
    [`${IP}.isLoopback(): bool`]: isLoopback,
    [`${IP}.isLinkLocalUnicast(): bool`]: isLinkLocal,
    [`${IP}.isLinkLocalMulticast(): bool`]: (ip: CelIp) => isIn(ip, '224.0.0.0/24', 'ff02::/16'),
    [`${IP}.isGlobalUnicast(): bool`]: isGlobalUnicast,
    [`string(${IP}): string`]: print,
    [`cidr(string): ${CIDR}`]: requireCidr,
    'isCIDR(string): bool': (text: string) => parseCidr(text) !== undefined,
    [`${CIDR}.containsIP(string): bool`]: (cidr: CelCidr, text: string) => cidr.contains(requireIp(text)),
    [`${CIDR}.containsIP(${IP}): bool`]: (cidr: CelCidr, ip: CelIp) => cidr.contains(ip),
    [`${CIDR}.containsCIDR(string): bool`]: (cidr: CelCidr, text: string) => containsCidr(cidr, requireCidr(text)),
    [`${CIDR}.containsCIDR(${CIDR}): bool`]: containsCidr,
    [`${CIDR}.ip(): ${IP}`]: (cidr: CelCidr) => cidr.address,
    [`${CIDR}.masked(): ${CIDR}`]: masked,
    [`${CIDR}.prefixLength(): int`]: (cidr: CelCidr) => BigInt(cidr.length),
    [`string(${CIDR}): string`]: (cidr: CelCidr) => `${print(cidr.address)}/${cidr.length}`,
  });
  registerNamespace(environment, 'ip', {
    'isCanonical(string): bool': (text: string) => print(requireIp(text)) === text,
  });
}

function containsCidr(outer: CelCidr, inner: CelCidr): boolean {
  return inner.length >= outer.length && outer.contains(inner.address);
}

function masked({ address, length }: CelCidr): CelCidr {
  const shift = BigInt(widthOf(address.family) - length);
  return new CelCidr(new CelIp((address.bits >> shift) << shift, address.family), length);
}
