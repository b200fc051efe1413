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
export function containerFieldPath(pod: Pod, name: string): string {
  const isInit = pod.spec.initContainers?.some((container) => container.name === name) === true;
  return `spec.${isInit ? 'initContainers' : 'containers'}{${name}}`;
}

/** An init container that keeps running beside the others: a sidecar. */
export function isRestartable(container: Container): boolean {
  return container.restartPolicy === 'Always';
}

export function isHostNetwork(pod: Pod): boolean {
  return pod.spec.hostNetwork === true;
}

/** The container of this name, init or not. */
export function findContainer(pod: Pod, name: string): Container | undefined {
  const isNamed = (container: Container): boolean => container.name === name;
  return pod.spec.containers.find(isNamed) ?? pod.spec.initContainers?.find(isNamed);
}
