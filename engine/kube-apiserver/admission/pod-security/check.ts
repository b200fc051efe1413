import type { Container, Pod } from '../../../api/kinds.ts';

/** What a check finds: the reason in few words, and what exactly is wrong. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

/** A Pod, or what a workload would make one of. */
export interface PodLike {
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Pod['spec'];
  readonly containers: readonly Container[];
}

export interface Check {
  /** The minor version of Kubernetes 1.x from which on it is made. */
  readonly since?: number;
  /** @param minor the version of the policy, Kubernetes 1.x. */
  readonly find: (pod: PodLike, minor: number) => Violation | undefined;
}

export function podLike(
  metadata: { readonly annotations?: Readonly<Record<string, string>> | undefined },
  spec: Pod['spec'],
): PodLike {
  const containers = [
    ...(spec.initContainers ?? []),
    ...(spec.containers ?? []),
    ...((spec.ephemeralContainers ?? []) as Container[]),
  ];
  return { annotations: metadata.annotations ?? {}, spec, containers };
}

/** `container "a"`, `containers "a", "b"` */
export function containersNamed(containers: readonly Container[]): string {
  return named(
    'container',
    containers.map(({ name }) => name),
  );
}

/** `volume "a"`, `volumes "a", "b"` */
export function named(what: string, names: readonly string[]): string {
  return `${plural(what, names)} ${quoted(names)}`;
}

export function plural(what: string, of: readonly unknown[]): string {
  return of.length === 1 ? what : `${what}s`;
}

export function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}

/** Each value once, in order. */
export function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].sort();
}

/** `pod and container "a"`: who sets what must not be set; undefined when nobody does. */
export function setters(pod: boolean, containers: readonly Container[]): string | undefined {
  const who = [...(pod ? ['pod'] : []), ...(containers.length > 0 ? [containersNamed(containers)] : [])];
  return who.length === 0 ? undefined : who.join(' and ');
}

/** Windows has other means: what only means something on Linux is not asked of its Pods from 1.25 on. */
export function isWindows({ spec }: PodLike, minor: number): boolean {
  return minor >= 25 && spec.os?.name === 'windows';
}
