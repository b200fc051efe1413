import type { Container, Pod } from '../api/kinds.ts';

/** How the kubelet names a Pod in its messages: `web_default(5f0c…)`. */
export function formatPod(pod: Pod): string {
  const { name, namespace, uid } = pod.metadata;
  return `${name}_${namespace ?? 'default'}(${uid})`;
}

/** A duration as Go prints it, in whole seconds: `10s`, `1m20s`, `5m0s`. */
export function formatSeconds(durationMs: number): string {
  const seconds = Math.round(durationMs / 1000);
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  if (hours > 0) return `${hours}h${minutes}m${seconds % 60}s`;
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}

/** A duration as Go prints it, in milliseconds: `812ms`, `2.341s`, `1m4.5s`. */
export function formatMillis(durationMs: number): string {
  const millis = Math.round(durationMs);
  if (millis < 1000) return millis === 0 ? '0s' : `${millis}ms`;
  const minutes = Math.floor(millis / 60_000);
  const seconds = `${(millis - minutes * 60_000) / 1000}s`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}

/** The `fieldPath` of events about a container. */
export function containerFieldPath({ spec }: Pod, name: string): string {
  const isNamed = (container: { readonly name: string }): boolean => container.name === name;
  const list = spec.initContainers?.some(isNamed)
    ? 'initContainers'
    : spec.ephemeralContainers?.some(isNamed)
      ? 'ephemeralContainers'
      : 'containers';
  return `spec.${list}{${name}}`;
}

/** An init container that keeps running beside the others: a sidecar. */
export function isRestartable(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

export function isHostNetwork(pod: Pod): boolean {
  return pod.spec.hostNetwork === true;
}

/** The container of this name, of whatever sort. */
export function findContainer({ spec }: Pod, name: string): Container | undefined {
  const isNamed = (container: { readonly name: string }): boolean => container.name === name;
  return spec.containers.find(isNamed) ?? spec.initContainers?.find(isNamed) ?? ephemeralContainers(spec).find(isNamed);
}

/** An ephemeral container has fewer fields than others, and `targetContainerName`. */
export function ephemeralContainers({ ephemeralContainers = [] }: Pod['spec']): readonly EphemeralContainer[] {
  return ephemeralContainers as readonly EphemeralContainer[];
}

export type EphemeralContainer = Container & { readonly targetContainerName?: string };
