import type { Pod } from '../api/kinds.ts';

/** The longest name a machine can have. */
const MAX_HOSTNAME = 64;

/** At most 63 characters, and none of them a trailing dash. */
export function podHostname({ spec, metadata }: Pod): string {
  if (spec.hostnameOverride !== undefined) return spec.hostnameOverride;
  return (spec.hostname ?? metadata.name).slice(0, 63).replace(/[-.]+$/, '');
}

/**
 * The domain that a Pod with a subdomain is in: `sub.default.svc.cluster.local`.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/#pod-s-hostname-and-subdomain-fields
 */
export function podDomain({ spec, metadata }: Pod, clusterDomain: string): string | undefined {
  const { subdomain = '', hostnameOverride } = spec;
  if (subdomain === '' || hostnameOverride !== undefined) return undefined;
  return `${subdomain}.${metadata.namespace}.svc.${clusterDomain}`;
}

/**
 * What the kernel of the Pod's containers calls itself.
 *
 * @returns a text in place of a name that would be too long
 */
export function kernelHostname(
  pod: Pod,
  clusterDomain: string,
): { readonly name: string } | { readonly error: string } {
  const name = podHostname(pod);
  const domain = podDomain(pod, clusterDomain);
  if (pod.spec.setHostnameAsFQDN !== true || domain === undefined) return { name };
  const full = `${name}.${domain}`;
  if (full.length <= MAX_HOSTNAME) return { name: full };
  const lengths = `(${MAX_HOSTNAME} characters is the max, ${full.length} characters requested)`;
  return {
    error: `failed to construct FQDN from pod hostname and cluster domain, FQDN ${full} is too long ${lengths}`,
  };
}
