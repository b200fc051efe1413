import type { Container, Pod } from '../api/kinds.ts';
import { labelSelectorOf } from '../api/label-selector.ts';
import { pods } from '../api/resources.ts';
import { CommandError } from './command-error.ts';
import type { Invocation } from './invocation.ts';
import { byReadiness } from './pod-order.ts';
import { parseResourceArgs } from './resource-args.ts';
import { NOTHING_GIVEN } from './resource-finder.ts';
import { fieldAt } from './unstructured.ts';

/** The Pods that belong to an object: itself, or those that its selector selects, the best one to talk to first. */
export function podsOf(invocation: Invocation, target: string, order = byReadiness): readonly Pod[] {
  const { resource, names } = parseTarget(invocation, target);
  const name = names[0]!;
  const object = invocation.get(resource, name, resource.namespaced ? invocation.namespace : undefined);
  if (resource.kind === 'Pod') return [object as unknown as Pod];
  const spec = fieldAt(object, 'spec', 'selector');
  const selector = labelSelectorOf(
    resource.kind === 'Service' ? { matchLabels: spec as Record<string, string> } : (spec as object | undefined),
  ).toString();
  if (selector === '') {
    throw new CommandError(
      `cannot get the logs from ${resource.group === '' ? '/' : `${resource.group}/`}${resource.version}, Kind=${resource.kind}: selector is empty`,
    );
  }
  return [...listPods(invocation, selector)].sort(order);
}

export function listPods(
  invocation: Invocation,
  labelSelector: string,
  namespace = invocation.namespace,
): readonly Pod[] {
  return invocation.list(pods, { namespace, labelSelector }) as unknown as readonly Pod[];
}

/** What `TYPE/NAME`, or the name of a Pod alone, stands for. */
export function parseTarget(invocation: Invocation, target: string) {
  if (target === '') throw new CommandError(NOTHING_GIVEN);
  if (!target.includes('/')) return { resource: invocation.discovery.require('pods'), names: [target] };
  const [request] = parseResourceArgs(invocation.discovery, [target]);
  return { resource: request!.resource, names: request!.names! };
}

export function initContainersOf(pod: Pod): readonly Container[] {
  return pod.spec.initContainers ?? [];
}

/**
 * The container to talk to when none is named: the annotated one, else the first. With several, kubectl says so.
 * https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container
 */
export function defaultContainer(invocation: Invocation, pod: Pod, quiet = false, saidOn: 1 | 2 = 2): string {
  const { containers } = pod.spec;
  const annotated = pod.metadata.annotations?.['kubectl.kubernetes.io/default-container'];
  if (annotated !== undefined && containers.some(({ name }) => name === annotated)) return annotated;
  const first = containers[0]!.name;
  const names = [
    ...containers.map(({ name }) => name),
    ...(pod.spec.ephemeralContainers ?? []).map(({ name }) => `${name} (ephem)`),
    ...initContainersOf(pod).map(({ name }) => `${name} (init)`),
  ];
  if (names.length > 1 && !quiet) {
    const text = `Defaulted container ${JSON.stringify(first)} out of: ${names.join(', ')}\n`;
    if (saidOn === 1) invocation.streams.out(text);
    else invocation.streams.err(text);
  }
  return first;
}

/** Every container that a name may mean. */
export function containerNames(pod: Pod): readonly string[] {
  return [
    ...pod.spec.containers.map(({ name }) => name),
    ...initContainersOf(pod).map(({ name }) => name),
    ...(pod.spec.ephemeralContainers ?? []).map(({ name }) => name),
  ];
}
