import type { FieldError } from '../field-error.ts';
import { duplicate, forbidden, invalid, notSupported, required } from '../field-errors.ts';
import { checkIpAddress } from '../ip-address.ts';
import { isCidr } from '../ip-block.ts';
import type { Service } from '../kinds.ts';
import { validateLabels, validateMetadata, validateMetadataUpdate } from '../metadata-validation.ts';
import { checkLabel1123, checkPortNumber, checkSubdomain1123 } from '../names.ts';
import { validatePortNumberOrName } from './port-validation.ts';
import { isExternal, isHeadless, needsClusterIp } from './service-defaults.ts';

type Spec = Service['spec'];
type Port = NonNullable<Spec['ports']>[number];

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const AFFINITIES = ['ClientIP', 'None'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const POLICIES = ['Cluster', 'Local'];
const MAX_AFFINITY_SECONDS = 86400;

/** After kubernetes/kubernetes pkg/apis/core/validation ValidateService. */
export function validateService(service: Service): FieldError[] {
  const errors: FieldError[] = [];
  validateMetadata(errors, service.metadata, true, checkLabel1123);
  validateSpec(errors, service.spec);
  return errors;
}

export function validateServiceUpdate(next: Service, previous: Service): FieldError[] {
  const errors: FieldError[] = [];
  validateMetadataUpdate(errors, next, previous);
  if (next.spec === previous.spec) return errors;
  const before = previous.spec.clusterIPs?.[0] ?? '';
  const after = next.spec.clusterIPs?.[0] ?? '';
  if (before !== '' && needsClusterIp(next.spec) && needsClusterIp(previous.spec) && after !== before) {
    const field = 'spec.clusterIPs[0]';
    errors.push(
      after === ''
        ? invalid(field, next.spec.clusterIPs, 'primary clusterIP can not be unset')
        : invalid(field, next.spec.clusterIPs, 'may not change once set'),
    );
  }
  validateSpec(errors, next.spec);
  return errors;
}

function validateSpec(errors: FieldError[], spec: Spec): void {
  const { ports = [], type, selector, sessionAffinity } = spec;
  if (ports.length === 0 && !isHeadless(spec) && type !== 'ExternalName') errors.push(required('spec.ports'));
  validateTypeRules(errors, spec);
  ports.forEach((port, index) => {
    validatePort(errors, port, ports.length > 1, `spec.ports[${index}]`, spec);
  });
  validateUnique(errors, ports);
  if (selector !== undefined) validateLabels(errors, selector, 'spec.selector');
  if (!AFFINITIES.includes(sessionAffinity!)) {
    errors.push(notSupported('spec.sessionAffinity', sessionAffinity, AFFINITIES));
  } else if (sessionAffinity === 'ClientIP') {
    const seconds = spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 0;
    if (seconds <= 0 || seconds > MAX_AFFINITY_SECONDS) {
      const detail = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
      errors.push(invalid('spec.sessionAffinityConfig.clientIP.timeoutSeconds', seconds, detail));
    }
  }
  validateClusterIps(errors, spec);
  spec.externalIPs?.forEach((ip, index) => {
    for (const detail of checkIpAddress(ip)) errors.push(invalid(`spec.externalIPs[${index}]`, ip, detail));
  });
  if (!TYPES.includes(type as string)) errors.push(notSupported('spec.type', type, TYPES));
  validateTrafficPolicies(errors, spec);
}

function validateTypeRules(errors: FieldError[], spec: Spec): void {
  if (isExternal(spec) && isHeadless(spec)) {
    errors.push(invalid('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`));
  }
  if (spec.type === 'ExternalName') {
    const { externalName = '' } = spec;
    if ((spec.clusterIP ?? '') !== '') {
      errors.push(forbidden('spec.clusterIPs', 'may not be set for ExternalName services'));
    }
    const name = externalName.replace(/\.$/, '');
    if (name === '') errors.push(required('spec.externalName'));
    else for (const detail of checkSubdomain1123(name)) errors.push(invalid('spec.externalName', name, detail));
  }
  if ((spec.loadBalancerSourceRanges?.length ?? 0) === 0) return;
  if (spec.type !== 'LoadBalancer') {
    errors.push(forbidden('spec.LoadBalancerSourceRanges', "may only be used when `type` is 'LoadBalancer'"));
  }
  spec.loadBalancerSourceRanges!.forEach((range, index) => {
    if (isCidr(range.trim())) return;
    const detail = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    errors.push(invalid(`spec.loadBalancerSourceRanges[${index}]`, range, detail));
  });
}

function validatePort(errors: FieldError[], port: Port, needsName: boolean, at: string, spec: Spec): void {
  const { name = '', protocol, targetPort, nodePort = 0 } = port;
  if (name === '') {
    if (needsName) errors.push(required(`${at}.name`));
  } else for (const detail of checkLabel1123(name)) errors.push(invalid(`${at}.name`, name, detail));
  for (const detail of checkPortNumber(port.port ?? 0)) errors.push(invalid(`${at}.port`, port.port ?? 0, detail));
  if ((protocol as string | undefined) === '') errors.push(required(`${at}.protocol`));
  else if (!PROTOCOLS.includes(protocol!)) errors.push(notSupported(`${at}.protocol`, protocol, PROTOCOLS));
  validatePortNumberOrName(errors, targetPort, `${at}.targetPort`);
  if (nodePort !== 0 && spec.type === 'ClusterIP') {
    errors.push(forbidden(`${at}.nodePort`, "may not be used when `type` is 'ClusterIP'"));
  }
  if (typeof port.appProtocol === 'string' && port.appProtocol.length > 253) {
    errors.push(invalid(`${at}.appProtocol`, port.appProtocol, 'must be no more than 253 characters'));
  }
}

function validateUnique(errors: FieldError[], ports: readonly Port[]): void {
  const names = new Set<string>();
  const numbers = new Set<string>();
  ports.forEach(({ name = '', protocol, port }, index) => {
    if (name !== '' && names.has(name)) errors.push(duplicate(`spec.ports[${index}].name`, name));
    names.add(name);
    const key = `${protocol}/${port}`;
    if (numbers.has(key)) errors.push(duplicate(`spec.ports[${index}]`, { protocol, port }));
    numbers.add(key);
  });
}

function validateClusterIps(errors: FieldError[], spec: Spec): void {
  const { clusterIP = '', clusterIPs = clusterIP === '' ? [] : [clusterIP] } = spec;
  if (clusterIPs.length > 0 && clusterIP !== '' && clusterIPs[0] !== clusterIP) {
    errors.push(invalid('spec.clusterIP', clusterIP, 'must match first entry in `spec.clusterIPs`'));
  }
  clusterIPs.forEach((ip, index) => {
    if (ip === 'None' && index === 0) return;
    for (const detail of checkIpAddress(ip)) errors.push(invalid(`spec.clusterIPs[${index}]`, ip, detail));
  });
}

function validateTrafficPolicies(errors: FieldError[], spec: Spec): void {
  const { externalTrafficPolicy: external, internalTrafficPolicy: internal } = spec;
  if (external !== undefined && !isExternal(spec)) {
    const detail = 'may only be set for externally-accessible services';
    errors.push(invalid('spec.externalTrafficPolicy', external, detail));
  } else if (external !== undefined && !POLICIES.includes(external)) {
    errors.push(notSupported('spec.externalTrafficPolicy', external, POLICIES));
  }
  if (internal !== undefined && !POLICIES.includes(internal)) {
    errors.push(notSupported('spec.internalTrafficPolicy', internal, POLICIES));
  }
}
