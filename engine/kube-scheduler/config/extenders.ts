import { ConfigurationError } from '../../api/config-shape.ts';
import { isExtendedResourceName } from '../../api/core/extended-resource.ts';
import type { FieldError } from '../../api/field-error.ts';
import { forbidden, invalid } from '../../api/field-errors.ts';
import { checkQualifiedName } from '../../api/names.ts';
import { readGoDuration } from '../../linux/programs/go/duration.ts';
import type { ExtenderConfiguration } from './configuration.ts';
import type { ConfigurationFile, ExtenderFile } from './file.ts';

const HTTP_TIMEOUT_MS = 5_000;

/** After `apis/config/validation/validation.go` (validateExtenders). */
export function validateExtenders(errors: FieldError[], extenders: readonly ExtenderFile[]): void {
  const managed = new Set<string>();
  extenders.forEach(({ prioritizeVerb = '', weight = 0, managedResources = [], tlsConfig }, index) => {
    const path = `extenders[${index}]`;
    if (prioritizeVerb !== '' && weight <= 0) {
      errors.push(invalid(`${path}.weight`, weight, 'must have a positive weight applied to it'));
    }
    managedResources.forEach(({ name = '' }, at) => {
      const field = `${path}.managedResources[${at}].name`;
      errors.push(...nameErrors(field, name));
      if (managed.has(name)) errors.push(invalid(field, name, 'duplicate extender managed resource name'));
      managed.add(name);
    });
    if (tlsConfig?.certFile || tlsConfig?.certData || tlsConfig?.keyFile || tlsConfig?.keyData) {
      errors.push(forbidden(`${path}.tlsConfig`, 'client certificates are not supported here'));
    }
  });
  const binders = extenders.filter(({ bindVerb = '' }) => bindVerb !== '').length;
  if (binders > 1) {
    const found = `found ${binders} extenders implementing bind`;
    errors.push(invalid('extenders', found, 'only one extender can implement bind'));
  }
}

function nameErrors(field: string, name: string): FieldError[] {
  const details = checkQualifiedName(name);
  if (details.length > 0) return details.map((detail) => invalid(field, name, detail));
  return isExtendedResourceName(name) ? [] : [invalid(field, name, 'is an invalid extended resource name')];
}

/** @throws ConfigurationError for a duration that is none */
export function readExtender(file: ExtenderFile): ExtenderConfiguration {
  const { tlsConfig = {}, managedResources = [], enableHTTPS = false } = file;
  const { insecure = false, serverName, caFile = '', caData = '' } = tlsConfig;
  const hasAuthority = caFile !== '' || caData !== '';
  return {
    urlPrefix: file.urlPrefix ?? '',
    filterVerb: file.filterVerb ?? '',
    prioritizeVerb: file.prioritizeVerb ?? '',
    preemptVerb: file.preemptVerb ?? '',
    bindVerb: file.bindVerb ?? '',
    weight: file.weight ?? 0,
    tls: {
      insecure: insecure || (enableHTTPS && !hasAuthority),
      ...(serverName ? { serverName } : {}),
      ...(caFile === '' ? {} : { caFile }),
      ...(caData === '' ? {} : { caData }),
    },
    httpTimeoutMs: timeoutMs(file.httpTimeout) || HTTP_TIMEOUT_MS,
    nodeCacheCapable: file.nodeCacheCapable ?? false,
    managedResources: new Set(managedResources.map(({ name = '' }) => name)),
    ignorable: file.ignorable ?? false,
  };
}

function timeoutMs(text = '0'): number {
  const ms = readGoDuration(text);
  if (typeof ms === 'string') throw new ConfigurationError(ms);
  return ms;
}

/** Resources that extenders answer for: whether a node has enough of them is none of NodeResourcesFit's business. */
export function ignoredResources({ extenders = [] }: ConfigurationFile): readonly string[] {
  return extenders.flatMap(({ managedResources = [] }) =>
    managedResources.flatMap(({ name, ignoredByScheduler = false }) =>
      name !== undefined && ignoredByScheduler ? [name] : [],
    ),
  );
}
