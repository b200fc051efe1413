import type { FieldError } from '../field-error.ts';
import { invalid, required } from '../field-errors.ts';
import { checkIpAddress } from '../ip-address.ts';
import type { PodSpec } from '../kinds.ts';
import { checkSubdomain1123 } from '../names.ts';

const MAX_NAMESERVERS = 3;
const MAX_SEARCHES = 32;
const MAX_SEARCH_CHARACTERS = 2048;

/** https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-dns-config */
export function validateDnsConfig(errors: FieldError[], { dnsPolicy, dnsConfig }: PodSpec, field: string): void {
  const nameservers = dnsConfig?.nameservers ?? [];
  if (dnsPolicy === 'None') {
    if (dnsConfig === undefined) {
      errors.push(required(field, 'must provide `dnsConfig` when `dnsPolicy` is None'));
      return;
    }
    if (nameservers.length === 0) {
      errors.push(
        required(`${field}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None'),
      );
    }
  }
  if (dnsConfig === undefined) return;
  if (nameservers.length > MAX_NAMESERVERS) {
    const detail = `must not have more than ${MAX_NAMESERVERS} nameservers`;
    errors.push(invalid(`${field}.nameservers`, nameservers, detail));
  }
  nameservers.forEach((address, index) => {
    for (const detail of checkIpAddress(address))
      errors.push(invalid(`${field}.nameservers[${index}]`, address, detail));
  });
  const searches = dnsConfig.searches ?? [];
  if (searches.length > MAX_SEARCHES) {
    errors.push(invalid(`${field}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`));
  }
  if (searches.join(' ').length > MAX_SEARCH_CHARACTERS) {
    const detail = `must not have more than ${MAX_SEARCH_CHARACTERS} characters (including spaces) in the search list`;
    errors.push(invalid(`${field}.searches`, searches, detail));
  }
  searches.forEach((search, index) => {
    const name = search.endsWith('.') ? search.slice(0, -1) : search;
    for (const detail of checkSubdomain1123(name)) errors.push(invalid(`${field}.searches[${index}]`, search, detail));
  });
  dnsConfig.options?.forEach(({ name = '' }, index) => {
    if (name === '') errors.push(required(`${field}.options[${index}]`, 'must not be empty'));
  });
}

export function validateHostAliases(
  errors: FieldError[],
  aliases: NonNullable<PodSpec['hostAliases']>,
  field: string,
): void {
  aliases.forEach(({ ip = '', hostnames = [] }, index) => {
    for (const detail of checkIpAddress(ip)) errors.push(invalid(`${field}[${index}].ip`, ip, detail));
    hostnames.forEach((name) => {
      for (const detail of checkSubdomain1123(name)) errors.push(invalid(`${field}[${index}].hostnames`, name, detail));
    });
  });
}
