import { formatSelector } from '../apps/selector.ts';
import { changeItems, sameValue, withField } from '../copy-on-write.ts';
import { validatePortNumberOrName } from '../core/port-validation.ts';
import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import { firstGeneration, nextGeneration } from '../generation.ts';
import { isIPv4 } from '../ip-address.ts';
import { blockContains, blockSize, isCidr, parseIpv4Block } from '../ip-block.ts';
import type { NetworkPolicy } from '../kinds.ts';
import { ageColumn, column, nameColumn } from '../printer-columns.ts';
import { validateSelector } from '../selector-validation.ts';
import { storedKind } from '../stored-kind.ts';
import { validation } from '../validation-pair.ts';

type Spec = NonNullable<NetworkPolicy['spec']>;
type Ingress = NonNullable<Spec['ingress']>[number];
type Port = NonNullable<Ingress['ports']>[number];
type Peer = NonNullable<Ingress['from']>[number];
type IpBlock = NonNullable<Peer['ipBlock']>;

const TYPES = ['Ingress', 'Egress'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const NO_SPEC = Object.freeze({}) as Spec;
const CIDR_HINT = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';

function defaultPort(port: Port): Port {
  return port.protocol === undefined ? { ...port, protocol: 'TCP' } : port;
}

function defaultSpec(given: Spec): Spec {
  const inward = changeItems(given, 'ingress', (rule: Ingress) => changeItems(rule, 'ports', defaultPort));
  const spec = changeItems(inward, 'egress', (rule: Ingress) => changeItems(rule, 'ports', defaultPort));
  if ((spec.policyTypes?.length ?? 0) > 0) return spec;
  return { ...spec, policyTypes: (spec.egress?.length ?? 0) > 0 ? ['Ingress', 'Egress'] : ['Ingress'] };
}

/** After kubernetes/kubernetes pkg/apis/networking/validation ValidateNetworkPolicySpec. */
function validateSpec(errors: FieldError[], spec: Spec): void {
  validateSelector(errors, spec.podSelector ?? {}, 'spec.podSelector');
  spec.ingress?.forEach(({ ports, from }, index) => {
    validateRule(errors, ports, from, `spec.ingress[${index}]`, 'from');
  });
  spec.egress?.forEach(({ ports, to }, index) => {
    validateRule(errors, ports, to, `spec.egress[${index}]`, 'to');
  });
  const { policyTypes = [] } = spec;
  if (policyTypes.length > TYPES.length) {
    errors.push(invalid('spec.policyTypes', policyTypes, 'may not specify more than two policyTypes'));
    return;
  }
  policyTypes.forEach((type, index) => {
    if (!TYPES.includes(type)) errors.push(notSupported(`spec.policyTypes[${index}]`, type, TYPES));
  });
}

function validateRule(
  errors: FieldError[],
  ports: readonly Port[] | undefined,
  peers: readonly Peer[] | undefined,
  at: string,
  side: string,
): void {
  ports?.forEach(({ protocol, port, endPort }, index) => {
    const field = `${at}.ports[${index}]`;
    if (!PROTOCOLS.includes(protocol!)) errors.push(notSupported(`${field}.protocol`, protocol, PROTOCOLS));
    if (port !== undefined) validatePortNumberOrName(errors, port, `${field}.port`);
    if (endPort === undefined) return;
    if (typeof port === 'number') {
      if (endPort < port) errors.push(invalid(`${field}.endPort`, endPort, 'must be greater than or equal to `port`'));
    } else if (port === undefined) {
      errors.push(required(`${field}.endPort`, 'may not be specified when `port` is not specified'));
    } else errors.push(invalid(`${field}.endPort`, endPort, 'may not be specified when `port` is non-numeric'));
  });
  peers?.forEach((peer, index) => {
    validatePeer(errors, peer, `${at}.${side}[${index}]`);
  });
}

function validatePeer(errors: FieldError[], { podSelector, namespaceSelector, ipBlock }: Peer, at: string): void {
  if (podSelector !== undefined) validateSelector(errors, podSelector, `${at}.podSelector`);
  if (namespaceSelector !== undefined) validateSelector(errors, namespaceSelector, `${at}.namespaceSelector`);
  const selects = podSelector !== undefined || namespaceSelector !== undefined;
  if (ipBlock !== undefined) validateIpBlock(errors, ipBlock, `${at}.ipBlock`);
  if (!selects && ipBlock === undefined) errors.push(required(at, 'must specify a peer'));
  else if (selects && ipBlock !== undefined) {
    errors.push(forbidden(at, 'may not specify both ipBlock and another peer'));
  }
}

function validateIpBlock(errors: FieldError[], { cidr = '', except = [] }: IpBlock, at: string): void {
  if (cidr === '') {
    errors.push(required(`${at}.cidr`));
    return;
  }
  if (!isCidr(cidr)) {
    errors.push(invalid(`${at}.cidr`, cidr, CIDR_HINT));
    return;
  }
  except.forEach((inner, index) => {
    const field = `${at}.except[${index}]`;
    if (!isCidr(inner)) errors.push(invalid(field, inner, CIDR_HINT));
    else if (!isStrictSubset(inner, cidr)) errors.push(invalid(field, inner, 'must be a strict subset of `cidr`'));
  });
}

/** Blocks of IPv6 addresses are taken at their word. */
function isStrictSubset(inner: string, outer: string): boolean {
  const families = [inner, outer].map((cidr) => isIPv4(cidr.split('/')[0]!));
  if (families[0] !== families[1]) return false;
  if (families[0] !== true) return true;
  const [small, large] = [parseIpv4Block(inner), parseIpv4Block(outer)];
  return blockContains(large, small.base) && blockSize(small) < blockSize(large);
}

export const networkPolicy = storedKind<NetworkPolicy>({
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'NetworkPolicy',
  plural: 'networkpolicies',
  shortNames: ['netpol'],
  schema: 'io.k8s.api.networking.v1.NetworkPolicy',
  applyDefaults: (object) => withField(object, 'spec', defaultSpec(object.spec ?? NO_SPEC)),
  prepareForCreate: firstGeneration,
  prepareForUpdate: (next, previous) => nextGeneration(next, previous, !sameValue(next.spec, previous.spec)),
  ...validation<NetworkPolicy>({
    namespaced: true,
    validate: (errors, { spec }) => validateSpec(errors, spec ?? NO_SPEC),
  }),
  columns: [
    nameColumn,
    column(
      'Pod-Selector',
      'Selects the pods to which this NetworkPolicy object applies. An empty podSelector matches all pods in this namespace.',
      ({ spec }) => formatSelector(spec?.podSelector ?? {}),
    ),
    ageColumn,
  ],
});
