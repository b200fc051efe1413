import type { KindDescriptor } from '../../api/descriptor.ts';
import type { FeatureGates } from '../../api/feature-gates.ts';
import { formatIpv4, isCidr, parseIpv4Block } from '../../api/ip-block.ts';
import { alphaKinds } from '../../api/runtime-config.ts';
import type { AdmissionFlags, ApiServerOptions } from '../../kube-apiserver/index.ts';
import { parseGoDuration } from '../../linux/programs/go/duration.ts';
import { FlagError } from '../../linux/programs/go/flags.ts';
import { flagValue } from '../../linux/programs/go/runtime.ts';

/** What flags of the API server say that name no file. */
export interface PlainFlags {
  readonly options: Pick<ApiServerOptions, 'anonymousAuth' | 'eventTtlSeconds' | 'nodePortRange' | 'serviceRange'>;
  readonly tolerationSeconds: AdmissionFlags['tolerationSeconds'];
  readonly alphaKinds: readonly KindDescriptor[];
}

/** @throws FlagError in the words of the real command */
export function readPlainFlags(argv: readonly string[], featureGates: FeatureGates): PlainFlags {
  const ttlMs = parseGoDuration(flagValue(argv, 'event-ttl') ?? '');
  return {
    options: {
      anonymousAuth: flagValue(argv, 'anonymous-auth') !== 'false',
      ...(ttlMs !== undefined && { eventTtlSeconds: ttlMs / 1000 }),
      ...portRange(argv),
      ...serviceRange(argv),
    },
    tolerationSeconds: tolerationSeconds(argv),
    alphaKinds: alphaKindsOf(argv, featureGates),
  };
}

function alphaKindsOf(argv: readonly string[], featureGates: FeatureGates): readonly KindDescriptor[] {
  try {
    return alphaKinds(flagValue(argv, 'runtime-config'), featureGates);
  } catch (error) {
    throw new FlagError((error as Error).message);
  }
}

/** One range of IPv4 addresses, with which a cluster that begins gets its ServiceCIDR. */
function serviceRange(argv: readonly string[]): Pick<ApiServerOptions, 'serviceRange'> {
  const range = flagValue(argv, 'service-cluster-ip-range');
  if (range === undefined) return {};
  if (range.includes(',') || range.includes(':'))
    throw new FlagError(`${range}: one range of IPv4 addresses is all that is simulated`);
  if (!isCidr(range)) throw new FlagError('service-cluster-ip-range[0] is not a valid cidr');
  const { base, bits } = parseIpv4Block(range);
  return { serviceRange: `${formatIpv4(base)}/${bits}` };
}

function portRange(argv: readonly string[]): Pick<ApiServerOptions, 'nodePortRange'> {
  const text = flagValue(argv, 'service-node-port-range');
  if (text === undefined) return {};
  const refuse = (why: string) => new Error(`invalid argument "${text}" for "--service-node-port-range" flag: ${why}`);
  const [, from, separator, to] = /^(\d+)(?:([-+])(\d+))?$/.exec(text) ?? [];
  if (from === undefined) throw refuse(`unable to parse port range: ${text}: expected single port or ${RANGES}`);
  const first = Number(from);
  const last = to === undefined ? first : separator === '+' ? first + Number(to) : Number(to);
  if (first > 65535 || last > 65535) throw refuse(`the port range cannot be greater than 65535: ${text}`);
  if (last < first) throw refuse(`end port cannot be less than start port: ${text}`);
  return { nodePortRange: { first, last } };
}

const RANGES = 'range of ports';

/** How long a Pod stays on a node that does not answer. */
function tolerationSeconds(argv: readonly string[]): NonNullable<AdmissionFlags['tolerationSeconds']> {
  const seconds = (name: string): number | undefined => {
    const text = flagValue(argv, `default-${name}-toleration-seconds`);
    return text === undefined ? undefined : Number(text);
  };
  return { notReady: seconds('not-ready'), unreachable: seconds('unreachable') };
}
