import type { Amounts } from '../core/amounts.ts';
import { podRequestsAndLimits } from '../core/pod-resources.ts';
import { QUOTA_COMPUTE } from '../core/quota-scope-validation.ts';
import type { Container, Pod } from '../kinds.ts';

// https://kubernetes.io/docs/concepts/policy/resource-quotas/ , after kubernetes/kubernetes
// pkg/quota/v1/evaluator/core/pods.go.

const NATIVE: ReadonlySet<string> = new Set(['cpu', 'memory', 'ephemeral-storage']);
const HUGE_PAGES = 'hugepages-';

/** Whether a quota's resource is about Pods. */
export function isPodResource(name: string): boolean {
  if (name === 'pods' || name === 'count/pods' || NATIVE.has(name)) return true;
  if (name.startsWith(HUGE_PAGES)) return true;
  const asked = name.startsWith('requests.') ? name.slice('requests.'.length) : undefined;
  if (asked !== undefined) return NATIVE.has(asked) || asked.startsWith(HUGE_PAGES) || asked.includes('/');
  return name.startsWith('limits.') && NATIVE.has(name.slice('limits.'.length));
}

/** Every Pod counts as an object; only one that has not ended also counts for what it uses. */
export function podUsage(pod: Pod, nowMs: number): Amounts {
  if (isOver(pod, nowMs)) return { 'count/pods': '1' };
  const { requests, limits } = podRequestsAndLimits(pod);
  return { 'count/pods': '1', pods: '1', ...computeUsage(requests, limits) };
}

function isOver({ status, metadata }: Pod, nowMs: number): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return true;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  // A Pod on a node that no longer answers does not hold its quota for ever.
  return (
    deletionTimestamp !== undefined &&
    deletionGracePeriodSeconds !== undefined &&
    nowMs > Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * 1000
  );
}

/** `cpu` means requests of CPU, as `requests.cpu` does; devices can only be counted as requests. */
function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const usage: Record<string, string> = {};
  for (const [name, amount] of Object.entries(requests)) {
    if (NATIVE.has(name) || name.startsWith(HUGE_PAGES)) usage[name] = amount;
    usage[`requests.${name}`] = amount;
  }
  for (const [name, amount] of Object.entries(limits)) if (NATIVE.has(name)) usage[`limits.${name}`] = amount;
  return usage;
}

/**
 * What a Pod must say because a quota counts it, and does not: `requests.cpu for: web,sidecar; …`. Undefined when nothing
 * is missing. Where anything is said for the Pod as a whole, containers need say nothing. An old rule for CPU and memory, which
 * no resource that came later (devices, huge pages, ephemeral storage) was put under.
 */
export function missingPodAmounts(required: readonly string[], pod: Pod): string | undefined {
  if (isSaidForPod(pod)) return undefined;
  const counted = required.filter((name) => QUOTA_COMPUTE.has(name)).sort();
  const missing = new Map<string, string[]>();
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const own = usageOf(container);
    for (const name of counted) {
      if (Object.hasOwn(own, name)) continue;
      const names = missing.get(name);
      if (names === undefined) missing.set(name, [container.name]);
      else names.push(container.name);
    }
  }
  if (missing.size === 0) return undefined;
  return counted
    .filter((name) => missing.has(name))
    .map((name) => `${name} for: ${[...new Set(missing.get(name))].sort().join(',')}`)
    .join('; ');
}

function isSaidForPod({ spec: { resources } }: Pod): boolean {
  return [resources?.requests, resources?.limits].some((amounts) => Object.keys(amounts ?? {}).length > 0);
}

function usageOf({ resources }: Pick<Container, 'resources'>): Amounts {
  return computeUsage((resources?.requests ?? {}) as Amounts, (resources?.limits ?? {}) as Amounts);
}
