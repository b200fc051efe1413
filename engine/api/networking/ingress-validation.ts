import type { FieldError } from '../field-error.ts';
import { forbidden, invalid, notSupported, required } from '../field-errors.ts';
import { checkIpAddress } from '../ip-address.ts';
import type { Ingress } from '../kinds.ts';
import { checkPortName, checkPortNumber, checkSubdomain1123, checkWildcardSubdomain } from '../names.ts';

type Spec = NonNullable<Ingress['spec']>;
type Rule = NonNullable<Spec['rules']>[number];
type Path = NonNullable<Rule['http']>['paths'][number];
type Backend = NonNullable<Spec['defaultBackend']>;

/** How a class was named before `ingressClassName`. */
export const CLASS_ANNOTATION = 'kubernetes.io/ingress.class';
const PATH_TYPES = ['Exact', 'ImplementationSpecific', 'Prefix'];
const BAD_SEQUENCES = ['//', '/./', '/../', '%2f', '%2F'];
const BAD_ENDINGS = ['/..', '/.'];

/** After kubernetes/kubernetes pkg/apis/networking/validation ValidateIngress. */
export function validateIngress(errors: FieldError[], { metadata, spec = {} }: Ingress): void {
  const { rules = [], defaultBackend, ingressClassName, tls } = spec;
  const annotated = metadata.annotations?.[CLASS_ANNOTATION];
  if (ingressClassName !== undefined && annotated !== undefined) {
    const field = `annotations.${CLASS_ANNOTATION}`;
    errors.push(invalid(field, annotated, 'can not be set when the class field is also set'));
  }
  if (rules.length === 0 && defaultBackend === undefined) {
    errors.push(invalid('spec', spec.rules, 'either `defaultBackend` or `rules` must be specified'));
  }
  if (defaultBackend !== undefined) validateBackend(errors, defaultBackend, 'spec.defaultBackend');
  rules.forEach((rule, index) => {
    validateRule(errors, rule, `spec.rules[${index}]`);
  });
  tls?.forEach(({ hosts }, index) => {
    hosts?.forEach((host, each) => {
      const details = host.includes('*') ? checkWildcardSubdomain(host) : checkSubdomain1123(host);
      for (const detail of details) errors.push(invalid(`spec.tls[${index}].hosts[${each}]`, host, detail));
    });
  });
  if (ingressClassName === undefined) return;
  for (const detail of checkSubdomain1123(ingressClassName)) {
    errors.push(invalid('spec.ingressClassName', ingressClassName, detail));
  }
}

function validateRule(errors: FieldError[], { host = '', http }: Rule, at: string): void {
  if (host !== '') {
    const field = `${at}.host`;
    if (checkIpAddress(host).length === 0) errors.push(invalid(field, host, 'must be a DNS name, not an IP address'));
    else {
      const details = host.includes('*') ? checkWildcardSubdomain(host) : checkSubdomain1123(host);
      for (const detail of details) errors.push(invalid(field, host, detail));
    }
  }
  if (http === undefined) return;
  if ((http.paths?.length ?? 0) === 0) errors.push(required(`${at}.http.paths`));
  http.paths?.forEach((path, index) => {
    validatePath(errors, path, `${at}.http.paths[${index}]`);
  });
}

function validatePath(errors: FieldError[], { path = '', pathType, backend }: Path, at: string): void {
  if ((pathType as string | undefined) === undefined) {
    errors.push(required(`${at}.pathType`, 'pathType must be specified'));
  } else if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!path.startsWith('/')) errors.push(invalid(`${at}.path`, path, 'must be an absolute path'));
    if (path !== '') {
      for (const part of BAD_SEQUENCES) {
        if (path.includes(part)) errors.push(invalid(`${at}.path`, path, `must not contain '${part}'`));
      }
      for (const end of BAD_ENDINGS) {
        if (path.endsWith(end)) errors.push(invalid(`${at}.path`, path, `cannot end with '${end}'`));
      }
    }
  } else if (pathType === 'ImplementationSpecific') {
    if (path !== '' && !path.startsWith('/')) errors.push(invalid(`${at}.path`, path, 'must be an absolute path'));
  } else errors.push(notSupported(`${at}.pathType`, pathType, PATH_TYPES));
  validateBackend(errors, backend ?? {}, `${at}.backend`);
}

function validateBackend(errors: FieldError[], { service, resource }: Backend, at: string): void {
  if (resource !== undefined && service !== undefined) {
    errors.push(invalid(at, '', 'cannot set both resource and service backends'));
    return;
  }
  if (resource !== undefined) return;
  if (service === undefined) {
    errors.push(invalid(at, '', 'resource or service backend is required'));
    return;
  }
  const { name = '', port = {} } = service;
  if (name === '') errors.push(required(`${at}.service.name`));
  const { name: portName = '', number = 0 } = port;
  if (portName !== '' && number !== 0) errors.push(invalid(at, '', 'cannot set both port name & port number'));
  else if (portName !== '') {
    for (const detail of checkPortName(portName)) errors.push(invalid(`${at}.service.port.name`, portName, detail));
  } else if (number !== 0) {
    for (const detail of checkPortNumber(number)) errors.push(invalid(`${at}.service.port.number`, number, detail));
  } else errors.push(required(at, 'port name or number is required'));
}

/** What a class may say of its parameters. */
export function validateNamespacedScope(errors: FieldError[], scope: string, namespace: string, at: string): void {
  if (scope === 'Namespace' && namespace === '') {
    errors.push(required(`${at}.namespace`, "`parameters.scope` is set to 'Namespace'"));
  } else if (scope === 'Cluster' && namespace !== '') {
    errors.push(forbidden(`${at}.namespace`, "`parameters.scope` is set to 'Cluster'"));
  }
}
