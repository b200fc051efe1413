/** After `pkg/apis/core/v1/helper` (`IsExtendedResourceName`): a domain that is not Kubernetes' own, and a name. */
export function isExtendedResourceName(name: string): boolean {
  if (name.startsWith('requests.') || name.length > 240) return false;
  const [, domain] =
    /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*)\/[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.exec(
      name,
    ) ?? [];
  return domain !== undefined && domain !== 'kubernetes.io' && !domain.endsWith('.kubernetes.io');
}
